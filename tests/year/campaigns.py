"""What a campaign must do, in plain words and without the product's code: one review for each document.

It lies beside the reviews of changes, and each person acknowledges for themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from tests.year.model import Act, ModelReview

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.year.absences import AbsenceBook
    from tests.year.model import ModelRoute

CAMPAIGN_STEPS = ((50, "remind", ""), (80, "remind", ""), (100, "remind", ""), (150, "lapse", ""))
"""The ladder of a campaign on a route that has none."""
REQUEST = "campaign_request"
"""What is no act of the clock: people are asked for the first time, or anew for new content."""


@dataclass(frozen=True, kw_only=True)
class ModelCampaign:
    """Who has to acknowledge which documents, from when on and by when.

    A worker opens the reviews, and then asks the people. At each look since the campaign began it dies once,
    by `deaths`: 1 is before the reviews are there, 2 after that, 3 before the people are asked, 4 after it.
    """

    name: str
    route: ModelRoute
    people: tuple[str, ...]
    begins: int
    deadline: int
    documents: tuple[str, ...]
    deaths: tuple[int, ...] = ()


def is_of_campaign(name: str) -> bool:
    """Return whether a review is one of a campaign, by its name."""
    return name.count("/") == 2


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a review of a campaign stands at the end, and who has acknowledged its last revision."""

    review: str
    opened: int
    state: str
    revision: int
    acknowledged: tuple[str, ...]


@dataclass(kw_only=True)
class CampaignReview(ModelReview):
    """The review of one document; `answered` are those who acknowledged its current revision."""

    campaign: ModelCampaign
    revision: int = 1

    def __post_init__(self) -> None:
        self.due = self.campaign.deadline

    @property
    def steps(self) -> tuple[tuple[int, str, str], ...]:
        return CAMPAIGN_STEPS if self.route.steps is None else super().steps

    def time_of(self, percent: int) -> int:
        """Return when a step is due: the percentages count between the opening and the deadline."""
        deadline, periods = self.campaign.deadline, self.route.periods
        if percent == 100:
            return deadline
        begins, ends = periods.find_position(self.opened), periods.find_position(deadline)
        if percent < 100:
            return periods.find_moment(begins + (ends - begins) * percent // 100)
        whole = max(ends - begins, self.route.due or 0)
        return periods.find_moment(ends + whole * (percent - 100) // 100)

    def plan_reminder(self, now: int) -> None:
        """Plan none: the interval of a route is made for a change."""

    def hand_over(self, book: AbsenceBook, now: int) -> list[Act]:  # noqa: ARG002 - no absence counts
        return []

    def list_asked(self, *, deputies: bool) -> tuple[str, ...]:  # noqa: ARG002 - they can't answer for others
        return tuple(each for each in self.campaign.people if each not in self.answered)

    def may_snooze(self, who: str) -> bool:  # noqa: ARG002 - no one may
        return False

    def answer(self, who: str, now: int, *, request: bool) -> bool:  # noqa: ARG002 - there is no follow-up
        if request or who not in self.campaign.people or who in self.answered:
            return False
        self.answered.append(who)
        if len(self.answered) == len(self.campaign.people):
            self.state = "acknowledged"
        return True

    def ask(self, people: tuple[str, ...], now: int) -> list[Act]:
        """Ask people for the first time, or anew."""
        return [Act(at=now, review=self.name, what=REQUEST, whom=people)] if people else []

    def describe(self) -> Standing:
        return Standing(
            review=self.name,
            opened=self.opened,
            state=self.state,
            revision=self.revision,
            acknowledged=tuple(sorted(self.answered)),
        )


@dataclass
class CampaignBook:
    """The campaigns that have begun, with the reviews of each document, and which documents are gone."""

    to_open: ModelCampaign | None = None
    deaths: Iterator[int] = field(default_factory=lambda: iter(()))
    """When the worker dies that opens them, look by look."""
    reviews: dict[tuple[str, str], list[CampaignReview]] = field(default_factory=dict)
    """By the names of a campaign and a document."""
    gone: set[str] = field(default_factory=set)

    def list_reviews(self) -> Iterator[CampaignReview]:
        return chain.from_iterable(self.reviews.values())

    def find(self, name: str) -> CampaignReview | None:
        """Return a review by its name; without a number, the newest one of a document."""
        campaign, document, *number = name.split("/")
        reviews = self.reviews.get((campaign, document), [])
        if not number:
            return reviews[-1] if reviews else None
        return next((each for each in reviews if each.name == name), None)

    def begin(self, campaign: ModelCampaign) -> None:
        self.to_open, self.deaths = campaign, iter(campaign.deaths)

    def open_due(self, now: int) -> list[Act]:
        """Open the reviews of a campaign that has begun, and return whom that asks."""
        if self.to_open is None:
            return []
        campaign, death = self.to_open, next(self.deaths, 0)
        if death != 1:
            for document in campaign.documents:
                if (campaign.name, document) not in self.reviews and document not in self.gone:
                    self._open(campaign, document, now)
        if death in {1, 2, 3}:
            return []
        self.to_open = None
        opened = (each for each in self.list_reviews() if each.campaign is campaign and each.state == "open")
        return [act for review in opened for act in review.ask(campaign.people, now)]

    def renew(self, document: str, now: int) -> list[Act]:
        """Ask for new content of a document, and return who is asked: who acknowledged what it was before."""
        asked = []
        for review in self._list_newest(document):
            if review.state == "open":
                asked += review.ask(tuple(review.answered), now)
                review.revision, review.answered = review.revision + 1, []
            elif review.state == "acknowledged" and now < review.campaign.deadline:
                review.state = "superseded"
                asked += self._open(review.campaign, document, now).ask(review.campaign.people, now)
        return asked

    def remove(self, document: str) -> None:
        """Ask for a document no more that is gone."""
        self.gone.add(document)
        self.close_gone()

    def bring_back(self, document: str, now: int) -> list[Act]:
        """Ask again for a document that was gone, if that closed its review."""
        self.gone.discard(document)
        asked = []
        for review in self._list_newest(document):
            if review.state == "closed" and now < review.campaign.deadline:
                review.state = "superseded"
                asked += self._open(review.campaign, document, now).ask(review.campaign.people, now)
        return asked

    def close_gone(self) -> None:
        """Close what is open of documents that are gone, also what is open again after a withdrawal."""
        for document in self.gone:
            for review in self._list_newest(document):
                if review.state == "open":
                    review.state = "closed"

    def _open(self, campaign: ModelCampaign, document: str, now: int) -> CampaignReview:
        reviews = self.reviews.setdefault((campaign.name, document), [])
        review = CampaignReview(
            name=f"{campaign.name}/{document}/{len(reviews) + 1}",
            route=campaign.route,
            authors=(),
            opened=now,
            campaign=campaign,
        )
        reviews.append(review)
        return review

    def _list_newest(self, document: str) -> list[CampaignReview]:
        return [reviews[-1] for (_, name), reviews in self.reviews.items() if name == document]
