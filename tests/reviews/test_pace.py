"""Posts to one place arrive an interval apart, whichever process sends them and however long each takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from reviews.delivery.pace import BRIEF_WAIT, COMPARED_CALLS, UNNOTED_DELAY, Pace
from reviews.errors import TryLater
from tests.reviews.channels import PaperChannel
from tests.reviews.deliveries import deliver_card
from tests.reviews.samples import Clock, event

if TYPE_CHECKING:
    from reviews.cards.card import Card
    from tests.reviews.desk import Desk

SECOND = timedelta(seconds=1)
MOMENT = timedelta(milliseconds=1)


class SlowChannel(PaperChannel):
    """A channel to which a message takes as long as `durations` say; it notes when each arrived."""

    post_interval = SECOND

    def __init__(self, clock: Clock, durations: list[timedelta]) -> None:
        super().__init__()
        self.clock, self.durations = clock, durations
        self.arrivals: list[datetime] = []

    def post(self, target: str, card: Card) -> str:
        self.clock.now += self.durations.pop(0) if self.durations else timedelta()
        self.arrivals.append(self.clock.now)
        return super().post(target, card)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def pace(clock: Clock, slept: list[float]) -> Pace:
    return Pace(monotonic=clock.seconds, sleep=slept.append)


def make_calls(pace: Pace, clock: Clock, *durations: timedelta) -> None:
    for duration in durations:
        with pace.measure_call("slack"):
            clock.now += duration


def test_a_moment_that_is_near_is_waited_for_and_a_past_one_is_not(pace: Pace, slept: list[float]) -> None:
    for wait in (BRIEF_WAIT / 4, timedelta(), -SECOND, SECOND):
        pace.wait(wait)

    assert slept == [0.025, 0.1]


def test_the_shortest_of_a_channels_last_calls_is_known_once_there_are_enough(
    pace: Pace, clock: Clock
) -> None:
    make_calls(pace, clock, MOMENT, *[30 * MOMENT] * (COMPARED_CALLS - 2))
    assert pace.get_shortest_call("slack") == timedelta()

    make_calls(pace, clock, 30 * MOMENT)
    assert pace.get_shortest_call("slack") == pytest.approx(MOMENT, abs=MOMENT / 100)
    assert pace.get_shortest_call("teams") == timedelta()

    make_calls(pace, clock, 30 * MOMENT)
    assert pace.get_shortest_call("slack") == pytest.approx(30 * MOMENT, abs=MOMENT / 100)


def test_a_call_that_fails_is_not_compared(pace: Pace, clock: Clock) -> None:
    make_calls(pace, clock, *[30 * MOMENT] * COMPARED_CALLS)

    with pytest.raises(TryLater), pace.measure_call("slack"):
        raise TryLater("slow down", retry_after=1.0)

    assert pace.get_shortest_call("slack") == pytest.approx(30 * MOMENT, abs=MOMENT / 100)


def test_after_a_message_that_was_long_on_its_way_the_next_one_arrives_an_interval_later(desk: Desk) -> None:
    channel = SlowChannel(desk.clock, [200 * MOMENT])
    desk.delivery = replace(desk.delivery, notifiers={"paper": channel})
    first, second = (desk.open(event(file_id=f"f{number}")).cards[0].id for number in range(2))

    assert deliver_card(desk.delivery, first) is None
    desk.clock.advance(seconds=0.8)
    assert deliver_card(desk.delivery, second) == 0.16
    desk.clock.advance(seconds=0.13)
    assert deliver_card(desk.delivery, second) is None

    assert channel.arrivals[1] - channel.arrivals[0] == SECOND


def test_a_message_that_was_hardly_longer_on_its_way_costs_no_statement(desk: Desk) -> None:
    channel = SlowChannel(desk.clock, [UNNOTED_DELAY])
    desk.delivery = replace(desk.delivery, notifiers={"paper": channel})
    first, second = (desk.open(event(file_id=f"f{number}")).cards[0].id for number in range(2))

    assert deliver_card(desk.delivery, first) is None
    desk.clock.advance(seconds=0.96)
    assert deliver_card(desk.delivery, second) is None

    assert channel.arrivals[1] - channel.arrivals[0] == SECOND - UNNOTED_DELAY


def test_another_process_knows_when_the_last_message_arrived(desk: Desk) -> None:
    channel = SlowChannel(desk.clock, [200 * MOMENT])
    desk.delivery = replace(desk.delivery, notifiers={"paper": channel})
    other = replace(desk.delivery, pace=Pace(sleep=lambda seconds: desk.clock.advance(seconds=seconds)))
    first, second = (desk.open(event(file_id=f"f{number}")).cards[0].id for number in range(2))

    assert deliver_card(desk.delivery, first) is None
    desk.clock.advance(seconds=0.96)
    assert deliver_card(other, second) is None

    assert channel.arrivals[1] - channel.arrivals[0] == SECOND


def test_a_redraw_does_not_delay_the_next_card(desk: Desk) -> None:
    channel = SlowChannel(desk.clock, [])
    desk.delivery = replace(desk.delivery, notifiers={"paper": channel})
    review, other = (desk.open(event(file_id=f"f{number}")) for number in range(2))
    first, second = review.cards[0].id, other.cards[0].id

    assert deliver_card(desk.delivery, first) is None
    desk.clock.advance(seconds=0.9)
    with desk.transactions() as work:
        work.cards.redraw(review.id)
        work.commit()
    assert deliver_card(desk.delivery, first) is None
    desk.clock.advance(seconds=0.06)
    assert deliver_card(desk.delivery, second) is None

    assert (len(channel.updates), channel.arrivals[1] - channel.arrivals[0]) == (1, SECOND)
