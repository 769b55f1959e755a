"""Campaigns: each document of a folder is acknowledged by each of some people, without a change."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from reviews.identity import ERASED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from reviews.identity import Reviewer

MAX_NAME_LENGTH = 80
MAX_PEOPLE = 200
MAX_DOCUMENTS = 500
MAX_ACKNOWLEDGEMENTS = 20_000
"""How many a campaign asks for at most: one of each person for each document."""
MAX_DURATION = timedelta(days=2 * 366)
"""The longest time until the deadline of a campaign."""


@dataclass(frozen=True, kw_only=True)
class CampaignReference:
    """The campaign that a review belongs to."""

    id: str
    name: str


class CampaignState(StrEnum):
    PREPARING = "preparing"
    """A worker lists the folder and opens the reviews."""
    RUNNING = "running"
    ENDED = "ended"
    """No document is asked for any more: someone ended it, or it could not begin."""


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """A campaign as it is stored.

    `people` are the addresses of those who have to acknowledge each document, `started_by` is the person who
    started it, `None` for the command line. `problem` says why it could not begin. `documents`
    counts those that it asked for. `next_at` is when a worker looks at it next. `private` says that its route
    was private when it was started.
    """

    id: str
    name: str
    route: str
    folder_id: str
    path: str
    people: tuple[str, ...]
    due_at: datetime
    started_at: datetime
    started_by: Reviewer | None = None
    state: CampaignState = CampaignState.PREPARING
    ended_at: datetime | None = None
    problem: str = ""
    documents: int = 0
    next_at: datetime | None = None
    attempts: int = 0
    private: bool = False

    @property
    def reference(self) -> CampaignReference:
        return CampaignReference(id=self.id, name=self.name)


def has_ended(campaign: Campaign | None) -> bool:
    """Return whether no act changes a campaign any more; `None` is one that is not there."""
    return campaign is None or campaign.state is CampaignState.ENDED


class CampaignStage(StrEnum):
    """How a campaign stands, as people are told; channels show it on its card."""

    PREPARING = "preparing"
    RUNNING = "running"
    COMPLETE = "complete"
    """Everyone has acknowledged every document, whether or not it was ended."""
    ENDED = "ended"
    COULD_NOT_BEGIN = "could_not_begin"


def find_stage(campaign: Campaign, *, is_complete: bool) -> CampaignStage:
    if campaign.problem:
        return CampaignStage.COULD_NOT_BEGIN
    if campaign.state is CampaignState.PREPARING:
        return CampaignStage.PREPARING
    if is_complete:
        return CampaignStage.COMPLETE
    return CampaignStage.ENDED if campaign.state is CampaignState.ENDED else CampaignStage.RUNNING


@dataclass(frozen=True, kw_only=True)
class DocumentCount:
    """Who has acknowledged the present version of a document, and who of those asked has not.

    `acknowledged_by` are casefolded addresses. `erased` counts the acknowledgements of people who were erased
    since: they stay counted, though it is no longer known whose they were.
    """

    acknowledged_by: frozenset[str]
    missing: tuple[str, ...]
    erased: int

    @property
    def acknowledged(self) -> int:
        return len(self.acknowledged_by) + self.erased

    @property
    def needed(self) -> int:
        return self.acknowledged + len(self.missing)


def count_document(people: Sequence[str], owners: Iterable[str]) -> DocumentCount:
    """Return the count of a document, for pages, chats, spreadsheets and packs alike.

    `people` are those asked, `owners` those whose acknowledgement counts. People who were erased without one
    are not waited for.
    """
    counts = Counter(owner.casefold() for owner in owners)
    named = {person.casefold(): person for person in people if person != ERASED}
    return DocumentCount(
        acknowledged_by=frozenset(named.keys() & counts.keys()),
        missing=tuple(person for key, person in named.items() if key not in counts),
        erased=min(counts[ERASED], list(people).count(ERASED)),
    )


@dataclass(frozen=True, kw_only=True)
class CampaignFigures:
    """How far a campaign is, for a list: `needed` acknowledgements in all.

    Counted are the documents that are asked for, those that everyone had acknowledged before they went, and
    acknowledgements of the present version. `own` are the documents that one person has acknowledged, under
    each address by which the campaign asks them.
    """

    documents: int = 0
    acknowledged: int = 0
    needed: int = 0
    own: int = 0

    @property
    def is_complete(self) -> bool:
        return 0 < self.needed <= self.acknowledged

    @property
    def percent(self) -> int:
        return compute_percent(self.acknowledged, self.needed)


@dataclass(frozen=True, kw_only=True)
class WaitingDocument:
    """A document of a campaign that is still asked for: until when, and whose acknowledgement is missing."""

    due_at: datetime | None
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PersonProgress:
    """How many documents of a campaign a person has acknowledged, of how many."""

    address: str
    acknowledged: int
    needed: int

    @property
    def left(self) -> int:
        return self.needed - self.acknowledged


@dataclass(frozen=True, kw_only=True)
class DocumentProgress:
    """A document of a campaign, in the version that is asked for, and who has acknowledged it."""

    review_id: str
    file_id: str
    title: str
    path: str
    link: str | None
    version: int | None
    count: DocumentCount


@dataclass(frozen=True, kw_only=True)
class CampaignProgress:
    """The figures of a campaign with its people and documents, once it has ended those of its end."""

    documents: tuple[DocumentProgress, ...] = ()
    people: tuple[PersonProgress, ...] = ()

    @classmethod
    def build(cls, people: Sequence[str], documents: Sequence[DocumentProgress]) -> CampaignProgress:
        """Return the progress of these people; who was erased is none of them."""
        acknowledged = Counter(key for each in documents for key in each.count.acknowledged_by)
        missing = Counter(person.casefold() for each in documents for person in each.count.missing)
        return cls(
            documents=tuple(documents),
            people=tuple(
                PersonProgress(
                    address=person,
                    acknowledged=acknowledged[person.casefold()],
                    needed=acknowledged[person.casefold()] + missing[person.casefold()],
                )
                for person in people
                if person != ERASED
            ),
        )

    @property
    def acknowledged(self) -> int:
        return sum(each.count.acknowledged for each in self.documents)

    @property
    def needed(self) -> int:
        return sum(each.count.needed for each in self.documents)

    @property
    def people_left(self) -> list[PersonProgress]:
        """Those who still have documents to acknowledge, who has most left first."""
        waiting = (each for each in self.people if each.left > 0)
        return sorted(waiting, key=lambda each: each.left, reverse=True)

    @property
    def is_complete(self) -> bool:
        return 0 < self.needed <= self.acknowledged

    @property
    def percent(self) -> int:
        return compute_percent(self.acknowledged, self.needed)


def compute_percent(acknowledged: int, needed: int) -> int:
    """Return the share rounded down, so that only what is complete has 100."""
    return 100 * acknowledged // needed if needed else 0
