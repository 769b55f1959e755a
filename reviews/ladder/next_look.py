"""When the clock looks at a review next: at a step of its ladder, a reminder, or its deadline."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.kinds import ReviewState, StepAction
from reviews.routes.ladder import DEADLINE, build_campaign_ladder, build_default_ladder

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.model import Review
    from reviews.routes.ladder import LadderStep
    from reviews.routes.route import Route

DAY = timedelta(days=1)
MAX_OVERDUE_DAYS = 5
"""Working days after the deadline with a reminder on each, without a ladder of its own."""
MAX_FOLLOW_UPS = 5
"""How often the contributors are asked for changes that were requested."""


def find_next_look(review: Review, route: Route | None, now: datetime) -> datetime | None:
    """Return when to look at a review next; `None` for never again."""
    if review.state is ReviewState.OPEN:
        return min(_list_looks(review, route, now), default=None)
    if review.state is ReviewState.CHANGES_REQUESTED:
        return _find_next_follow_up(review, route, now)
    return None


def find_look_after_snooze(review: Review, now: datetime) -> datetime | None:
    """Return when to check a snoozed review: at its deadline if that is earlier, as its card changes then."""
    ends_before = review.due_at and review.snoozed_until and now < review.due_at < review.snoozed_until
    return review.due_at if ends_before else review.snoozed_until


def list_steps(route: Route | None) -> tuple[LadderStep, ...]:
    """Return the ladder of a route; the default one where the route is gone."""
    return route.steps if route else build_default_ladder(urgent=False)


def list_remaining_steps(review: Review, route: Route | None) -> tuple[LadderStep, ...]:
    """Return the steps of an open review that were not taken: none where it lapsed or has no deadline.

    The ladder that is in force now counts, from the step that was reached. However short it has become, its
    lapse remains. The default ladder, also of a route that is gone, begins at the deadline.
    """
    if review.due_at is None or review.lapsed_at is not None:
        return ()
    if route is not None and route.ladder:
        return route.ladder[min(review.steps_taken, len(route.ladder) - 1) :]
    if review.campaign is not None:
        campaign_ladder = build_campaign_ladder(urgent=route is not None and route.urgent)
        return campaign_ladder[min(review.steps_taken, len(campaign_ladder) - 1) :]
    default = list_steps(route)
    last = review.last_step
    is_escalated = last is not None and last.action is StepAction.ESCALATE and last.at >= review.due_at
    return default[1:] if is_escalated else default


def list_due_steps(review: Review, route: Route | None, now: datetime) -> list[LadderStep]:
    """Return the steps of an open review that are due and not taken, in their order."""
    steps = list_remaining_steps(review, route)
    return [step for step in steps if find_step_time(review, route, step) <= now]


def find_opening(route: Route | None, now: datetime) -> datetime | None:
    """Return when working hours begin, if it is outside them."""
    if route is None or route.working_hours is None:
        return None
    opens = route.working_hours.find_next_opening(now)
    return opens if opens > now else None


def add_working_time(route: Route | None, moment: datetime, duration: timedelta) -> datetime:
    """Return when this much working time has passed; all time is where a route is gone."""
    hours = route.working_hours if route else None
    return hours.add_working_time(moment, duration) if hours else moment + duration


def find_interval(review: Review, route: Route | None) -> timedelta | None:
    """Return the working time between two reminders, on a route without its own ladder; not in a campaign."""
    has_ladder = route is None or bool(route.ladder) or review.campaign is not None
    return None if has_ladder or route is None else route.remind or None


def _list_looks(review: Review, route: Route | None, now: datetime) -> list[datetime]:
    """Return the times of the next step, of the deadline, and of the next reminder."""
    steps = list_remaining_steps(review, route)[:1]
    looks = [max(find_step_time(review, route, step), now) for step in steps]
    if review.due_at is not None and review.due_at > now:
        looks.append(review.due_at)  # the card says then that it is overdue
    reminder = _find_next_reminder(review, route, now)
    return [*looks, *([reminder] if reminder else [])]


def find_step_time(review: Review, route: Route | None, step: LadderStep) -> datetime:
    """Return when a step is due: after its percentage of the working time between opening and deadline.

    A file that was taken out of a bulk review has the deadline of that, however near or past; of the steps
    after it, each waits as long as in a review that had all of the route's `due`.
    """
    due_at = review.due_at
    if due_at is None:
        raise ValueError(f"the review {review.id} has no deadline, and so no steps")
    if step.after == DEADLINE:
        return due_at
    hours = route.working_hours if route else None
    until_due = (
        hours.count_working_time(review.opened_at, due_at)
        if hours
        else max(due_at - review.opened_at, timedelta())
    )
    if step.after < DEADLINE:
        return min(add_working_time(route, review.opened_at, until_due * step.after / DEADLINE), due_at)
    whole = max(until_due, route.due) if route and route.due else until_due
    return add_working_time(route, due_at, whole * (step.after - DEADLINE) / DEADLINE)


def _find_next_reminder(review: Review, route: Route | None, now: datetime) -> datetime | None:
    """Return when the next reminder follows on one that is sent now, on a route without its own ladder.

    Past the deadline it is at most once a working day, for at most `MAX_OVERDUE_DAYS`.
    """
    interval = find_interval(review, route)
    if route is None or interval is None:
        return None
    if review.lapsed_at is None:
        return add_working_time(route, now, interval)
    day = route.working_hours.daily_time if route.working_hours else DAY
    following = add_working_time(route, now, max(interval, day))
    last = add_working_time(route, review.lapsed_at, day * MAX_OVERDUE_DAYS)
    return following if following <= last else None


def _find_next_follow_up(review: Review, route: Route | None, now: datetime) -> datetime | None:
    """Return when the contributors are asked next for changes that were requested, if that is now."""
    is_over = review.superseded_by is not None or review.follow_ups >= MAX_FOLLOW_UPS
    if is_over or route is None or not route.after_request:
        return None
    return add_working_time(route, now, route.after_request)
