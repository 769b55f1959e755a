"""Notices of a campaign: its card in the channels, the deadline that passed, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.campaign import CampaignStage, compute_percent
from reviews.notice import Notice, NoticeKind

if TYPE_CHECKING:
    from datetime import datetime
    from enum import StrEnum

    from reviews.identity import Reviewer

CAUSE_PREFIX = "campaign:"
MAX_NAMED_PEOPLE = 10
"""How many of those who have most left a notice names."""


@dataclass(frozen=True, kw_only=True)
class CampaignTotals:
    """How far a campaign has come, as its notices say it.

    `needed` are the acknowledgements of all people for all documents, `finished` the people who have
    acknowledged every document.
    """

    documents: int = 0
    people: int = 0
    finished: int = 0
    acknowledged: int = 0
    needed: int = 0

    @property
    def percent(self) -> int:
        return compute_percent(self.acknowledged, self.needed)


@dataclass(frozen=True, kw_only=True)
class NamedProgress:
    """How many documents a person of a campaign has acknowledged, of how many."""

    person: Reviewer
    acknowledged: int
    needed: int


@dataclass(frozen=True, kw_only=True)
class CampaignNotice(Notice):
    """A campaign as it is, for the channels of its route; `title` is its name, `at` when it was started.

    That of the kind `CAMPAIGN` is its card, which is redrawn. `CAMPAIGN_OVERDUE` comes once at the deadline,
    `CAMPAIGN_RESULT` once for each way to end, where no card is redrawn.
    """

    KINDS = frozenset({NoticeKind.CAMPAIGN, NoticeKind.CAMPAIGN_OVERDUE, NoticeKind.CAMPAIGN_RESULT})

    campaign_id: str
    path: str
    """The folder."""
    private: bool = False
    """Whether its route was private when it was started."""
    due_at: datetime
    started_by: Reviewer | None = None
    stage: CampaignStage = CampaignStage.RUNNING
    is_late: bool = False
    """Whether it runs after its deadline."""
    problem: str = ""
    """Why it could not begin."""
    progress: CampaignTotals
    most_left: tuple[NamedProgress, ...] = ()
    """Those who have most left, at most `MAX_NAMED_PEOPLE`."""
    page_url: str = ""
    """The page of the campaign; empty in an installation without pages."""

    @property
    def is_redrawn(self) -> bool:
        return self.kind is NoticeKind.CAMPAIGN

    def list_enums(self) -> list[StrEnum]:
        return [self.kind, self.stage]


def make_card_cause(campaign_id: str) -> str:
    """Return what the card of a campaign is owed for."""
    return f"{CAUSE_PREFIX}{campaign_id}"
