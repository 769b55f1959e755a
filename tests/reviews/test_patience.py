"""Channels that ask for patience are left alone by all cards until then; no clock shuts them for days."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.errors import OutcomeUnknown, TryLater
from reviews.kinds import CardState
from tests.reviews.channels import PaperChannel
from tests.reviews.deliveries import deliver_card
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import event

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.cards.card import Card
    from reviews.model import Review
    from reviews.notice import Notice
    from tests.reviews.desk import Desk


class Seeker(PaperChannel):
    """A channel that asks for patience whenever a card is looked for."""

    looks = 0

    def find_message(self, target: str, posted: Card | Notice, *, since: datetime) -> str | None:  # noqa: ARG002
        self.looks += 1
        raise TryLater("slow down", retry_after=60.0)


def test_a_channel_that_asked_for_patience_is_not_called_for_any_card_until_then(desk: Desk) -> None:
    first, second, third = [desk.open(event(file_id=f"f{number}")).cards[0].id for number in range(3)]
    desk.deliver_all()
    for number in range(3):
        desk.answers.record_answer(build_answer_request(desk.latest(f"f{number}")))
    desk.paper.trouble = [TryLater("slow down", retry_after=60.0)]

    waits = [deliver_card(desk.delivery, each, f"job-{each}") for each in (first, second, third)]
    called_meanwhile = len(desk.paper.updates)
    desk.clock.advance(seconds=62)
    again = [deliver_card(desk.delivery, each, f"job-{each}") for each in (first, second, third)]

    assert waits == [60.0, 60.0, 60.0]
    assert called_meanwhile == 0
    assert (again, len(desk.paper.updates)) == ([None] * 3, 3)


def test_a_redraw_does_not_stand_in_the_line_of_first_posts(desk: Desk) -> None:
    desk.paper.post_interval = timedelta(seconds=1)
    standing = desk.open(event(file_id="standing")).cards[0].id
    desk.deliver_all()
    desk.clock.advance(seconds=60)
    posts = [desk.open(event(file_id=f"f{number}")).cards[0].id for number in range(5)]
    desk.paper.trouble = [TryLater("slow down", retry_after=60.0)]
    deliver_card(desk.delivery, posts[0], "first")
    for each in posts[1:]:
        deliver_card(desk.delivery, each, f"job-{each}")
    desk.answers.record_answer(build_answer_request(desk.latest("standing")))

    waits = deliver_card(desk.delivery, standing, "redraw")

    assert waits == 60.0


def test_a_card_that_may_stand_is_not_looked_for_in_a_channel_that_asked_for_patience(
    desk: Desk, review: Review
) -> None:
    seeker = Seeker(trouble=[OutcomeUnknown("no answer")])
    desk.delivery = replace(desk.delivery, notifiers={"paper": seeker})
    card_id = review.cards[0].id

    waits = [deliver_card(desk.delivery, card_id, "job") for _ in range(3)]

    assert waits == [2.0, 60.0, 60.0]
    assert (desk.latest(review.file_id).cards[0].attempts, seeker.looks) == (1, 1)


def test_rate_limits_never_make_a_dead_letter(desk: Desk, review: Review) -> None:
    desk.paper.trouble = [TryLater("slow down", retry_after=60.0)] * 30

    for _ in range(30):
        deliver_card(desk.delivery, review.cards[0].id, "job")
        desk.clock.advance(seconds=60)
    deliver_card(desk.delivery, review.cards[0].id, "job")

    assert desk.latest(review.file_id).cards[0].state is CardState.POSTED


def test_a_place_in_line_that_a_clock_ahead_gave_is_not_waited_for(desk: Desk, review: Review) -> None:
    desk.paper.post_interval = timedelta(seconds=1)
    desk.clock.advance(days=1)
    with desk.transactions() as work:
        work.gates.take_next_slot("paper:C1", desk.clock(), interval=timedelta(seconds=7))
        work.commit()
    assert deliver_card(desk.delivery, review.cards[0].id, "job") == 6.96

    desk.clock.advance(days=-1)

    assert deliver_card(desk.delivery, review.cards[0].id, "job") is None
    assert len(desk.paper.posts) == 1


def test_a_rate_limit_of_days_shuts_a_channel_for_an_hour(desk: Desk, review: Review) -> None:
    desk.paper.trouble = [TryLater("slow down", retry_after=200_000.0)]
    other = desk.open(event(file_id="other"))

    waits = [deliver_card(desk.delivery, each.cards[0].id, "job") for each in (review, other)]

    assert waits == [200_000.0, 3599.96]


def test_a_transaction_that_locks_a_gate_and_a_card_locks_the_gate_first(
    desk: Desk, review: Review, engine: sa.Engine
) -> None:
    """A bulk review's card locks many cards of a channel; two orders would make three of them a circle."""
    written: list[list[str]] = [[]]

    def note(*call: object) -> None:
        if match := re.match(r"(?:UPDATE|INSERT INTO) (gates|cards)", str(call[2])):
            written[-1].append(match[1])

    sa.event.listen(engine, "before_cursor_execute", note)
    sa.event.listen(engine, "commit", lambda _connection: written.append([]))
    desk.paper.post_interval = timedelta(seconds=1)
    desk.paper.trouble = [TryLater("slow down", retry_after=60.0)]
    waits = [deliver_card(desk.delivery, review.cards[0].id, "job") for _ in range(2)]

    both = [tables for tables in written if {"gates", "cards"} <= set(tables)]
    assert waits == [60.0, 59.96]
    assert len(both) == 3  # before it is posted; what the service asks for; its place in the line
    assert [tables for tables in both if tables != sorted(tables, reverse=True)] == []
