"""Which steps of its ladder a review has before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.kinds import ReviewState, StepAction
from reviews.ladder.next_look import find_step_time, list_remaining_steps
from reviews.ledger.ledger_entries import format_moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reviews.model import Review
    from reviews.routes.ladder import LadderStep
    from reviews.routes.route import Route

NextStep = tuple["datetime", "LadderStep"]


def list_next_steps(review: Review, route: Route | None) -> list[NextStep]:
    """Return the steps that were not taken, with when they come; none where the route is not known."""
    if route is None or review.state is not ReviewState.OPEN:
        return []
    return [(find_step_time(review, route, step), step) for step in list_remaining_steps(review, route)]


def describe_step(step: LadderStep) -> str:
    """Return what a step does, as after `2026-03-09 14:05`."""
    match step.action:
        case StepAction.REMIND:
            return "reminder to those who have not answered"
        case StepAction.ESCALATE:
            return f"escalation to {step.to}"
        case _:
            return "it lapses"


def build_steps_json(steps: Sequence[NextStep]) -> list[dict[str, Any]]:
    return [
        {"at": format_moment(at), "action": step.action, "step": step.label, "to": step.to or None}
        for at, step in steps
    ]
