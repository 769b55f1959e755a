"""The steps of the ladder: each is an entry, and queues whom to ask."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.kinds import StepAction
from reviews.ledger import step_entries
from reviews.model import LastStep
from reviews.notice import NoticeKind
from reviews.ports.reminders import QueuedReminder
from reviews.routes.ladder import DEPUTIES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reviews.ladder.people import Recipients
    from reviews.model import Review
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.ladder import LadderStep


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look of the clock at a review: its transaction, whom it may ask, and when it is."""

    work: UnitOfWork
    recipients: Recipients
    at: datetime

    def is_urgent(self, step: LadderStep | None = None) -> bool:
        """Return whether a message does not wait for working hours: that of a step, or of the route."""
        route = self.recipients.route
        return step.urgent if step else route is not None and route.urgent


def take_steps(look: Look, review: Review, due_steps: Sequence[LadderStep]) -> Review:
    """Take the steps that are due, and return the review afterwards.

    What fell due while no worker ran, or during a snooze, is asked once: a step is passed over whose people a
    later one asks as well.
    """
    after = replace(review, steps_taken=review.steps_taken + len(due_steps))
    take = {StepAction.REMIND: remind, StepAction.ESCALATE: _escalate, StepAction.LAPSE: _lapse}
    for number, step in enumerate(due_steps):
        if not any(_asks_same_people(step, later) for later in due_steps[number + 1 :]):
            after = take[step.action](look, after, step)
    return after


def _asks_same_people(step: LadderStep, later: LadderStep) -> bool:
    """Return whether a later step asks all whom this one asks; the deputies are asked beside the owners."""
    if step.action is StepAction.REMIND:
        return later.action is StepAction.REMIND or later.to == DEPUTIES
    return step.action is StepAction.ESCALATE and (later.action, later.to) == (step.action, step.to)


def remind(look: Look, review: Review, step: LadderStep | None = None) -> Review:
    """Ask those who have not answered again; without a `step` because of an interval, or after a snooze."""
    people = look.recipients.list_people(deputies=False)
    if not people:
        return review
    taken = LastStep(action=StepAction.REMIND, at=look.at, after=step.label if step else "", whom=people)
    after = replace(review, reminders=review.reminders + 1, last_step=taken)
    look.work.ledger.append(step_entries.build_reminded(after))
    _queue(look, review, NoticeKind.REMINDER, people, urgent=look.is_urgent(step))
    return after


def follow_up(look: Look, review: Review) -> Review:
    """Ask the contributors for the changes that were requested; no one, if none has an address."""
    people = look.recipients.list_contributors()
    if not people:
        return review
    after = replace(review, follow_ups=review.follow_ups + 1)
    look.work.ledger.append(step_entries.build_followed_up(after, at=look.at, recipients=people))
    _queue(look, review, NoticeKind.FOLLOW_UP, people, urgent=look.is_urgent())
    return after


def _escalate(look: Look, review: Review, step: LadderStep) -> Review:
    people = _list_escalated_to(look.recipients, step)
    if not people and step.place is None:
        return review
    whom = (step.to,) if step.place else people
    taken = LastStep(action=StepAction.ESCALATE, at=look.at, after=step.label, whom=whom)
    after = replace(review, last_step=taken)
    look.work.ledger.append(step_entries.build_escalated(after))
    is_overdue = review.due_at is not None and review.due_at <= look.at
    kind = NoticeKind.OVERDUE if is_overdue else NoticeKind.ESCALATED
    _queue(look, review, kind, people, urgent=look.is_urgent(step), place=step.place)
    return after


def _list_escalated_to(recipients: Recipients, step: LadderStep) -> tuple[str, ...]:
    if step.place is not None:
        return ()
    if step.to == DEPUTIES:
        return recipients.list_people(deputies=True)
    return recipients.list_others((step.to,))


def _lapse(look: Look, review: Review, step: LadderStep) -> Review:
    """Mark a review as lapsed; its card shows that, and no one is asked."""
    taken = LastStep(action=StepAction.LAPSE, at=look.at, after=step.label, whom=())
    after = replace(review, lapsed_at=look.at, last_step=taken if step.is_written else review.last_step)
    look.work.ledger.append(step_entries.build_lapsed(after, step=step.label))
    return after


def _queue(
    look: Look,
    review: Review,
    kind: NoticeKind,
    people: tuple[str, ...],
    *,
    urgent: bool,
    place: tuple[str, str] | None = None,
) -> None:
    """Queue a message, which is written when no review is due any more."""
    look.work.queued_reminders.add(
        QueuedReminder(
            review_id=review.id, kind=kind, recipients=people, at=look.at, urgent=urgent, place=place
        )
    )
