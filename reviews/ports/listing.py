"""Lists of reviews by the page, and figures about them: possible queries, and the marks they use."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime, timedelta

    from reviews.digest_notices import DigestFigures
    from reviews.kinds import ChangeKind, ReviewState
    from reviews.model import Review

MAX_MARK_LENGTH = 200
"""Characters of a mark's text that are compared."""
_CURSOR_PATTERN = re.compile("[0-9a-f]{3,10}")
_MAX_SEQ = 2**31 - 1


class ReviewOrder(StrEnum):
    """The sort order. `before` and `after` always mean earlier and later, whatever the order."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LONGEST_OVERDUE = "longest overdue"


class MarkKind(StrEnum):
    """What a review may be searched by. The values stand in the index of reviews."""

    FOLDER = "folder"
    """The id of a folder above one of its files."""
    ROUTE = "route"
    CONTRIBUTOR = "by"
    """A contributor's address, name or DocSpace id."""
    WAITING_OWNER = "owner"
    """An owner for whom it waits, or who stands in for one; only while it is open."""
    WAITING_ROUTE = "waiting"
    """The route on which it waits; only while it is open, and not for a review of a campaign."""
    ANSWERED_BY = "answered"
    """The address of a person whose answer to it is valid."""


class Mark(NamedTuple):
    """Something that a review may be searched by. Case does not count."""

    kind: MarkKind
    text: str


@dataclass(frozen=True)
class PageTurn:
    """A turn to another page: to the reviews before or after a review, by its number."""

    backward: bool
    seq: int

    @property
    def text(self) -> str:
        return f"{'before' if self.backward else 'after'} {format_cursor(self.seq)}"


@dataclass(frozen=True, kw_only=True)
class ListingQuery:
    """Conditions on reviews: they have at least one of each tuple of `marks`, and meet all the rest.

    SQLite looks the tuples up in their order: put first what fewer reviews have.

    `overdue_at` selects open ones that were due before then, `lapsed` open ones that lapsed, `since` those
    opened since then, `until` those opened before then. With marks, `answered` selects those that are no
    longer open, `sent_to` those with a card in a channel. `without_campaigns` leaves out
    what campaigns ask for.
    """

    order: ReviewOrder = ReviewOrder.NEWEST
    marks: tuple[tuple[Mark, ...], ...] = ()
    waiting: bool = False
    overdue_at: datetime | None = None
    lapsed: bool = False
    kind: ChangeKind | None = None
    state: ReviewState | None = None
    since: datetime | None = None
    answered: bool = False
    sent_to: str = ""
    without_campaigns: bool = False
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ListingEntry:
    seq: int
    review: Review


@dataclass(frozen=True, kw_only=True)
class ReviewPage:
    """Reviews in their order, and the numbers from which the next and previous pages go on, if any.

    The search for one page is limited: where many reviews meet each condition and few meet all, there may be
    few reviews on it or none, and more ahead all the same.
    """

    entries: tuple[ListingEntry, ...]
    next_seq: int | None = None
    previous_seq: int | None = None


@dataclass(frozen=True, kw_only=True)
class RouteFigures:
    """The work of a route in a span of time; open, overdue and lapsed reviews are counted as of now.

    `median` and `ninetieth` are percentiles of the time until the acknowledgement, rounded down by at most a
    thirtieth; `None` where there was none.
    """

    route: str
    opened: int = 0
    acknowledged: int = 0
    changes_requested: int = 0
    late: int = 0
    waiting: int = 0
    overdue: int = 0
    lapsed: int = 0
    median: timedelta | None = None
    ninetieth: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class WeekFigures:
    """Figures of a week, or of a day: `open` is as of its end, the times are until acknowledgements in it."""

    begin: datetime
    end: datetime
    open: int
    acknowledged: int = 0
    median: timedelta | None = None
    ninetieth: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class WeeklyFigures:
    """`searched_count` is the number of reviews searched, if only the newest were.

    With `by_day` each of the weeks is a day.
    """

    weeks: tuple[WeekFigures, ...]
    searched_count: int | None = None
    by_day: bool = False


class ReviewQueries(Protocol):
    """Queries on stored reviews."""

    def fetch_page(self, listing_query: ListingQuery, count: int, turn: PageTurn | None = None) -> ReviewPage:
        """Return `count` reviews, from the start or where the turn leads; from the start if that is empty."""
        ...

    def compute_figures(self, *, since: date, now: datetime) -> list[RouteFigures]:
        """Return the figures of each route that had anything to do, by the routes' names.

        `since` is a day in UTC. Reviews that were removed stay counted.
        """
        ...

    def compute_weeks(
        self,
        listing_query: ListingQuery,
        routes: Sequence[str],
        edges: Sequence[datetime],
        *,
        by_day: bool = False,
    ) -> WeeklyFigures:
        """Return the figures of each week between two of these moments, the earliest first.

        The moments are Mondays at 00:00 UTC, or with `by_day` the beginnings of successive days; the last may
        be any. Of whole routes its day counts as a whole.
        Counted are the reviews on these routes that have at least one of each tuple of marks, and the kind,
        if one is requested. With marks or a kind, only a limited number of the newest are searched.
        """
        ...

    def compute_period(
        self, routes: Sequence[str], *, since: datetime, until: datetime, now: datetime
    ) -> DigestFigures:
        """Return the figures of these routes: what is open now, and what happened from `since` to `until`."""
        ...

    def find_folders(self, path: str, limit: int) -> list[str]:
        """Return the ids of stored folders of this name, or of this path of names from above, `/` between."""
        ...


def make_marks(kind: MarkKind, texts: Iterable[str]) -> tuple[Mark, ...]:
    return tuple(Mark(kind, text) for text in texts)


def format_cursor(seq: int) -> str:
    """Return the text for a review's number in a button or command; its last two digits are a checksum."""
    return f"{seq:x}{zlib.crc32(str(seq).encode()) & 0xFF:02x}"


def read_cursor(text: str) -> int | None:
    """Return the number in a cursor; `None` for a text that is none of our cursors."""
    if not _CURSOR_PATTERN.fullmatch(text):
        return None
    seq = int(text[:-2], 16)
    return seq if seq <= _MAX_SEQ and format_cursor(seq) == text else None
