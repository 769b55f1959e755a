"""Lists of reviews, a page at a time, and figures about them: what can be asked for, and by which marks.

Each review is marked with whatever somebody may look for it by. A mark and the review's number are one row
of an index, so that a page costs the same among a thousand reviews and among a million.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from reviews.kinds import ChangeKind, ReviewState
from reviews.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta

    from reviews.bulk import BulkFile
    from reviews.model import Review
    from reviews.ports.reviews import LedgerEntry

MAX_MARK_LENGTH = 200
_CURSOR_PATTERN = re.compile("[0-9a-f]{3,10}")
_MAX_SEQ = 2**31 - 1


class ReviewOrder(StrEnum):
    """What comes first. `before` and `after` always mean earlier and later, whatever comes first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LONGEST_OVERDUE = "longest overdue"


@dataclass(frozen=True)
class PageTurn:
    """To another page: what is earlier than a review, or later, by its number."""

    back: bool
    seq: int

    @property
    def text(self) -> str:
        return f"{'before' if self.back else 'after'} {format_cursor(self.seq)}"


@dataclass(frozen=True, kw_only=True)
class ListingQuery:
    """Which reviews: those that have, of each tuple of `marks`, at least one; and all the rest of it.

    `overdue_at` asks for open ones that were due before then, `since` for those opened since then,
    `until` for those opened before then. With marks, `answered` asks for those that are no longer open,
    `sent_to` for those with a card in a channel.
    """

    order: ReviewOrder = ReviewOrder.NEWEST
    marks: tuple[tuple[str, ...], ...] = ()
    waiting: bool = False
    overdue_at: datetime | None = None
    kind: ChangeKind | None = None
    state: ReviewState | None = None
    since: datetime | None = None
    answered: bool = False
    sent_to: str = ""
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ListingEntry:
    seq: int
    review: Review


@dataclass(frozen=True, kw_only=True)
class ReviewPage:
    """Reviews in their order, and the numbers from which the pages ahead and behind go on, if there are any.

    Where two marks have very many reviews each and hardly one in common, only so much is looked through for
    one page: then there may be few reviews on it or none, and more ahead all the same.
    """

    entries: tuple[ListingEntry, ...]
    ahead: int | None = None
    behind: int | None = None


@dataclass(frozen=True, kw_only=True)
class RouteFigures:
    """What a route had to do: of a span of time, but for what is open and overdue, which is as of now.

    `median` and `ninetieth` are how long it took until the acknowledgement; `None` where there was none.
    """

    route: str
    opened: int = 0
    acknowledged: int = 0
    changes_requested: int = 0
    late: int = 0
    waiting: int = 0
    overdue: int = 0
    median: timedelta | None = None
    ninetieth: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class WeekFigures:
    """What came of a week; `open` is as of its end, the times are until the acknowledgements given in it."""

    begin: datetime
    end: datetime
    open: int
    acknowledged: int = 0
    median: timedelta | None = None
    ninetieth: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class WeeklyFigures:
    """`newest` says of how many reviews, where only the newest were looked through."""

    weeks: tuple[WeekFigures, ...]
    newest: int | None = None


class ReviewQueries(Protocol):
    """What was written down, as people ask for it."""

    def fetch_page(self, wanted: ListingQuery, count: int, turn: PageTurn | None = None) -> ReviewPage:
        """Return so many reviews, from the start or from where the turn leads; the start if that is empty."""
        ...

    def compute_figures(self, *, since: datetime, now: datetime) -> list[RouteFigures]:
        """Return the figures of each route that had anything to do, by the routes' names."""
        ...

    def compute_weeks(
        self, wanted: ListingQuery, routes: Sequence[str], edges: Sequence[datetime]
    ) -> WeeklyFigures:
        """Return the figures of each week between two of these moments, the earliest first.

        Counted are the reviews on these routes that have of each tuple of marks at least one, and the kind,
        if one is wanted. Where marks or a kind are, only so many of the newest are looked through.
        """
        ...

    def find_folders(self, path: str, most: int) -> list[str]:
        """Return the ids of known folders of this name, or of this path of names from above, `/` between."""
        ...


def format_cursor(seq: int) -> str:
    """Return what stands for a review's number in a button or a command; two signs of it are a check."""
    return f"{seq:x}{zlib.crc32(str(seq).encode()) & 0xFF:02x}"


def read_cursor(text: str) -> int | None:
    """Return the number that a cursor stands for; `None` for what is none of ours."""
    if not _CURSOR_PATTERN.fullmatch(text):
        return None
    seq = int(text[:-2], 16)
    return seq if seq <= _MAX_SEQ and format_cursor(seq) == text else None


def mark_folder(folder_id: str) -> str:
    return _make_mark("folder", folder_id)


def mark_route(name: str) -> str:
    return _make_mark("route", name)


def mark_contributor(who: str) -> str:
    """Mark what somebody changed: under their address, their name and their id in DocSpace."""
    return _make_mark("by", who)


def mark_waiting_owner(owner: str) -> str:
    """Mark what waits for an owner: while a review is open, and no longer."""
    return _make_mark("owner", owner)


def mark_waiting_route(route: str) -> str:
    """Mark what waits on a route: while a review is open, and no longer."""
    return _make_mark("waiting", route)


def mark_answered_by(address: str) -> str:
    return _make_mark("answered", address)


def list_marks(review: Review) -> frozenset[str]:
    """Return all that a review can be looked for by, but for its kind, its state and its times.

    A bulk review is found by each of its files, which have marks of their own.
    """
    marks = [mark_route(review.route)]
    if review.kind is not ChangeKind.BULK:
        marks += list_file_marks(review)
    answered = (answer.reviewer.email for answer in review.answers if answer.withdrawn_at is None)
    marks += map(mark_answered_by, _drop_empty(answered))
    if review.state is ReviewState.OPEN:
        marks += [mark_waiting_route(review.route), *map(mark_waiting_owner, review.owners)]
    return frozenset(marks)


def list_file_marks(of: Review | BulkFile) -> frozenset[str]:
    """Return by what a review of one file, or a bulk review, is found for that file's sake."""
    acting = (who for act in of.acts for who in act.people)
    people = [name for who in (*of.contributors, *acting) for name in (who.email, who.id, who.name) if name]
    return frozenset((*map(mark_folder, of.folders), *map(mark_contributor, people)))


def list_entry_marks(entry: LedgerEntry) -> frozenset[str]:
    """Return by what a bulk review is found for the sake of a file as an entry describes it."""
    acting = [who for act in entry.get("acts") or () for who in act["people"]]
    people = [*(entry.get("contributors") or ()), *acting]
    names = [name for who in people for name in (who["email"], who["id"], who["name"]) if name]
    return frozenset((*map(mark_folder, entry.get("folders") or ()), *map(mark_contributor, names)))


def _drop_empty(texts: Iterable[str | None]) -> list[str]:
    return [text for text in texts if text]


@lru_cache(maxsize=20_000)  # people, folders and routes come again and again
def _make_mark(name: str, text: str) -> str:
    return f"{name}:{plain(text).casefold()[:MAX_MARK_LENGTH]}"
