"""Reminders and deadlines of open reviews: who is reminded and when, and the lapse."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.answers.notice_facts import get_review_facts, is_broadcast
from reviews.kinds import ReviewState
from reviews.ledger import ledger_entries
from reviews.notice import NoticeKind, ReminderNotice
from reviews.ports.failure_isolation import propagate_failures
from reviews.quorum import list_missing_owners, list_valid_answers
from reviews.routes.route import SegregationOfDuties
from reviews.stored_enums import is_known

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.model import Review
    from reviews.ports.failure_isolation import FailureIsolation
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Route, Routes

MAX_REVIEWS_AT_ONCE = 20
DAY = timedelta(days=1)
NEWER_RELEASE_WAIT = timedelta(minutes=5)
MAX_OVERDUE_DAYS = 5
"""Working days after the deadline with a reminder on each. After that only the lists show the review."""


@dataclass(frozen=True, kw_only=True)
class Reminders:
    """Owes the notices that are due because of the passage of time.

    Any number of workers can run this at once. Each review is handled under its lock, together with the time
    of its next check. What fell due while no worker ran is notified once.
    """

    transactions: Transactions
    routes: Routes
    clock: Clock

    def process_due_reviews(
        self, *, exclude: Collection[str] = (), isolate: FailureIsolation = propagate_failures
    ) -> int:
        """Process due reviews, at most `MAX_REVIEWS_AT_ONCE`; return their number.

        Each runs inside `isolate`. Reviews in `exclude` are skipped.
        """
        with self.transactions(reading=True) as work:
            ids = work.reviews.list_due_ids(self.clock(), MAX_REVIEWS_AT_ONCE, exclude=exclude)
        for review_id in ids:
            with isolate(review_id), self.transactions() as work:
                self._process_review(work, review_id)
                work.commit()
        return len(ids)

    def _process_review(self, work: UnitOfWork, review_id: str) -> None:
        now = self.clock()
        review = work.reviews.get(review_id, lock=True)
        if review is None or review.state is not ReviewState.OPEN:
            return
        if review.remind_at is None or review.remind_at > now:
            return  # another worker handled it, or it was snoozed
        if not is_known(review.kind):
            self._postpone(work, review, now)
            return
        route = self.routes.find_route(review.route)
        if review.snoozed_until is not None and now < review.snoozed_until:
            after = replace(review, remind_at=review.snoozed_until)
            work.cards.redraw(review.id)  # the deadline has passed, and only the card shows that
        elif review.due_at is not None and now >= review.due_at and review.lapsed_at is None:
            after = self._lapse(work, replace(review, lapsed_at=now), route)
        elif opening := _find_opening(review, route, now):
            after = replace(review, remind_at=opening)
        else:
            after = self._remind(work, review, route, now)
            if review.remind_at == review.snoozed_until:
                work.cards.redraw(review.id)  # its card stops showing the snooze
        work.reviews.save_reminder(
            review_id, next_at=after.remind_at, reminders=after.reminders, lapsed_at=after.lapsed_at
        )

    def _postpone(self, work: UnitOfWork, review: Review, now: datetime) -> None:
        """Leave a review to the newer release that wrote it, and check it again only after a wait."""
        work.reviews.save_reminder(
            review.id,
            next_at=now + NEWER_RELEASE_WAIT,
            reminders=review.reminders,
            lapsed_at=review.lapsed_at,
        )

    def _lapse(self, work: UnitOfWork, review: Review, route: Route | None) -> Review:
        """Notify those who have not answered, and their deputies, that the deadline passed."""
        now = review.lapsed_at or self.clock()
        recipients = list_people_to_remind(review, route, deputies=True)
        work.ledger.append(ledger_entries.build_lapsed(review, recipients=recipients))
        notice = _build_notice(NoticeKind.OVERDUE, review, route, at=now, recipients=recipients)
        work.cards.owe_notices(review.id, notice, cause=str(NoticeKind.OVERDUE))
        work.cards.redraw(review.id)  # its card shows since when
        return replace(review, remind_at=find_next_look(review, route, now))

    def _remind(self, work: UnitOfWork, review: Review, route: Route | None, now: datetime) -> Review:
        after = replace(review, remind_at=find_next_look(review, route, now))
        recipients = list_people_to_remind(review, route, deputies=False)
        if not recipients:
            return after
        after = replace(after, reminders=review.reminders + 1)
        work.ledger.append(ledger_entries.build_reminded(after, at=now, recipients=recipients))
        notice = _build_notice(NoticeKind.REMINDER, review, route, at=now, recipients=recipients)
        work.cards.owe_notices(review.id, notice, cause=f"{NoticeKind.REMINDER}:{after.reminders}")
        return after


def find_next_look(review: Review, route: Route | None, now: datetime) -> datetime | None:
    """Return when to check an open review next; `None` for never again.

    The next check comes after the route's reminder interval in working time, and at the deadline. Past the
    deadline it is at most once a working day, for at most `MAX_OVERDUE_DAYS`.
    """
    remind = route.remind if route else None
    if review.lapsed_at is None:
        times = [max(review.due_at, now)] if review.due_at else []
        times += [_add_working_time(route, now, remind)] if remind else []
        return min(times, default=None)
    if not remind:
        return None
    day = route.working_hours.daily_time if route and route.working_hours else DAY
    following = _add_working_time(route, now, max(remind, day))
    return (
        following if following <= _add_working_time(route, review.lapsed_at, day * MAX_OVERDUE_DAYS) else None
    )


def find_look_after_snooze(review: Review, now: datetime) -> datetime | None:
    """Return when to check a snoozed review: at its deadline if that is earlier, as its card changes then."""
    ends_before = review.due_at and review.snoozed_until and now < review.due_at < review.snoozed_until
    return review.due_at if ends_before else review.snoozed_until


def list_people_to_remind(review: Review, route: Route | None, *, deputies: bool) -> tuple[str, ...]:
    """Return those who can still answer: the owners; if none, or with `deputies`, also the deputies.

    With segregation of duties, contributors are not reminded of their own changes.
    """
    segregated = route is None or route.segregation_of_duties is SegregationOfDuties.ENFORCE
    excluded = {(answer.reviewer.email or "").casefold() for answer in list_valid_answers(review)}
    if segregated:
        excluded |= {(person.email or "").casefold() for person in review.contributors}
    stand_ins = route.deputies if route else ()
    waiting = list_missing_owners(review) or (() if segregated else review.owners)
    owners = _exclude_people(waiting, excluded)
    return _exclude_people((*owners, *stand_ins), excluded) if deputies or not owners else owners


def _exclude_people(people: Iterable[str], excluded: set[str]) -> tuple[str, ...]:
    return tuple({each.casefold(): each for each in people if each.casefold() not in excluded}.values())


def _find_opening(review: Review, route: Route | None, now: datetime) -> datetime | None:
    """Return when working hours begin, if it is outside them and this is not the end of a snooze."""
    if route is None or route.working_hours is None or review.remind_at == review.snoozed_until:
        return None
    opens = route.working_hours.add_working_time(now, timedelta())
    return opens if opens > now else None


def _add_working_time(route: Route | None, moment: datetime, duration: timedelta) -> datetime:
    hours = route.working_hours if route else None
    return hours.add_working_time(moment, duration) if hours else moment + duration


def _build_notice(
    kind: NoticeKind, review: Review, route: Route | None, *, at: datetime, recipients: tuple[str, ...]
) -> ReminderNotice:
    return ReminderNotice(
        kind=kind,
        **get_review_facts(review),
        at=at,
        mention=recipients,
        due_at=review.due_at,
        broadcast=is_broadcast(route),
    )
