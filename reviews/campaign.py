"""Campaigns: each document of a folder is acknowledged by each of some people, without a change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    counts those that it asked for. `next_at` is when a worker looks at it next.
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

    @property
    def reference(self) -> CampaignReference:
        return CampaignReference(id=self.id, name=self.name)


def has_ended(campaign: Campaign | None) -> bool:
    """Return whether no act changes a campaign any more; `None` is one that is not there."""
    return campaign is None or campaign.state is CampaignState.ENDED


@dataclass(frozen=True, kw_only=True)
class CampaignFigures:
    """How far a campaign is, for a list: `needed` acknowledgements in all, `own` ones of some of its people.

    A document that went is not counted, and an acknowledgement of an earlier version neither.
    """

    documents: int = 0
    acknowledged: int = 0
    needed: int = 0
    own: int = 0

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
    """How many people have acknowledged a document of a campaign in its current version, of how many."""

    review_id: str
    file_id: str
    title: str
    path: str
    link: str | None
    version: int | None
    acknowledged: int
    needed: int


@dataclass(frozen=True, kw_only=True)
class CampaignProgress:
    """The figures of a campaign, once it has ended those of its end; a document that went is not counted."""

    documents: tuple[DocumentProgress, ...] = ()
    people: tuple[PersonProgress, ...] = ()

    @property
    def acknowledged(self) -> int:
        return sum(each.acknowledged for each in self.documents)

    @property
    def needed(self) -> int:
        return sum(each.needed for each in self.documents)

    @property
    def people_left(self) -> list[PersonProgress]:
        """Those who still have documents to acknowledge, who has most left first."""
        waiting = (each for each in self.people if each.left > 0)
        return sorted(waiting, key=lambda each: each.left, reverse=True)

    @property
    def is_complete(self) -> bool:
        return bool(self.documents) and self.acknowledged >= self.needed

    @property
    def percent(self) -> int:
        return compute_percent(self.acknowledged, self.needed)


def compute_percent(acknowledged: int, needed: int) -> int:
    """Return the share rounded down, so that only what is complete has 100."""
    return 100 * acknowledged // needed if needed else 0
