"""A plan carried out by the model: what the clock must do, and the messages that people must get."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tests.year.absences import AbsenceBook
from tests.year.actions import OPENING
from tests.year.campaigns import REQUEST, CampaignBook, is_of_campaign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.year.actions import Action
    from tests.year.campaigns import Standing
    from tests.year.model import Act, ModelReview
    from tests.year.plan import Plan


@dataclass
class Prediction:
    """What the clock must do, and the messages that people must get of it: when, who, about which reviews."""

    acts: list[Act] = field(default_factory=list)
    messages: defaultdict[tuple[int, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    waiting: list[Act] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)

    def add(self, acts: list[Act], *, look: bool) -> None:
        """Add what was done; what is not done by a look of the clock is told at the next one."""
        self.acts += [act for act in acts if act.what != REQUEST]
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
        """Return them as the ledger has them; who is asked in a campaign stands in its order."""
        acts = (
            act if is_of_campaign(act.review) else replace(act, whom=tuple(sorted(act.whom)))
            for act in self.acts
        )
        return [replace(act, recipients=None) for act in acts]

    def list_messages(self) -> list[tuple[int, str, tuple[str, ...]]]:
        return [(at, reader, tuple(sorted(about))) for (at, reader), about in self.messages.items()]


@dataclass(kw_only=True)
class _Model:
    """All that the model knows at a moment of the year."""

    plan: Plan
    absences: AbsenceBook = field(default_factory=AbsenceBook)
    campaigns: CampaignBook = field(default_factory=CampaignBook)
    changes: dict[str, ModelReview] = field(default_factory=dict)
    prediction: Prediction = field(default_factory=Prediction)

    def list_reviews(self) -> Iterator[ModelReview]:
        yield from self.changes.values()
        yield from self.campaigns.list_reviews()

    def find(self, name: str) -> ModelReview | None:
        """Return a review by its name, if it was opened; of a document of a campaign the newest one."""
        return self.changes[name] if name in self.changes else self.campaigns.find(name)

    def look(self, now: int) -> None:
        self.prediction.add(self.campaigns.open_due(now), look=True)
        for review in self.list_reviews():
            self.prediction.add(review.hand_over(self.absences, now), look=True)
            self.prediction.add(review.look(now), look=True)
        self.prediction.tell_waiting(at=now)

    def change(self, action: Action) -> None:
        """Open the review of a change; a campaign that has the document may ask again, or close its own."""
        review = self.changes[action.review] = self.plan.reviews[action.review]
        self.prediction.add(review.hand_over(self.absences, action.at), look=False)
        if action.what == "change":
            self.prediction.add(self.campaigns.renew(action.document, action.at), look=False)
        elif action.what in {"delete", "move"}:
            self.campaigns.remove(action.document)
        elif action.what == "restore":
            self.prediction.add(self.campaigns.bring_back(action.document, action.at), look=False)

    def act(self, action: Action) -> None:
        review = self.find(action.review)
        if review is not None and _predict_action(review, action):
            self.prediction.add(review.hand_over(self.absences, action.at), look=False)
            self.campaigns.close_gone()


def predict(plan: Plan) -> Prediction:
    """Return what the model says that the clock must do."""
    model = _Model(plan=plan)
    for action in plan.actions:
        if action.what == "look":
            model.look(action.at)
        elif action.what == "away":
            model.absences.by_name[action.who] = replace(plan.absences[action.who])
        elif action.what == "back":
            absence = model.absences.by_name[action.who]
            absence.ends = min(absence.ends, action.at)
        elif action.what == "begin":
            model.campaigns.begin(plan.campaigns[action.who])
        elif action.what in OPENING:
            model.change(action)
        else:
            model.act(action)
    model.prediction.standings = [each.describe() for each in model.campaigns.list_reviews()]
    return model.prediction


def _predict_action(review: ModelReview, action: Action) -> bool:
    """Do what a person does, unless the product has to refuse it; return whether the answers have changed.

    With these, who stands in is determined anew.
    """
    if action.what == "withdraw":
        if action.who in review.answered and review.state not in {"superseded", "closed"}:
            review.withdraw(action.who, action.at)
            return True
    elif action.what == "snooze":
        if review.state == "open" and review.may_snooze(action.who):
            review.snooze(action.until)
    elif review.state == "open" and action.what != "outdated":
        return review.answer(action.who, action.at, request=action.what == "request")
    return False
