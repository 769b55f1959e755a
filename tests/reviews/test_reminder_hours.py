"""Reminders that could not be sent in working hours wait for the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from reviews.errors import TryLater
from reviews.ladder.message_updates import find_sending_time
from reviews.notice import NoticeKind, ReminderListNotice
from reviews.routes.route import Routes
from reviews.routes.working_time import WorkingHours
from store.backlog import find_backlog
from store.schema import cards
from tests.reviews.deliveries import deliver_card
from tests.reviews.reminded import HOURS, MONDAY, deliver, is_reminder, remind_of
from tests.reviews.samples import notice, reminder_line, route

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


@pytest.mark.parametrize("count", [1, 2])
def test_what_could_not_be_sent_in_working_hours_waits_for_the_next(desk: Desk, count: int) -> None:
    remind_of(desk, count)
    evening, morning = MONDAY + timedelta(hours=8, minutes=1), MONDAY + timedelta(days=1)

    desk.clock.now = evening
    assert deliver(desk) == []
    desk.clock.now = morning - timedelta(seconds=1)
    assert deliver(desk) == []
    desk.clock.now = morning
    assert len(deliver(desk)) == (2 if count == 1 else 1)


def test_a_retry_waits_for_the_morning_too(desk: Desk) -> None:
    remind_of(desk, 2)
    desk.clock.now = MONDAY + timedelta(hours=7, minutes=59, seconds=50)
    desk.paper.trouble = [TryLater("later")]
    assert deliver(desk) == []
    desk.clock.advance(minutes=2)
    assert deliver(desk) == []
    desk.clock.now = MONDAY + timedelta(days=1)
    assert len(deliver(desk)) == 1


@pytest.mark.parametrize("count", [1, 2])
def test_what_is_urgent_is_sent_in_the_evening(desk: Desk, count: int) -> None:
    remind_of(desk, count, urgent=True)
    desk.clock.now = MONDAY + timedelta(hours=9)

    assert len(deliver(desk)) == (2 if count == 1 else 1)


def test_what_waits_for_the_morning_is_due_then_and_no_backlog_before(desk: Desk) -> None:
    """Else the operators would get an alarm in the night: a card has waited for hours."""
    remind_of(desk, 2)
    desk.clock.now = MONDAY + timedelta(hours=9)
    [post] = [post for post in desk.notices() if is_reminder(post.notice)]

    morning = MONDAY.replace(microsecond=0) + timedelta(days=1)
    assert deliver_card(desk.delivery, post.id) == (morning - desk.clock.now).total_seconds()
    with desk.engine.connect() as connection:
        assert find_backlog(connection).oldest_card == morning
        due = sa.select(cards.c.due_at, cards.c.claimed_by).where(cards.c.id == post.id)
        assert tuple(connection.execute(due).one()) == (morning, None)


def test_a_list_is_sent_in_the_working_hours_of_any_of_its_routes() -> None:
    late = WorkingHours.parse("Mon-Fri 12:00-20:00", ZoneInfo("UTC"))
    rules = Routes([route(name="early", working_hours=HOURS), route(name="late", working_hours=late)])
    evening, night = MONDAY + timedelta(hours=9), MONDAY + timedelta(hours=14)
    lines = reminder_line(route="early"), reminder_line(route="late")
    both, early = (notice(NoticeKind.REMINDER_LIST, reminders=each) for each in (lines, lines[:1]))
    assert isinstance(both, ReminderListNotice)
    assert isinstance(early, ReminderListNotice)

    morning = MONDAY.replace(microsecond=0) + timedelta(days=1)
    assert find_sending_time(both, rules, evening) == evening
    assert find_sending_time(early, rules, evening) == morning
    assert find_sending_time(both, rules, night) == morning
    assert find_sending_time(replace(early, urgent=True), rules, night) == night
