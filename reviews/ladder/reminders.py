"""What the clock does: the steps of open reviews, and requests for changes that no one followed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import takewhile
from typing import TYPE_CHECKING

from reviews.absences.stand_in_updates import update_stand_ins
from reviews.campaign import has_ended
from reviews.kinds import ReviewState
from reviews.ladder import steps
from reviews.ladder.messages import prepare_messages, store_messages
from reviews.ladder.next_look import (
    add_working_time,
    find_interval,
    find_next_look,
    find_opening,
    list_due_steps,
)
from reviews.ladder.notice_contents import find_request
from reviews.ladder.people import Recipients
from reviews.ladder.steps import Look
from reviews.ports.failure_isolation import propagate_failures
from reviews.routes.ladder import asks_people
from reviews.stored_enums import is_known

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.model import Review
    from reviews.ports.failure_isolation import FailureIsolation
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.ladder import LadderStep
    from reviews.routes.route import Route, Routes

MAX_REVIEWS_AT_ONCE = 20
MAX_HAND_OVER_TIME = timedelta(minutes=1)
"""An absence that has been due for longer, such as one that fails, holds up no message."""
NEWER_RELEASE_WAIT = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Reminders:
    """Does what is due because time has passed.

    Any number of workers can run this at once. Each review is handled under its lock, together with the time
    of its next check. What fell due while no worker ran is notified once.
    """

    transactions: Transactions
    routes: Routes
    clock: Clock
    direct_message_channels: frozenset[str] = frozenset()
    """The channels that can send a direct message to one person."""

    def process_due_reviews(
        self, *, exclude: Collection[str] = (), isolate: FailureIsolation = propagate_failures
    ) -> int:
        """Process due reviews, at most `MAX_REVIEWS_AT_ONCE`; return their number.

        Each runs inside `isolate`. Reviews in `exclude` are skipped. When none is due any more, also of those
        that other workers have in hand, what people are to be asked by then is put into messages. Those wait
        while reviews are handed over to a stand-in, who is told of them together.
        """
        now = self.clock()
        with self.transactions(reading=True) as work:
            ids = work.reviews.list_due_ids(now, MAX_REVIEWS_AT_ONCE, exclude=exclude)
            has_queued = not ids and work.queued_reminders.has_any()
            if has_queued and work.absences.has_any_due(since=now - MAX_HAND_OVER_TIME, until=now):
                has_queued = False
        for review_id in ids:
            with isolate(review_id), self.transactions() as work:
                self._process_review(work, review_id)
                work.commit()
        if has_queued:
            self.write_messages()
        return len(ids)

    def write_messages(self) -> None:
        """Put what people are to be asked by now into messages, one for each person or place.

        They are made while nothing is locked: those of a large campaign take seconds, and SQLite has one lock
        for all writers. Of concurrent workers one stores them.
        """
        with self.transactions(reading=True) as work:
            prepared = prepare_messages(work, self.routes, self.direct_message_channels)
        with self.transactions() as work:
            if store_messages(work, prepared):
                work.commit()

    def _process_review(self, work: UnitOfWork, review_id: str) -> None:
        now = self.clock()
        review = work.reviews.get(review_id, lock=True)
        if review is None or review.remind_at is None or review.remind_at > now:
            return  # another worker handled it, or it was snoozed
        if not is_known(review.kind) or not is_known(review.state):
            work.reviews.save_clock(replace(review, remind_at=now + NEWER_RELEASE_WAIT))
            return
        if _is_over(work, review):
            work.reviews.save_clock(replace(review, remind_at=None))
            return
        review = update_stand_ins(work, review, self.routes, at=now)  # no step asks who has just left
        look = Look(work=work, recipients=Recipients(review=review, routes=self.routes), at=now)
        if review.state is ReviewState.OPEN:
            after = _process_open_review(look, review)
        elif review.state is ReviewState.CHANGES_REQUESTED:
            after = _process_request(look, review)
        else:
            after = replace(review, remind_at=None)
        work.reviews.save_clock(after)


def plan_missing_looks(routes: Routes, work: UnitOfWork, now: datetime) -> None:
    """Have the clock look at open reviews that have lost their next look, as by a write into the database.

    When it looks is computed from the review and its route: the column says it, and does not decide it.
    """
    reminding_routes = [route.name for route in routes.all if route.remind]
    for review_id in work.reviews.list_ids_without_look(reminding_routes):
        review = work.reviews.get(review_id, lock=True)
        if review is None or review.state is not ReviewState.OPEN or review.remind_at is not None:
            continue
        next_look = find_next_look(review, routes.find_route(review.route), now)
        if next_look is not None and not _is_over(work, review):
            work.reviews.save_clock(replace(review, remind_at=next_look))


def _is_over(work: UnitOfWork, review: Review) -> bool:
    """Return whether the campaign of a review has ended; else it does not before this transaction does."""
    return review.campaign is not None and has_ended(work.campaigns.hold(review.campaign.id))


def _process_open_review(look: Look, review: Review) -> Review:
    after = _take_due_steps(look, review)
    is_overdue = review.due_at is not None and review.due_at <= look.at
    if is_overdue or review.remind_at == review.snoozed_until or after.last_step != review.last_step:
        # The card shows the last step, a passed deadline, and the end of a snooze.
        look.work.cards.redraw_later(review.id)
    return after


def _take_due_steps(look: Look, review: Review) -> Review:
    """Return the review after the steps that are due, and when to look next."""
    route, now = look.recipients.route, look.at
    if review.snoozed_until is not None and now < review.snoozed_until:
        return replace(review, remind_at=review.snoozed_until)
    due_steps, opening = list_due_steps(review, route, now), find_opening(route, now)
    after = review
    if _is_reminder_due(review, route, due_steps) and (opening is None or look.is_urgent()):
        after = steps.remind(look, after)
    after = steps.take_steps(look, after, _list_urgent_steps(due_steps) if opening else due_steps)
    if opening is not None and after == review:
        return replace(review, remind_at=opening)
    return replace(after, remind_at=find_next_look(after, route, now))


def _list_urgent_steps(due_steps: Sequence[LadderStep]) -> list[LadderStep]:
    """Return the steps that do not wait for working hours: the urgent ones before the first that does wait.

    A lapse alone can wait.
    """
    urgent = list(takewhile(lambda step: step.urgent, due_steps))
    return urgent if any(map(asks_people, urgent)) else []


def _is_reminder_due(review: Review, route: Route | None, due_steps: Sequence[LadderStep]) -> bool:
    """Return whether to remind at a look at which no step that is due asks people, now or when hours open.

    That is so at the end of a snooze, and where the route has no ladder of its own but an interval.
    """
    if any(map(asks_people, due_steps)):
        return False
    if find_interval(review, route) is not None and not due_steps:
        return True
    return review.snoozed_until is not None and all(
        at < review.snoozed_until for at in _list_times_since_snooze(review)
    )


def _list_times_since_snooze(review: Review) -> list[datetime]:
    """Return when people were asked last, when it lapsed, and when answers were withdrawn."""
    times = [review.last_step.at if review.last_step else None, review.lapsed_at]
    return [at for at in (*times, *(each.withdrawn_at for each in review.answers)) if at is not None]


def _process_request(look: Look, review: Review) -> Review:
    """Ask the contributors again for changes that were requested and did not come."""
    route, now = look.recipients.route, look.at
    next_look = find_next_look(review, route, now)
    if next_look is None:
        return replace(review, remind_at=None)
    if (first := _find_first_follow_up(review, route)) and first > now:
        return replace(review, remind_at=first)
    if not look.is_urgent() and (opening := find_opening(route, now)):
        return replace(review, remind_at=opening)
    after = steps.follow_up(look, review)
    was_sent = after.follow_ups > review.follow_ups
    return replace(after, remind_at=find_next_look(after, route, now) if was_sent else None)


def _find_first_follow_up(review: Review, route: Route | None) -> datetime | None:
    """Return when the contributors are asked first, if they were not; the look may be of a step before.

    An earlier release that runs beside this one leaves that in a review on which it stores a request.
    """
    request = None if review.follow_ups else find_request(review)
    if request is None or route is None or not route.after_request:
        return None
    return add_working_time(route, request.at, route.after_request)
