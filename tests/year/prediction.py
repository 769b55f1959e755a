"""A plan carried out by the model: what the clock must do, and the messages that people must get."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.year.model import Act, ModelReview
    from tests.year.plan import Action, Plan


def list_questions(acts: list[Act]) -> list[tuple[int, str, tuple[str, ...]]]:
    """Return the messages that these acts need: one for each person or channel at one time."""
    questions: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
    for act in acts:
        for reader in act.whom:
            questions[act.at, reader].append(act.review)
    return [(at, reader, tuple(sorted({*about}))) for (at, reader), about in questions.items()]


def predict(plan: Plan) -> list[Act]:
    """Return what the model says that the clock must do."""
    opened: dict[str, ModelReview] = {}
    acts: list[Act] = []
    for action in plan.actions:
        if action.what == "look":
            for review in opened.values():
                acts += review.look(action.at)
        elif action.what == "open":
            opened[action.review] = plan.reviews[action.review]
        else:
            _predict_action(opened[action.review], action)
    return [replace(act, whom=tuple(sorted(act.whom))) for act in acts]


def _predict_action(review: ModelReview, action: Action) -> None:
    """Do what a person does, unless the product has to refuse it."""
    if action.what == "withdraw" and action.who in review.answered:
        review.withdraw(action.who, action.at)
    elif review.state != "open":
        return
    elif action.what == "snooze":  # also by an owner who has answered, while others have not
        review.snooze(action.until)
    elif action.who in review.answered:
        return
    elif action.what in {"acknowledge", "request"}:
        review.answer(action.who, action.at, request=action.what == "request")
