"""The end of a campaign is a boundary: no act after it changes its reviews or its figures."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.cards.card import CardAction
from reviews.cards.card_drawing import draw_card
from reviews.errors import Refused
from reviews.kinds import ReviewState
from reviews.ledger.hash_chain import EntryType
from store.schema import ledger_head
from tests.databases import ON_POSTGRESQL
from tests.reviews.campaigns import (
    ANNA,
    BRUNO,
    READERS,
    acknowledge,
    compute_progress,
    list_campaign_reviews,
    put_documents,
    start_campaign,
    work_on_campaigns,
)
from tests.reviews.desk import build_answer_request, make_review_request
from tests.reviews.samples import WATCHED, event
from tests.threads import wait_for_locks

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.campaign import Campaign
    from reviews.model import Review
    from tests.reviews.desk import Desk

    Act = Callable[[Desk, list[Review]], object]


@pytest.fixture
def campaign(desk: Desk) -> Campaign:
    """A running campaign: of the first document all is acknowledged, of the second Anna's part."""
    put_documents(desk)
    started = start_campaign(desk)
    first, second, _third = list_campaign_reviews(desk, started)
    acknowledge(desk, first, *READERS)
    acknowledge(desk, second, ANNA)
    desk.clock.advance(minutes=10)
    return started


def answer(desk: Desk, reviews: list[Review]) -> None:
    with pytest.raises(Refused, match="This campaign has ended"):
        desk.answers.record_answer(build_answer_request(reviews[1], reviewer=BRUNO))


def withdraw(desk: Desk, reviews: list[Review]) -> None:
    for review in reviews[:2]:
        with pytest.raises(Refused, match="This campaign has ended"):
            desk.answers.withdraw(make_review_request(review, ANNA))


def change(desk: Desk, reviews: list[Review]) -> None:
    for review in reviews:
        desk.portal.versions[review.file_id] += 1
        number = desk.receive(event(file_id=review.file_id, version=9))
        assert desk.intake.process(number) is None


def delete(desk: Desk, reviews: list[Review]) -> None:
    for review in reviews:
        desk.intake.process(desk.receive(event(trigger="file.deleted", file_id=review.file_id)))


def trash_folder(desk: Desk, _reviews: list[Review]) -> None:
    for trigger in ("folder.trashed", "folder.restored"):
        desk.clock.advance(seconds=60)
        folder = event(trigger=trigger, file_id=f"folder:{WATCHED}", occurred_at=desk.clock())
        desk.intake.process(desk.receive(folder))


def wait_for_all_steps(desk: Desk, reviews: list[Review]) -> None:
    due_at = reviews[1].due_at
    assert due_at is not None
    desk.clock.now = due_at + timedelta(days=60, microseconds=345_678)
    desk.look()


def hand_over(desk: Desk, reviews: list[Review]) -> None:
    with pytest.raises(Refused, match="This campaign has ended"):
        desk.hand_over.check(make_review_request(reviews[1], who=BRUNO))


ACTS: list[Act] = [answer, withdraw, change, delete, trash_folder, wait_for_all_steps, hand_over]


@pytest.mark.parametrize("is_closed", [False, True])
def test_no_act_after_the_end_changes_a_campaign(desk: Desk, campaign: Campaign, *, is_closed: bool) -> None:
    """Before a worker has closed its reviews and after."""
    reviews, before = list_campaign_reviews(desk, campaign), compute_progress(desk, campaign)
    desk.campaigns.end(campaign.id, by=None)
    if is_closed:
        work_on_campaigns(desk)
    of_campaign = {review.id for review in reviews}
    entries = [each for each in desk.entries() if each["review_id"] in of_campaign]

    for act in ACTS:
        desk.clock.advance(minutes=1)
        act(desk, reviews)
        assert compute_progress(desk, campaign) == before

    assert [each for each in desk.entries() if each["review_id"] in of_campaign] == entries
    work_on_campaigns(desk)
    states = [each.state for each in list_campaign_reviews(desk, campaign)]
    assert states == [ReviewState.ACKNOWLEDGED, ReviewState.CLOSED, ReviewState.CLOSED]
    assert compute_progress(desk, campaign) == before
    assert desk.verdict().findings == ()


def test_the_card_of_an_ended_campaign_asks_for_nothing(desk: Desk, campaign: Campaign) -> None:
    """Also while a worker has not closed its review yet."""
    _first, second, _third = list_campaign_reviews(desk, campaign)
    desk.campaigns.end(campaign.id, by=None)

    for _ in range(2):
        review = desk.answers.get_review(second.id)
        card = draw_card(review, desk.answers.find_context(review))
        assert (card.is_closed, CardAction.ACKNOWLEDGE in card.actions, card.missing) == (True, False, ())
        work_on_campaigns(desk)


ENDINGS: dict[str, Act] = {
    "answer": lambda desk, reviews: desk.answers.record_answer(
        build_answer_request(reviews[1], reviewer=BRUNO)
    ),
    "withdrawal": lambda desk, reviews: desk.answers.withdraw(make_review_request(reviews[1], ANNA)),
    "revision": lambda desk, _reviews: desk.intake.process(desk.newest_event().id),
    "reminder": lambda desk, _reviews: desk.reminders.process_due_reviews(),
}


@ON_POSTGRESQL
@pytest.mark.parametrize("is_end_first", [True, False])
@pytest.mark.parametrize("act", ENDINGS)
def test_an_act_is_before_the_end_or_refused(
    desk: Desk, campaign: Campaign, *, act: str, is_end_first: bool
) -> None:
    """Both get as far as the ledger's head, or wait for each other before."""
    reviews = list_campaign_reviews(desk, campaign)
    ids = {review.id for review in reviews}
    if act == "revision":
        desk.portal.versions[reviews[1].file_id] += 1
        desk.receive(event(file_id=reviews[1].file_id, version=9))
    if act == "reminder":
        desk.clock.now = campaign.due_at + timedelta(hours=1, microseconds=345_678)
    before = compute_progress(desk, campaign)

    jobs = [
        lambda: desk.campaigns.end(campaign.id, by=None),
        lambda: ENDINGS[act](desk, reviews),
    ]
    with ThreadPoolExecutor(2) as pool, desk.engine.begin() as connection:
        connection.execute(sa.select(ledger_head).with_for_update())
        running = []
        for job in jobs if is_end_first else reversed(jobs):
            running.append(pool.submit(job))
            wait_for_locks(connection, len(running))
        connection.rollback()
        errors = [each.exception(timeout=60) for each in running]

    kinds = [each["type"] for each in desk.entries() if each["review_id"] in ids or "campaign" in each]
    if is_end_first:
        assert kinds[-1] == EntryType.CAMPAIGN_ENDED
        assert compute_progress(desk, campaign) == before
        refused = act in {"answer", "withdrawal"}
        assert [type(each) for each in errors] == [type(None), Refused if refused else type(None)]
    else:
        assert errors == [None, None]
        assert kinds[-1] == EntryType.CAMPAIGN_ENDED
        assert (compute_progress(desk, campaign) == before) is (act == "reminder")
    assert desk.verdict().findings == ()
