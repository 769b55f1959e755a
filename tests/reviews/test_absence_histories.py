"""Random histories of what a person and a calendar say, judged by a model that is sets of hours."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from reviews.absences.calendar_sync import CalendarSync
from reviews.absences.intervals import Span, list_stretches
from reviews.errors import Refused
from reviews.routes.route import SegregationOfDuties
from tests.databases import ON_SQLITE
from tests.reviews.absences import NEXT, STAND_IN, hand_over
from tests.reviews.calendars import calendar_event, content_of
from tests.reviews.declaring import cancel, declare
from tests.reviews.desk import DANA
from tests.reviews.people import make_proven_person
from tests.reviews.samples import DEPUTY, OWNER, START, event, routes

if TYPE_CHECKING:
    from datetime import datetime

    from tests.reviews.desk import Desk

HORIZON = 240
STEPS = 40
HOUR = timedelta(hours=1)


@dataclass
class Hours:
    """A model without the product's code: hours from `START`, a set for each time that something was said."""

    declared: list[tuple[set[int], str]] = field(default_factory=list)
    events: dict[str, tuple[int, int]] = field(default_factory=dict)
    back_from: list[tuple[str, int, int]] = field(default_factory=list)

    def declare(self, start: int, end: int, stand_in: str) -> None:
        self.declared.append((set(range(start, end)), stand_in))

    def come_back(self, now: int) -> None:
        for hours, _ in self.declared:
            hour = now
            while hour in hours:
                hours.remove(hour)
                hour += 1
        for name, (start, end) in list(self.events.items()):
            if start <= now < end:
                self.back_from.append((name, start, end))
                del self.events[name]

    def cancel(self, start: int, end: int, now: int) -> None:
        """Take out what begins in a time as a whole, else this time of all."""
        coming = range(max(start, now + 1), end)
        beginnings = [
            (hours, hour)
            for hours, _ in self.declared
            for hour in coming
            if hour in hours and hour - 1 not in hours
        ]
        for hours, first in beginnings:
            hour = first
            while hour in hours:
                hours.remove(hour)
                hour += 1
        if not beginnings:
            for hours, _ in self.declared:
                hours -= set(range(max(start, now), end))

    def read(self, events: dict[str, tuple[int, int]], now: int) -> None:
        self.events = {}
        self.back_from = [each for each in self.back_from if each[2] > now]
        for name, (start, end) in events.items():
            if end <= now:
                continue
            for place, (other, first, last) in enumerate(self.back_from):
                if other == name and start < last and first < end:
                    self.back_from[place] = (name, first, max(last, end))
                    break
            else:
                self.events[name] = (start, end)

    def find(self, hour: int) -> str | None:
        """Return who stands in, empty for the deputies; `None` if the person is here."""
        named = [stand_in for hours, stand_in in self.declared if hour in hours]
        if named:
            return named[-1]
        return "" if any(start <= hour < end for start, end in self.events.values()) else None


@dataclass
class History:
    desk: Desk
    chance: random.Random
    now: int = 0
    model: Hours = field(default_factory=Hours)
    calendar: dict[str, tuple[int, int]] = field(default_factory=dict)

    def take_step(self) -> None:
        self.now += self.chance.randrange(1, 8)
        self.desk.clock.now = make_time(self.now)
        self.chance.choice(
            (self.declare, self.declare, self.come_back, self.cancel, self.cancel, self.read)
        )()

    def declare(self) -> None:
        ahead = self.chance.choice((0, 0, self.chance.randrange(60)))
        start, lasting = self.now + ahead, self.chance.randrange(1, 70)
        stand_in = self.chance.choice(("", STAND_IN, NEXT))
        begin, end = make_time(start) if ahead else None, make_time(start + lasting)
        declare(self.desk, stand_in=stand_in or None, starts_at=begin, ends_at=end)
        self.model.declare(start, start + lasting, stand_in)

    def come_back(self) -> None:
        self.desk.absences.end(make_proven_person(DANA))
        self.model.come_back(self.now)

    def cancel(self) -> None:
        start = self.now + self.chance.randrange(-10, 70)
        end = start + self.chance.choice((1, 24))
        before = self.list_hours()
        try:
            cancel(self.desk, span=Span(start=make_time(start), end=make_time(end)))
        except Refused:
            assert self.list_hours() == before
        self.model.cancel(start, end, self.now)

    def read(self) -> None:
        name = f"event-{self.chance.randrange(4)}"
        start = self.now + self.chance.randrange(-20, 40)
        self.calendar[name] = (start, start + self.chance.randrange(1, 50))
        if self.chance.random() < 0.3:
            self.calendar.pop(self.chance.choice(list(self.calendar)))
        events = [
            calendar_event(uid=name, summary=OWNER, starts_at=make_time(start), ends_at=make_time(end))
            for name, (start, end) in self.calendar.items()
        ]
        sync = CalendarSync(transactions=self.desk.transactions, routes=self.desk.routes)
        sync.store(
            content_of(calendar_event(uid="other", summary="Someone Else"), *events), make_time(self.now)
        )
        self.model.read(self.calendar, self.now)

    def list_hours(self) -> list[str | None]:
        """Return who stands in for the person in each hour to come, by what is stored."""
        with self.desk.transactions(reading=True) as work:
            absences = work.absences.list_of_people([OWNER], not_ended_by=make_time(self.now))
        hours: list[str | None] = [None] * HORIZON
        for each in list_stretches(absences, since=make_time(self.now)):
            first, last = (int((at - make_time(self.now)) / HOUR) for at in (each.starts_at, each.end))
            hours[first:last] = [each.stand_in or ""] * (last - first)
        return hours

    def check(self, review_id: str) -> None:
        """Compare the hours to come, and who stands in on the review now and until when."""
        expected = [self.model.find(hour) for hour in range(self.now, self.now + HORIZON)]
        assert self.list_hours() == expected
        hand_over(self.desk)
        with self.desk.transactions(reading=True) as work:
            review = work.reviews.get(review_id)
        assert review is not None
        until = next((number for number, each in enumerate(expected) if each != expected[0]), HORIZON)
        stand_ins = [] if expected[0] is None else [(expected[0] or DEPUTY, make_time(self.now + until))]
        assert [(each.people[0], each.until) for each in review.stand_ins] == stand_ins


def make_time(hour: int) -> datetime:
    return START + hour * HOUR


@ON_SQLITE
@pytest.mark.parametrize("seed", range(1, 3))
def test_absences_are_a_set_of_intervals_whatever_is_said_in_which_order(desk: Desk, seed: int) -> None:
    desk.follow(routes(segregation_of_duties=SegregationOfDuties.OFF))
    review = desk.open(event())
    history = History(desk, random.Random(seed))  # noqa: S311 - nothing secret

    for _ in range(STEPS):
        history.take_step()
        history.check(review.id)
