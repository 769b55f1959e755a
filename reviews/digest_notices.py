"""Notices of what happened in a period: the changes, for a subscriber, and the reviews, for a channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.notice import Notice, NoticeKind

if TYPE_CHECKING:
    from datetime import datetime
    from enum import StrEnum

    from reviews.identity import Reviewer
    from reviews.kinds import ChangeKind


@dataclass(frozen=True, kw_only=True)
class DigestLine:
    """One change in a digest, as of a `ChangeNotice`; `kind` is that of the change."""

    title: str
    path: str
    kind: ChangeKind
    at: datetime
    link: str | None
    who: tuple[Reviewer, ...] = ()
    route: str = ""
    private: bool = False
    """Whether its route was private when it was written."""
    is_folder: bool = False
    subscribed_above: bool = False
    files: int = 0


@dataclass(frozen=True, kw_only=True)
class DigestNotice(Notice):
    """The changes of a day, for a subscriber."""

    KINDS = frozenset({NoticeKind.DIGEST})
    kind: NoticeKind = NoticeKind.DIGEST
    lines: tuple[DigestLine, ...]
    omitted_count: int = 0
    """How many changes are not among the lines."""
    complete_until: datetime | None = None
    """Up to when no change is missing, if that is known."""

    def list_enums(self) -> list[StrEnum]:
        return [self.kind, *(line.kind for line in self.lines)]


@dataclass(frozen=True, kw_only=True)
class DigestFigures:
    """Counts of reviews: `waiting`, `overdue` and `lapsed` as of now, the others in the digest's period.

    `late` are those answers that came after the deadline, `found_late` the changes that no event reported and
    the gap sweep found.
    """

    waiting: int = 0
    overdue: int = 0
    lapsed: int = 0
    acknowledged: int = 0
    changes_requested: int = 0
    late: int = 0
    found_late: int = 0

    @property
    def answered(self) -> int:
        return self.acknowledged + self.changes_requested

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say: nothing open, answered or found late."""
        return not (self.waiting or self.answered or self.found_late)


@dataclass(frozen=True, kw_only=True)
class WeekMedian:
    """The median time to acknowledge of the week that begins then, in seconds; `None` if there is none."""

    begin: datetime
    seconds: int | None


@dataclass(frozen=True, kw_only=True)
class ReviewDigestNotice(Notice):
    """The reviews of some routes since the last digest; `title` names the routes, `at` is when it was due."""

    KINDS = frozenset({NoticeKind.REVIEW_DIGEST})
    kind: NoticeKind = NoticeKind.REVIEW_DIGEST
    since: datetime
    figures: DigestFigures
    weeks: tuple[WeekMedian, ...] = ()
    """The last weeks, the earliest first; the last one is not over."""
    complete_until: datetime | None = None
    """Up to when no change is missing, if that is known."""
    page_url: str = ""
    """The page with all reviews; empty in an installation without pages."""
