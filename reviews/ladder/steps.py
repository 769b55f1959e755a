"""The steps of the ladder: each is an entry, and queues whom to ask."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviews.kinds import StepAction
from reviews.ladder.people import list_contributors_to_ask, list_others_to_ask, list_people_to_ask
from reviews.ledger import step_entries
from reviews.model import LastStep
from reviews.notice import NoticeKind
from reviews.ports.reminders import QueuedReminder
from reviews.routes.ladder import DEPUTIES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reviews.model import Review
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.ladder import LadderStep
    from reviews.routes.route import Route


def take_steps(
    work: UnitOfWork, review: Review, route: Route | None, due_steps: Sequence[LadderStep], *, at: datetime
) -> Review:
    """Take the steps that are due, and return the review afterwards.

    What fell due while no worker ran, or during a snooze, is asked once: a step is passed over whose people a
    later one asks as well.
    """
    after = replace(review, steps_taken=review.steps_taken + len(due_steps))
    for number, step in enumerate(due_steps):
        if any(_asks_same_people(step, later) for later in due_steps[number + 1 :]):
            continue
        take = {StepAction.REMIND: remind, StepAction.ESCALATE: _escalate, StepAction.LAPSE: _lapse}
        after = take[step.action](work, after, route, at=at, step=step)
    return after


def _asks_same_people(step: LadderStep, later: LadderStep) -> bool:
    """Return whether a later step asks all whom this one asks; the deputies are asked beside the owners."""
    if step.action is StepAction.REMIND:
        return later.action is StepAction.REMIND or later.to == DEPUTIES
    return step.action is StepAction.ESCALATE and (later.action, later.to) == (step.action, step.to)


def remind(
    work: UnitOfWork, review: Review, route: Route | None, *, at: datetime, step: LadderStep | None = None
) -> Review:
    """Ask those who have not answered again; without a `step` because of an interval, or after a snooze."""
    recipients = list_people_to_ask(review, route, deputies=False)
    if not recipients:
        return review
    taken = LastStep(action=StepAction.REMIND, at=at, after=step.label if step else "", whom=recipients)
    after = replace(review, reminders=review.reminders + 1, last_step=taken)
    work.ledger.append(step_entries.build_reminded(after))
    _queue(work, after, NoticeKind.REMINDER, recipients, urgent=_is_urgent(step, route))
    return after


def follow_up(work: UnitOfWork, review: Review, route: Route | None, *, at: datetime) -> Review:
    """Ask the contributors for the changes that were requested; no one, if none has an address."""
    recipients = list_contributors_to_ask(review)
    if not recipients:
        return review
    after = replace(review, follow_ups=review.follow_ups + 1)
    work.ledger.append(step_entries.build_followed_up(after, at=at, recipients=recipients))
    reminder = QueuedReminder(
        review_id=review.id,
        kind=NoticeKind.FOLLOW_UP,
        recipients=recipients,
        at=at,
        urgent=_is_urgent(None, route),
    )
    work.queued_reminders.add(reminder)
    return after


def _escalate(
    work: UnitOfWork, review: Review, route: Route | None, *, at: datetime, step: LadderStep
) -> Review:
    recipients = _list_recipients(review, route, step)
    if not recipients and step.place is None:
        return review
    whom = (step.to,) if step.place else recipients
    taken = LastStep(action=StepAction.ESCALATE, at=at, after=step.label, whom=whom)
    after = replace(review, last_step=taken)
    work.ledger.append(step_entries.build_escalated(after))
    is_overdue = review.due_at is not None and review.due_at <= at
    kind = NoticeKind.OVERDUE if is_overdue else NoticeKind.ESCALATED
    _queue(work, after, kind, recipients, urgent=step.urgent, place=step.place)
    return after


def _list_recipients(review: Review, route: Route | None, step: LadderStep) -> tuple[str, ...]:
    if step.place is not None:
        return ()
    if step.to == DEPUTIES:
        return list_people_to_ask(review, route, deputies=True)
    return list_others_to_ask(review, (step.to,))


def _lapse(
    work: UnitOfWork, review: Review, _route: Route | None, *, at: datetime, step: LadderStep
) -> Review:
    """Mark a review as lapsed; its card shows that, and no one is asked."""
    taken = LastStep(action=StepAction.LAPSE, at=at, after=step.label, whom=())
    after = replace(review, lapsed_at=at, last_step=taken if step.is_written else review.last_step)
    work.ledger.append(step_entries.build_lapsed(after, step=step.label))
    return after


def _queue(
    work: UnitOfWork,
    review: Review,
    kind: NoticeKind,
    recipients: tuple[str, ...],
    *,
    urgent: bool,
    place: tuple[str, str] | None = None,
) -> None:
    """Queue the message of the step that was just taken."""
    if review.last_step is None:
        raise ValueError("no step was taken")
    work.queued_reminders.add(
        QueuedReminder(
            review_id=review.id,
            kind=kind,
            recipients=recipients,
            at=review.last_step.at,
            urgent=urgent,
            place=place,
        )
    )


def _is_urgent(step: LadderStep | None, route: Route | None) -> bool:
    return step.urgent if step else route is not None and route.urgent
