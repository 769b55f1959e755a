"""Reviews of campaigns go once their campaign is over, then the campaign; the ledger stays and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.campaign_notices import CAUSE_PREFIX
from reviews.kinds import ReviewState
from reviews.ledger.hash_chain import EntryType
from store.schema import campaigns, cards, comparisons, reviews
from tests.retention.removing import (
    KEEP_PERIOD,
    LATEST,
    count_rows,
    let_years_pass,
    pass_days,
    remove,
    remove_all,
)
from tests.reviews.campaigns import (
    READERS,
    acknowledge,
    list_campaign_reviews,
    put_documents,
    start_campaign,
    work_on_campaigns,
)
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import event, notice, routes
from tests.store.recount import assert_sums_agree, recount

if TYPE_CHECKING:
    from reviews.campaign import Campaign
    from tests.reviews.desk import Desk


@pytest.fixture
def campaign(desk: Desk) -> Campaign:
    """A campaign in which one document was acknowledged, and another one went."""
    put_documents(desk)
    started = start_campaign(desk)
    first, second, _third = list_campaign_reviews(desk, started)
    acknowledge(desk, first, *READERS)
    desk.intake.process(desk.receive(event(trigger="file.deleted", file_id=second.file_id)))
    desk.answers.record_answer(build_answer_request(desk.latest(second.file_id)))
    return started


def end(desk: Desk, campaign: Campaign) -> None:
    desk.campaigns.end(campaign.id, by=None)
    work_on_campaigns(desk)
    desk.deliver_all()


def list_types(desk: Desk) -> list[str]:
    return [entry["type"] for entry in desk.entries()]


def test_a_campaign_that_ended_goes_after_all_of_its_reviews(desk: Desk, campaign: Campaign) -> None:
    end(desk, campaign)
    let_years_pass(desk)
    counted = recount(desk.engine)

    assert remove(desk) == [LATEST]

    assert count_rows(desk, campaigns) == 0
    assert list_types(desk)[-4:] == [*[EntryType.REVIEW_REMOVED] * 3, EntryType.CAMPAIGN_REMOVED]
    verdict = desk.verdict()
    assert (verdict.problem, verdict.removed) == (None, 4)
    assert_sums_agree(desk.engine, counted)


def test_a_campaign_with_an_open_review_keeps_all_of_them(desk: Desk, campaign: Campaign) -> None:
    desk.deliver_all()
    let_years_pass(desk, days=800)

    assert [each for each in remove(desk) if each != LATEST] == ["501", "502", "503"]

    assert len(list_campaign_reviews(desk, campaign)) == 2
    assert count_rows(desk, campaigns) == 1


def test_a_campaign_whose_deadline_is_long_over_and_which_has_no_open_review_goes(
    desk: Desk, campaign: Campaign
) -> None:
    acknowledge(desk, list_campaign_reviews(desk, campaign)[-1], *READERS)
    desk.deliver_all()
    let_years_pass(desk, days=500)

    assert remove(desk) == [LATEST]

    assert count_rows(desk, campaigns) == 0
    assert desk.verdict().problem is None


def test_old_reviews_stay_while_their_campaign_is_young(desk: Desk, campaign: Campaign) -> None:
    pass_days(desk, 400)
    end(desk, campaign)
    let_years_pass(desk, days=300)

    assert len(remove(desk)) == 4


def test_a_campaign_of_a_route_under_legal_hold_stays(desk: Desk, campaign: Campaign) -> None:
    end(desk, campaign)
    let_years_pass(desk)
    desk.follow(routes(legal_hold=True))

    assert len(remove(desk)) == 5
    assert count_rows(desk, campaigns) == 1


def test_a_removal_of_a_campaign_that_is_not_over_is_found(desk: Desk, campaign: Campaign) -> None:
    end(desk, campaign)
    let_years_pass(desk)
    remove(desk)
    removed = desk.entries()[-1]
    with desk.transactions() as work:
        work.ledger.append({**_pick(removed), "campaign": {"id": "cam-9", "name": "Forged"}})
        work.commit()

    assert desk.verdict().problem == "no entry says that campaign cam-9 was started"


def _pick(entry: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in entry.items() if name not in {"seq", "prev_hash", "hash"}}


def test_the_card_of_a_campaign_stays_until_the_campaign_is_ended(desk: Desk, campaign: Campaign) -> None:
    desk.deliver_all()
    posted = count_cards(desk, campaign)
    pass_days(desk, 200)
    post_newest_cards(desk, campaign)
    remove_all(desk)
    assert count_cards(desk, campaign) == posted > 0

    end(desk, campaign)
    pass_days(desk, 200)
    remove_all(desk)
    assert count_cards(desk, campaign) == 0


def post_newest_cards(desk: Desk, campaign: Campaign) -> None:
    """Post a notice in each channel of the campaign: the newest of a channel stays anyway."""
    with desk.transactions() as work:
        for target in ("C1", "C2"):
            work.cards.owe_notice(("paper", target), notice(), cause=f"{CAUSE_PREFIX}after-{campaign.id}")
        work.commit()
    desk.deliver_all()


def count_cards(desk: Desk, campaign: Campaign) -> int:
    query = sa.select(sa.func.count()).where(cards.c.cause == f"{CAUSE_PREFIX}{campaign.id}")
    with desk.engine.connect() as connection:
        return connection.execute(query).scalar_one()


def test_a_closed_review_counts_as_closed_on_its_day(desk: Desk, campaign: Campaign) -> None:
    end(desk, campaign)

    assert_sums_agree(desk.engine)
    with desk.engine.connect() as connection:
        query = sa.select(reviews.c.state, reviews.c.took_seconds).where(reviews.c.campaign != "")
        states = connection.execute(query).all()
    assert sorted(states) == sorted(
        [(ReviewState.ACKNOWLEDGED, None), (ReviewState.CLOSED, None), (ReviewState.CLOSED, None)]
    )


def test_the_text_that_the_next_change_is_compared_with_outlives_a_campaign(desk: Desk) -> None:
    put_documents(desk, "501")
    of_change = desk.answers.record_answer(build_answer_request(desk.open(event(file_id="501"))))
    [asked] = list_campaign_reviews(desk, start_campaign(desk))
    store_texts(desk, of_change.id, asked.id)
    assert list_texts(desk) == {of_change.id, asked.id}
    pass_days(desk, 100)
    remove_all(desk, keep_text=KEEP_PERIOD)
    assert list_texts(desk) == {of_change.id, asked.id}

    acknowledge(desk, asked, *READERS)
    pass_days(desk, 100)
    remove_all(desk, keep_text=KEEP_PERIOD)

    assert list_texts(desk) == {of_change.id}


def store_texts(desk: Desk, *review_ids: str) -> None:
    with desk.engine.begin() as connection:
        connection.execute(sa.delete(comparisons))
    with desk.transactions() as work:
        for review_id in review_ids:
            work.comparisons.request(review_id, 1, at=desk.clock())
        work.commit()
    with desk.engine.begin() as connection:
        values = {"text": b"text", "text_at": desk.clock(), "state": "compared"}
        connection.execute(sa.update(comparisons).values(values))


def list_texts(desk: Desk) -> set[str]:
    with desk.engine.connect() as connection:
        query = sa.select(comparisons.c.review_id).where(comparisons.c.text != b"")
        return set(connection.execute(query).scalars())
