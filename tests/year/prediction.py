"""A plan carried out by the model: what the clock must do, and the messages that people must get."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tests.year.absences import AbsenceBook

if TYPE_CHECKING:
    from tests.year.model import Act, ModelReview
    from tests.year.plan import Action, Plan


@dataclass
class Prediction:
    """What the clock must do, and the messages that people must get of it: when, who, about which reviews."""

    acts: list[Act] = field(default_factory=list)
    messages: defaultdict[tuple[int, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    waiting: list[Act] = field(default_factory=list)

    def add(self, acts: list[Act], *, look: bool) -> None:
        """Add what was done; what is not done by a look of the clock is told at the next one."""
        self.acts += acts
        if not look:
            self.waiting += acts
            return
        for act in acts:
            self.tell(act, at=act.at)

    def tell(self, act: Act, *, at: int) -> None:
        for reader in act.whom if act.recipients is None else act.recipients:
            self.messages[at, reader].add(act.review)

    def tell_waiting(self, *, at: int) -> None:
        """Tell what was done since the last look; the product checks it once more when it is sent."""
        for act in self.waiting:
            self.tell(act, at=at)
        self.waiting = []

    def list_acts(self) -> list[Act]:
        return [replace(act, whom=tuple(sorted(act.whom)), recipients=None) for act in self.acts]

    def list_messages(self) -> list[tuple[int, str, tuple[str, ...]]]:
        return [(at, reader, tuple(sorted(about))) for (at, reader), about in self.messages.items()]


def predict(plan: Plan) -> Prediction:
    """Return what the model says that the clock must do."""
    opened: dict[str, ModelReview] = {}
    book, prediction = AbsenceBook(), Prediction()
    for action in plan.actions:
        if action.what == "look":
            for review in opened.values():
                prediction.add(review.hand_over(book, action.at), look=True)
                prediction.add(review.look(action.at), look=True)
            prediction.tell_waiting(at=action.at)
        elif action.what == "away":
            book.by_name[action.who] = replace(plan.absences[action.who])
        elif action.what == "back":
            book.by_name[action.who].ends = min(book.by_name[action.who].ends, action.at)
        else:
            review = opened[action.review] = plan.reviews[action.review]
            if action.what == "open" or _predict_action(review, action):
                prediction.add(review.hand_over(book, action.at), look=False)
    return prediction


def _predict_action(review: ModelReview, action: Action) -> bool:
    """Do what a person does, unless the product has to refuse it; return whether the answers have changed.

    With these, who stands in is determined anew.
    """
    if action.what == "withdraw":
        if action.who in review.answered:
            review.withdraw(action.who, action.at)
            return True
    elif action.what == "snooze":
        if review.state == "open" and review.may_snooze(action.who):
            review.snooze(action.until)
    elif review.state == "open":
        return review.answer(action.who, action.at, request=action.what == "request")
    return False
