"""Events from a host whose clock is ahead are handled as soon as any others."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from reviews.intake import intake
from tests.reviews.samples import event, routes

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


@pytest.mark.parametrize("ahead", [timedelta(days=1), timedelta(minutes=5), timedelta(seconds=1)])
def test_an_event_from_a_host_that_is_ahead_waits_no_longer_than_the_route_allows(
    desk: Desk, ahead: timedelta
) -> None:
    quiet, most = timedelta(minutes=2), timedelta(minutes=10)
    desk.follow(routes(quiet_period=quiet, max_wait=most))
    intake.receive_events(desk.transactions, [event()], now=desk.clock() + ahead)
    [stored] = desk.events()

    waited = 0.0
    while (wait := desk.intake.process(stored.id)) is not None:
        waited += wait
        desk.clock.advance(seconds=wait)

    assert quiet.total_seconds() <= waited <= quiet.total_seconds() + 2
    assert len(desk.reviews()) == 1


def test_saves_from_a_host_that_is_ahead_are_held_back_for_the_longest_wait_at_most(desk: Desk) -> None:
    desk.follow(routes(quiet_period=timedelta(minutes=2), max_wait=timedelta(minutes=10)))
    began = desk.clock()

    for _ in range(12):
        intake.receive_events(desk.transactions, [event()], now=desk.clock() + timedelta(days=1))
        desk.intake.process(desk.newest_event().id)
        desk.clock.advance(minutes=1)

    assert desk.reviews()[0].opened_at <= began + timedelta(minutes=11)


def test_a_time_of_docspace_in_the_future_holds_nothing_up(desk: Desk) -> None:
    desk.follow(routes(quiet_period=timedelta(minutes=2), max_wait=timedelta(minutes=10)))

    number = desk.receive(event(occurred_at=desk.clock() + timedelta(days=1)))

    assert desk.intake.process(number) == timedelta(minutes=2).total_seconds()
