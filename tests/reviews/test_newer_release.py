"""Two releases share the database for minutes while one is deployed: the newer one's work is left to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews import backoff
from reviews.cards.card_drawing import draw_card
from reviews.cards.card_sentences import summarize
from reviews.delivery.delivery import ChannelDelivery
from reviews.errors import Refused
from reviews.kinds import CardState, EventState, ReviewState
from reviews.ports.reports import CardWithoutChannel, EventsGivenUp
from reviews.wording.notice_sentences import describe_notice
from runtime.commands.printing.review_json import build_card_json, build_review_json
from store import notice_rows
from store.schema import bulk_reviews, cards, digest_lines, events, review_files, reviews
from tests.reviews.deliveries import deliver_card
from tests.reviews.desk import build_answer_request
from tests.reviews.flood import flood
from tests.reviews.samples import START, event, notice, routes
from tests.reviews.subscribed import READERS, subscribe

if TYPE_CHECKING:
    from reviews.model import Review
    from reviews.ports.reports import Report
    from tests.reviews.desk import Desk


def rewrite(desk: Desk, table: sa.Table, **values: Any) -> None:
    """Write into the only row of a table, as a newer release would have."""
    with desk.engine.begin() as connection:
        connection.execute(sa.update(table).values(values))


def value(desk: Desk, column: sa.Column[Any]) -> Any:
    with desk.engine.connect() as connection:
        return connection.execute(sa.select(column)).scalars().first()


def receive_newer(desk: Desk, **members: Any) -> int:
    number = desk.receive(event())
    rewrite(desk, events, said={**value(desk, events.c.said), **members})
    return number


@pytest.mark.parametrize("members", [{"found_in": "a crystal ball"}, {"trigger": "file.dreamt"}])
def test_an_event_that_a_newer_release_wrote_is_left_to_it_and_given_up_in_the_end(
    desk: Desk, members: dict[str, str]
) -> None:
    number = receive_newer(desk, **members)

    waits = [desk.intake.process(number) for _ in range(backoff.MAX_ATTEMPTS)]

    assert all(waits[:-1])
    [stored] = desk.events()
    assert (stored.state, stored.attempts) == (EventState.DEAD, backoff.MAX_ATTEMPTS)
    assert "written by a newer release" in (stored.reason or "")
    assert desk.reviews() == []


def test_what_it_was_left_to_can_handle_it_meanwhile(desk: Desk) -> None:
    number = receive_newer(desk, found_in="a crystal ball", more="whatever")
    assert desk.intake.process(number)
    rewrite(desk, events, said={**value(desk, events.c.said), "found_in": None})

    assert desk.intake.process(number) is None

    assert desk.event(number).state is EventState.DONE


def test_an_event_that_can_t_be_read_is_counted_by_its_number(desk: Desk) -> None:
    number = desk.receive(event())
    reports: list[Report] = []
    intake = replace(desk.intake, report=reports.append)
    rewrite(desk, events, said={})

    for _ in range(backoff.MAX_ATTEMPTS):
        with pytest.raises(KeyError) as raised:
            intake.process(number)
        wait = intake.count_failure(number, raised.value)

    assert wait == 0.0
    assert value(desk, events.c.state) == EventState.DEAD
    assert value(desk, events.c.attempts) == backoff.MAX_ATTEMPTS
    [given_up] = reports
    assert isinstance(given_up, EventsGivenUp)
    assert (given_up.ids, given_up.attempts) == ((number,), backoff.MAX_ATTEMPTS)


def test_a_review_of_an_unknown_kind_is_shown_by_its_own_word(desk: Desk, review: Review) -> None:
    rewrite(desk, reviews, kind="dreamt", contributors=[{"id": "a1", "name": "Al", "mood": "good"}])

    shown = desk.latest(review.file_id)

    assert "dreamt" in summarize(draw_card(shown))
    assert build_review_json(shown)["kind"] == "dreamt"
    assert [who.name for who in shown.contributors] == ["Al"]
    assert desk.reviews() == [shown]


def test_files_of_an_unknown_kind_are_shown_among_many_by_its_own_word(desk: Desk) -> None:
    desk.follow(routes(bulk=3))
    many = flood(desk, 5)
    rewrite(desk, review_files, kind="signed")
    rewrite(desk, bulk_reviews, kinds={"signed": 4, "content": 1})

    desk.deliver_all()

    assert [review.id for review in desk.reviews()] == [many.id]
    shown = desk.paper.posts[0][1].bulk
    assert shown is not None
    assert shown.kinds == "4 signed, 1 changed"
    assert {each.verb for each in shown.first} == {"signed"}


def test_an_unknown_state_is_shown_by_its_own_word(desk: Desk, review: Review) -> None:
    rewrite(desk, reviews, state="asleep")

    assert draw_card(desk.latest(review.file_id)).status == "asleep"


@pytest.mark.parametrize("values", [{"kind": "dreamt"}, {"state": "asleep"}])
def test_a_review_of_an_unknown_kind_is_neither_answered_nor_revised_nor_reminded_of(
    desk: Desk, review: Review, values: dict[str, str]
) -> None:
    rewrite(desk, reviews, **values, remind_at=desk.clock())
    number = desk.receive(event())

    with pytest.raises(Refused, match="this app is being updated"):
        desk.answers.record_answer(build_answer_request(review))
    wait = desk.intake.process(number)
    desk.clock.advance(seconds=1)
    desk.look()

    assert wait == backoff.FIRST_WAIT_SECONDS
    assert "written by a newer release" in (desk.event(number).reason or "")
    assert value(desk, reviews.c.revision) == 1
    assert desk.notices() == []
    assert desk.reminders.process_due_reviews() == 0 or "state" in values
    assert len(desk.entries()) == 1


def test_a_card_of_such_a_review_waits(desk: Desk, review: Review) -> None:
    rewrite(desk, reviews, kind="dreamt")

    assert deliver_card(desk.delivery, review.cards[0].id, "job") == backoff.FIRST_WAIT_SECONDS

    assert desk.paper.posts == []
    assert desk.latest(review.file_id).cards[0].attempts == 1


def owe_notice(desk: Desk, review: Review, members: dict[str, Any]) -> int:
    """Owe a channel a notice, in the words of another release."""
    desk.deliver_all()
    with desk.transactions() as work:
        work.cards.owe_notice((review.cards[0].notifier, READERS), notice(), cause="newer")
        work.commit()
    with desk.engine.begin() as connection:
        changed = sa.update(cards).where(cards.c.cause == "newer").values(notice=members)
        connection.execute(changed)
        return int(connection.execute(sa.select(cards.c.id).where(cards.c.cause == "newer")).scalar_one())


def test_a_notice_of_an_unknown_kind_waits_and_is_given_up_in_the_end(desk: Desk, review: Review) -> None:
    card_id = owe_notice(
        desk, review, {**notice_rows.build_notice_values(notice()), "kind": "sung", "tune": "a minor"}
    )

    waits = [deliver_card(desk.delivery, card_id, "job") for _ in range(backoff.MAX_ATTEMPTS)]

    with desk.transactions(reading=True) as work:
        card = work.cards.get(card_id)
    assert card is not None
    assert card.notice is not None
    assert (waits[0], waits[-1], card.state) == (backoff.FIRST_WAIT_SECONDS, None, CardState.DEAD)
    assert describe_notice(card.notice).startswith("sung: ")
    assert build_card_json(card)["notice"] == describe_notice(card.notice)
    assert desk.paper.notices == []


def test_a_notice_that_can_t_be_read_is_counted_by_its_number(desk: Desk, review: Review) -> None:
    card_id = owe_notice(desk, review, {"kind": "reminder"})

    for _ in range(backoff.MAX_ATTEMPTS):
        with pytest.raises((KeyError, TypeError)) as raised:
            deliver_card(desk.delivery, card_id, "job")
        desk.delivery.count_failure(card_id, "job", raised.value)

    with desk.transactions(reading=True) as work:
        card = work.cards.get_without_notice(card_id)
    assert card is not None
    assert (card.state, card.attempts) == (CardState.DEAD, backoff.MAX_ATTEMPTS)


def test_members_that_are_not_known_are_kept_when_a_review_is_revised(desk: Desk, review: Review) -> None:
    [alice] = value(desk, reviews.c.contributors)
    act = {"kind": "renamed", "people": [{**alice, "mood": "bad"}], "how": "by hand"}
    rewrite(desk, reviews, contributors=[{**alice, "mood": "good"}], acts=[act])

    desk.portal.versions[review.file_id] += 1
    desk.open(event())

    assert value(desk, reviews.c.revision) == 2
    assert value(desk, reviews.c.contributors) == [{**alice, "mood": "good"}]
    assert value(desk, reviews.c.acts) == [act]


def test_members_that_are_not_known_are_kept_in_a_line_of_a_digest(desk: Desk) -> None:
    subscribe(desk, digest=True)
    desk.open(event())
    rewrite(desk, digest_lines, said={**value(desk, digest_lines.c.said), "mood": "good", "kind": "dreamt"})

    desk.portal.versions["3358285"] += 1
    desk.open(event())

    line = value(desk, digest_lines.c.said)
    assert (line["mood"], line["kind"]) == ("good", "dreamt")


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 510.0), (1.0, 637.5)])
def test_cards_of_a_channel_that_a_worker_lacks_wait_for_ten_minutes_and_are_then_given_up(
    desk: Desk, review: Review, chance: float, seconds: float
) -> None:
    """The pages say: about ten minutes."""
    reports: list[Report] = []
    lacking = replace(desk.delivery, notifiers={}, report=reports.append, random=lambda: chance)
    card_id, waited = review.cards[0].id, 0.0

    while (wait := deliver_card(lacking, card_id, "job")) is not None:
        waited += wait

    card = desk.latest(review.file_id).cards[0]
    assert waited == seconds
    assert card.state is CardState.DEAD
    assert "this worker has no channel paper: no route in its ROUTES_FILE" in (card.error or "")
    assert [report.channel for report in reports if isinstance(report, CardWithoutChannel)] == ["paper"]


def test_a_worker_that_has_the_channel_posts_the_card_meanwhile(desk: Desk, review: Review) -> None:
    lacking = ChannelDelivery(
        transactions=desk.transactions, notifiers={}, clock=desk.clock, random=lambda: 0.0
    )

    assert deliver_card(lacking, review.cards[0].id, "job")
    assert deliver_card(desk.delivery, review.cards[0].id, "job") is None

    assert [target for target, _ in desk.paper.posts] == ["C1"]
    assert desk.latest(review.file_id).state is ReviewState.OPEN
    assert desk.latest(review.file_id).opened_at == START
