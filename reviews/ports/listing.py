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
    from reviews.ports.reviews import Entry as LedgerEntry

LONGEST_MARK = 200
_CURSOR = re.compile("[0-9a-f]{3,10}")
_LARGEST = 2**31 - 1


class Order(StrEnum):
    """What comes first. `before` and `after` always mean earlier and later, whatever comes first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LONGEST_OVERDUE = "longest overdue"


@dataclass(frozen=True)
class Turn:
    """To another page: what is earlier than a review, or later, by its number."""

    back: bool
    seq: int

    @property
    def words(self) -> str:
        return f"{'before' if self.back else 'after'} {cursor_of(self.seq)}"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which reviews: those that have, of each tuple of `marks`, at least one; and all the rest of it.

    `overdue_at` asks for open ones that were due before then, `since` for those opened since then,
    `until` for those opened before then. With marks, `answered` asks for those that are no longer open,
    `sent_to` for those with a card in a channel.
    """

    order: Order = Order.NEWEST
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
class Entry:
    seq: int
    review: Review


@dataclass(frozen=True, kw_only=True)
class Page:
    """Reviews in their order, and the numbers from which the pages ahead and behind go on, if there are any.

    Where two marks have very many reviews each and hardly one in common, only so much is looked through for
    one page: then there may be few reviews on it or none, and more ahead all the same.
    """

    entries: tuple[Entry, ...]
    ahead: int | None = None
    behind: int | None = None


@dataclass(frozen=True, kw_only=True)
class Figures:
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
class Week:
    """What came of a week; `open` is as of its end, the times are until the acknowledgements given in it."""

    begin: datetime
    end: datetime
    open: int
    acknowledged: int = 0
    median: timedelta | None = None
    ninetieth: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class Weeks:
    """`newest` says of how many reviews, where only the newest were looked through."""

    weeks: tuple[Week, ...]
    newest: int | None = None


class Listings(Protocol):
    """What was written down, as people ask for it."""

    def page(self, wanted: Wanted, count: int, turn: Turn | None = None) -> Page:
        """Return so many reviews, from the start or from where the turn leads; the start if that is empty."""
        ...

    def figures(self, *, since: datetime, now: datetime) -> list[Figures]:
        """Return the figures of each route that had anything to do, by the routes' names."""
        ...

    def weeks(self, wanted: Wanted, routes: Sequence[str], edges: Sequence[datetime]) -> Weeks:
        """Return the figures of each week between two of these moments, the earliest first.

        Counted are the reviews on these routes that have of each tuple of marks at least one, and the kind,
        if one is wanted. Where marks or a kind are, only so many of the newest are looked through.
        """
        ...

    def folders_named(self, path: str, most: int) -> list[str]:
        """Return the ids of known folders of this name, or of this path of names from above, `/` between."""
        ...


def cursor_of(seq: int) -> str:
    """Return what stands for a review's number in a button or a command; two signs of it are a check."""
    return f"{seq:x}{zlib.crc32(str(seq).encode()) & 0xFF:02x}"


def read_cursor(text: str) -> int | None:
    """Return the number that a cursor stands for; `None` for what is none of ours."""
    if not _CURSOR.fullmatch(text):
        return None
    seq = int(text[:-2], 16)
    return seq if seq <= _LARGEST and cursor_of(seq) == text else None


def in_folder(folder_id: str) -> str:
    return _mark("folder", folder_id)


def on_route(name: str) -> str:
    return _mark("route", name)


def by(who: str) -> str:
    """Mark what somebody changed: under their address, their name and their id in DocSpace."""
    return _mark("by", who)


def waits_for(owner: str) -> str:
    """Mark what waits for an owner: while a review is open, and no longer."""
    return _mark("owner", owner)


def waits_on(route: str) -> str:
    """Mark what waits on a route: while a review is open, and no longer."""
    return _mark("waiting", route)


def answered_by(address: str) -> str:
    return _mark("answered", address)


def marks_of(review: Review) -> frozenset[str]:
    """Return all that a review can be looked for by, but for its kind, its state and its times.

    A bulk review is found by each of its files, which have marks of their own.
    """
    marks = [on_route(review.route)]
    if review.kind is not ChangeKind.BULK:
        marks += marks_of_file(review)
    answered = (answer.reviewer.email for answer in review.answers if answer.withdrawn_at is None)
    marks += map(answered_by, _present(answered))
    if review.state is ReviewState.OPEN:
        marks += [waits_on(review.route), *map(waits_for, review.owners)]
    return frozenset(marks)


def marks_of_file(of: Review | BulkFile) -> frozenset[str]:
    """Return by what a review of one file, or a bulk review, is found for that file's sake."""
    acting = (who for act in of.acts for who in act.people)
    people = [name for who in (*of.contributors, *acting) for name in (who.email, who.id, who.name) if name]
    return frozenset((*map(in_folder, of.folders), *map(by, people)))


def marks_of_entry(entry: LedgerEntry) -> frozenset[str]:
    """Return by what a bulk review is found for the sake of a file as an entry describes it."""
    acting = [who for act in entry.get("acts") or () for who in act["people"]]
    people = [*(entry.get("contributors") or ()), *acting]
    names = [name for who in people for name in (who["email"], who["id"], who["name"]) if name]
    return frozenset((*map(in_folder, entry.get("folders") or ()), *map(by, names)))


def _present(texts: Iterable[str | None]) -> list[str]:
    return [text for text in texts if text]


@lru_cache(maxsize=20_000)  # people, folders and routes come again and again
def _mark(name: str, text: str) -> str:
    return f"{name}:{plain(text).casefold()[:LONGEST_MARK]}"
