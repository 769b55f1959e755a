"""The clock behind a review: who is reminded of it and when, and that its deadline has passed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.kinds import ReviewState
from reviews.ledger import ledger_entries
from reviews.notice import Notice, NoticeKind
from reviews.ports.edges import let_through
from reviews.quorum import missing, standing
from reviews.routes.routing import SegregationOfDuties
from reviews.stored_words import is_known

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.model import Review
    from reviews.ports.edges import Edge
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.routing import Route, Routes

AT_ONCE = 20
DAY = timedelta(days=1)
LEFT_FOR = timedelta(minutes=5)
DAYS_OVERDUE = 5
"""Working days after the deadline for which there is a reminder on each; then the lists have to do."""


@dataclass(frozen=True, kw_only=True)
class Reminders:
    """Owes what is to be told because time has passed.

    Any number of workers may do so at once: each review is decided on under its lock, together with the time
    at which it is looked at next. Whatever passed while no worker ran is told once.
    """

    transactions: Transactions
    routes: Routes
    clock: Clock

    def due(self, *, without: Collection[str] = (), edge: Edge = let_through) -> int:
        """Look at the reviews whose time has come, at most `AT_ONCE`; return how many those were.

        Each has an `edge`. Those `without` are passed over.
        """
        with self.transactions(reading=True) as work:
            ids = work.reviews.to_remind(self.clock(), AT_ONCE, without=without)
        for review_id in ids:
            with edge(review_id), self.transactions() as work:
                self._look_at(work, review_id)
                work.commit()
        return len(ids)

    def _look_at(self, work: UnitOfWork, review_id: str) -> None:
        now = self.clock()
        review = work.reviews.get(review_id, lock=True)
        if review is None or review.state is not ReviewState.OPEN:
            return
        if review.remind_at is None or review.remind_at > now:
            return  # another worker was here, or somebody has put it off
        if not is_known(review.kind):
            self._leave(work, review, now)
            return
        route = self.routes.named(review.route)
        if review.snoozed_until is not None and now < review.snoozed_until:
            after = replace(review, remind_at=review.snoozed_until)
            work.cards.redraw(review.id)  # the deadline has passed meanwhile, which only its card says
        elif review.due_at is not None and now >= review.due_at and review.lapsed_at is None:
            after = self._lapse(work, replace(review, lapsed_at=now), route)
        elif rest := _opens(review, route, now):
            after = replace(review, remind_at=rest)
        else:
            after = self._remind(work, review, route, now)
            if review.remind_at == review.snoozed_until:
                work.cards.redraw(review.id)  # its card says no longer that the reminders rest
        work.reviews.reminded(
            review_id, next_at=after.remind_at, reminders=after.reminders, lapsed_at=after.lapsed_at
        )

    def _leave(self, work: UnitOfWork, review: Review, now: datetime) -> None:
        """Leave a review to the newer release that wrote it, without looking at it again and again."""
        work.reviews.reminded(
            review.id, next_at=now + LEFT_FOR, reminders=review.reminders, lapsed_at=review.lapsed_at
        )

    def _lapse(self, work: UnitOfWork, review: Review, route: Route | None) -> Review:
        """Tell those who have not answered, and those who stand in for them, that the deadline passed."""
        now = review.lapsed_at or self.clock()
        whom = whom_to_remind(review, route, deputies=True)
        work.ledger.append(ledger_entries.lapsed(review, whom=whom))
        notice = _notice(NoticeKind.OVERDUE, review, route, at=now, whom=whom)
        work.cards.tell(review.id, notice, cause=str(NoticeKind.OVERDUE))
        work.cards.redraw(review.id)  # its card says since when
        return replace(review, remind_at=next_look(review, route, now))

    def _remind(self, work: UnitOfWork, review: Review, route: Route | None, now: datetime) -> Review:
        after = replace(review, remind_at=next_look(review, route, now))
        whom = whom_to_remind(review, route, deputies=False)
        if not whom:
            return after
        after = replace(after, reminders=review.reminders + 1)
        work.ledger.append(ledger_entries.reminded(after, at=now, whom=whom))
        notice = _notice(NoticeKind.REMINDER, review, route, at=now, whom=whom)
        work.cards.tell(review.id, notice, cause=f"{NoticeKind.REMINDER}:{after.reminders}")
        return after


def next_look(review: Review, route: Route | None, now: datetime) -> datetime | None:
    """Return when the clock is to look at an open review after this; `None` for never again.

    That is after so much working time as the route says, and at the deadline. Past the deadline it is at most
    once a working day, and no longer than `DAYS_OVERDUE`.
    """
    remind = route.remind if route else None
    if review.lapsed_at is None:
        times = [max(review.due_at, now)] if review.due_at else []
        times += [_working(route, now, remind)] if remind else []
        return min(times, default=None)
    if not remind:
        return None
    day = route.working_hours.a_day if route and route.working_hours else DAY
    following = _working(route, now, max(remind, day))
    return following if following <= _working(route, review.lapsed_at, day * DAYS_OVERDUE) else None


def first_look_after_snooze(review: Review, now: datetime) -> datetime | None:
    """Return when the clock is to look at a review that was put off: a deadline before changes its card."""
    ends_before = review.due_at and review.snoozed_until and now < review.due_at < review.snoozed_until
    return review.due_at if ends_before else review.snoozed_until


def whom_to_remind(review: Review, route: Route | None, *, deputies: bool) -> tuple[str, ...]:
    """Return those who can still answer: the owners, else and with `deputies` also those who stand in.

    Where duties are segregated, nobody is reminded of what they changed themselves.
    """
    segregated = route is None or route.segregation_of_duties is SegregationOfDuties.ENFORCE
    out = {(given.reviewer.email or "").casefold() for given in standing(review)}
    if segregated:
        out |= {(who.email or "").casefold() for who in review.contributors}
    stand_ins = route.deputies if route else ()
    waiting = missing(review) or (() if segregated else review.owners)
    asked = _without(waiting, out)
    return _without((*asked, *stand_ins), out) if deputies or not asked else asked


def _without(people: Iterable[str], out: set[str]) -> tuple[str, ...]:
    return tuple({each.casefold(): each for each in people if each.casefold() not in out}.values())


def _opens(review: Review, route: Route | None, now: datetime) -> datetime | None:
    """Return when work begins, if it rests now and nobody asked to be told at this very time."""
    if route is None or route.working_hours is None or review.remind_at == review.snoozed_until:
        return None
    opens = route.working_hours.after(now, timedelta())
    return opens if opens > now else None


def _working(route: Route | None, moment: datetime, working: timedelta) -> datetime:
    hours = route.working_hours if route else None
    return hours.after(moment, working) if hours else moment + working


def _notice(
    kind: NoticeKind, review: Review, route: Route | None, *, at: datetime, whom: tuple[str, ...]
) -> Notice:
    return Notice(
        kind=kind,
        title=review.title,
        path=review.path,
        link=review.link,
        at=at,
        revision=review.revision,
        mention=whom,
        until=review.due_at,
        route=review.route,
        broadcast=route is not None and route.broadcasts,
    )
