"""What people do about the campaigns of a year: most acknowledge, some never, and documents change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import cycle
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.year.actions import DAY, Action
from tests.year.campaigns import ModelCampaign
from tests.year.model import HOUR, ModelReview
from tests.year.routes import PEOPLE, ROUTES, WRITERS, YEAR
from tests.year.working_periods import count_microseconds

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable

MIN_DOCUMENTS, MIN_PEOPLE = 4, 5
REVIEWS_PER_DOCUMENT = 50
"""A year of 2,000 reviews has a campaign of 40 documents, and so many people for each four of these:"""
PEOPLE_PER_FOUR_DOCUMENTS = 3
NEVER, WITHDRAW, AGAIN = 0.15, 0.1, 0.7
OTHERS = 2

FATES = {
    "changed": (("change", 0.45, 0.7),),
    "completed and changed": (("change", 0.45, 0.7),),
    "gone": (("delete", 0.45, 0.7),),
    "completed": (),
    "renamed": (("rename", 0.3, 0.9),),
    "completed and gone": (("delete", 0.45, 0.7),),
    "changed twice": (("change", 0.45, 0.7), ("change", 0.9, 0.99)),
    "completed and changed too late": (("change", 1.05, 1.3),),
    "gone and back": (("delete", 0.3, 0.5), ("restore", 0.7, 0.9)),
    "moved": (("move", 0.3, 0.9),),
    "completed and moved": (("move", 0.45, 0.7),),
    "changed at once": (("change", 0.001, 0.01),),
    "gone at once": (("delete", 0.001, 0.01),),
}
"""What becomes of the documents of a campaign, one after the other, and when in shares of its time."""

_PERIODS = (
    ("spring", "riga", "Europe/Riga", (3, 15, 10), (4, 9, 17), 1),
    ("autumn", "both", "Europe/Berlin", (10, 18, 9), (11, 12, 16), 2),
    ("summer", "urgent", "UTC", (6, 7, 12), (6, 25, 17), 4),
)
"""Name, route, its zone, from when on and by when; the share of the documents. Spring and autumn run over a
change of the clocks and a holiday."""


@dataclass(frozen=True, kw_only=True)
class CampaignPlan:
    """The campaigns of a year, the reviews of the changes of their documents, and what people do."""

    campaigns: dict[str, ModelCampaign] = field(default_factory=dict)
    changes: dict[str, ModelReview] = field(default_factory=dict)
    actions: list[Action] = field(default_factory=list)


def plan_campaigns(chance: random.Random, *, reviews: int) -> CampaignPlan:
    """Make up the campaigns of a year with so many reviews: one large one, and two that are smaller."""
    plan = CampaignPlan()
    count = max(MIN_DOCUMENTS, reviews // REVIEWS_PER_DOCUMENT)
    for name, route, zone, begins, deadline, share in _PERIODS:
        campaign = ModelCampaign(
            name=name,
            route=ROUTES[route],
            people=_choose_people(chance, count),
            begins=_read_hour(begins, zone) + chance.randrange(HOUR),
            deadline=_read_hour(deadline, zone),
            documents=tuple(f"{name}-{number:02}" for number in range(count // share)),
            deaths=(*(chance.randint(1, 3) for _ in range(chance.randint(1, 3))), chance.choice((3, 4))),
        )
        plan.campaigns[name] = campaign
        plan.actions.append(Action(at=campaign.begins, what="begin", who=name))
        for document, fate in zip(campaign.documents, cycle(FATES), strict=False):
            _Document(chance=chance, plan=plan, campaign=campaign, name=document).live(fate)
        _Document(chance=chance, plan=plan, campaign=campaign, name=f"{name}-later").come_later()
    return plan


def _choose_people(chance: random.Random, documents: int) -> tuple[str, ...]:
    """Return the people of a campaign: owners and deputies among them, and others."""
    count = max(MIN_PEOPLE, documents * PEOPLE_PER_FOUR_DOCUMENTS // 4)
    others = [f"reader{number}@example.com" for number in range(count - len(PEOPLE) + 1)]
    return tuple(chance.sample([*PEOPLE, *others], count))


def _read_hour(moment: tuple[int, int, int], zone: str) -> int:
    month, day, hour = moment
    return count_microseconds(datetime(YEAR, month, day, hour, tzinfo=ZoneInfo(zone)))


@dataclass(frozen=True, kw_only=True)
class _Document:
    """A document of a campaign, and what is done about it; times are in shares of the campaign's own."""

    chance: random.Random
    plan: CampaignPlan
    campaign: ModelCampaign
    name: str

    @property
    def review(self) -> str:
        return f"{self.campaign.name}/{self.name}"

    def live(self, fate: str) -> None:
        people = self.campaign.people
        if fate.startswith("completed"):
            self._acknowledge(people, 0.1, 0.4)
            self._act("withdraw", people[0], self._choose_moment(0.7, 1.3))
            self._act("withdraw", people[1], self._choose_moment(0.7, 1.3), number=1)
            self._acknowledge(self._choose_most(people[:2]), 1.3, 1.5)
        else:
            self._acknowledge_and_withdraw(people, 0.1, 1.6)
        for number, (what, first, last) in enumerate(FATES[fate], start=1):
            self._change(number, what, first, last)
            self._acknowledge_and_withdraw(self._choose_most(people), last, 1.6)
        for _ in range(OTHERS):
            what = self.chance.choice(("acknowledge", "outdated", "request", "snooze", "withdraw"))
            self._act(what, self.chance.choice((*PEOPLE, *WRITERS)), self._choose_moment(0.1, 1.6))

    def come_later(self) -> None:
        """Come when the campaign has begun, which does not ask for it."""
        self._change(1, "create", 0.2, 0.3)
        self._change(2, "change", 0.5, 0.9)

    def _choose_moment(self, first: float, last: float) -> int:
        length = self.campaign.deadline - self.campaign.begins
        return self.campaign.begins + self.chance.randrange(int(length * first), int(length * last))

    def _choose_most(self, people: Iterable[str]) -> tuple[str, ...]:
        return tuple(each for each in people if self.chance.random() < AGAIN)

    def _act(self, what: str, who: str, at: int, *, number: int | None = None) -> None:
        review = self.review if number is None else f"{self.review}/{number}"
        self.plan.actions.append(Action(at=at, what=what, review=review, who=who, until=at + DAY))

    def _acknowledge(self, people: Iterable[str], first: float, last: float) -> None:
        for person in people:
            self._act("acknowledge", person, self._choose_moment(first, last))

    def _acknowledge_and_withdraw(self, people: Iterable[str], first: float, last: float) -> None:
        """Let people acknowledge, but for a few; some take it back, and most of these do it again."""
        for person in people:
            if self.chance.random() < NEVER:
                continue
            at = self._choose_moment(first, last)
            self._act("acknowledge", person, at)
            if self.chance.random() < WITHDRAW:
                self._act("withdraw", person, at := at + self.chance.randrange(HOUR, 5 * DAY))
                if self.chance.random() < AGAIN:
                    self._act("acknowledge", person, at + self.chance.randrange(HOUR, 3 * DAY))

    def _change(self, number: int, what: str, first: float, last: float) -> None:
        """Let a writer change the document; an owner of the route answers that, before it changes again."""
        at, route, writer = self._choose_moment(first, last), self.campaign.route, self.chance.choice(WRITERS)
        review = ModelReview(name=f"{self.name}/{number}", route=route, authors=(writer,), opened=at)
        self.plan.changes[review.name] = review
        self.plan.actions.append(Action(at=at, what=what, review=review.name, who=writer, document=self.name))
        answered = at + self.chance.randrange(HOUR, 3 * DAY)
        owner = self.chance.choice(route.owners)
        self.plan.actions.append(Action(at=answered, what="acknowledge", review=review.name, who=owner))
