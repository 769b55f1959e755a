"""The reviews as one person may look them up: a list by what they look for, one review whole, figures.

Nothing is changed here. Every method takes whoever looks under each of their proven addresses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from reviews.cards.card_context import context_of
from reviews.kinds import ReviewState
from reviews.ledger import history
from reviews.ledger.shown_entries import LONGEST_STORY, find_story
from reviews.lists.page_access import sees, sight
from reviews.ports.listing import (
    Entry,
    Order,
    Page,
    Turn,
    Wanted,
    Weeks,
    answered_by,
    by,
    in_folder,
    on_route,
)
from reviews.privacy.channel_visibility import seen_by, watched_folder
from reviews.privacy.redaction import veiled_entry
from reviews.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviews.cards.card_context import Context
    from reviews.clock import Clock
    from reviews.identity import Reviewer
    from reviews.kinds import ChangeKind
    from reviews.lists.page_access import Sight
    from reviews.model import Review
    from reviews.ports.reviews import Entry as LedgerEntry
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.routing import Route, Routes

MOST_FOLDERS = 10
MOST_WEEKS = 26
PAGE, FIRST = 25, 5
HANDED_OUT = 500
"""Reviews that are read at once where all of them are handed out."""
_WEEK = timedelta(days=7)


class Standing(StrEnum):
    """How a review may stand, for those who look for it."""

    OPEN = "open"
    OVERDUE = "overdue"
    ACKNOWLEDGED = "acknowledged"
    CHANGES_REQUESTED = "changes_requested"


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What somebody looks for; `person` contributed or answered, `since` and `until` are days in UTC."""

    route: str = ""
    folder: str = ""
    person: str = ""
    kind: ChangeKind | None = None
    standing: Standing | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Found:
    """A page of what was found, as it may be shown; `first` are overdue and open ones, on the first page.

    `routes` are those of which whoever looks sees all.
    """

    page: Page
    first: tuple[Entry, ...]
    routes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Told:
    """One entry of the record in words, and where it stands there."""

    seq: int
    hash: str
    step: history.Step


@dataclass(frozen=True, kw_only=True)
class Whole:
    """One review with its story, and with what is around it as far as that may be seen too."""

    review: Review
    story: tuple[Told, ...]
    more: bool
    context: Context


@dataclass(frozen=True, kw_only=True)
class Archive:
    """`keep` is for how long reviews are kept after they were closed; `None` for ever."""

    transactions: Transactions
    routes: Routes
    clock: Clock
    keep: timedelta | None = None

    @property
    def kept_since(self) -> datetime | None:
        """The time before which a review may have been closed that is found no more."""
        return None if self.keep is None else self.clock() - self.keep

    def find(self, sought: Sought, people: Sequence[Reviewer], turn: Turn | None = None) -> Found:
        with self.transactions(reading=True) as work:
            seen = sight(work, self.routes, people)
            wanted = self._wanted(work, sought, seen)
            page = work.listings.page(wanted, PAGE, turn)
            entries = self._shown(work, page.entries, people)
            first: tuple[Entry, ...] = ()
            if page.behind is None and sought.standing is None:
                first = self._shown(work, self._first(work, wanted), people)
        return Found(page=replace(page, entries=entries), first=first, routes=seen.routes)

    def all(self, sought: Sought, people: Sequence[Reviewer]) -> Iterator[Review]:
        """Yield everything that is found, in the order of the pages; each part is read when it is due."""
        turn: Turn | None = None
        while True:
            with self.transactions(reading=True) as work:
                wanted = self._wanted(work, sought, sight(work, self.routes, people))
                page = work.listings.page(wanted, HANDED_OUT, turn)
                entries = self._shown(work, page.entries, people)
            yield from (entry.review for entry in entries)
            if page.ahead is None:
                return
            turn = Turn(back=wanted.order is Order.NEWEST, seq=page.ahead)

    def weeks(self, sought: Sought, people: Sequence[Reviewer]) -> Weeks:
        """Return the figures of the last weeks until the end of what is looked for, whatever its standing."""
        with self.transactions(reading=True) as work:
            seen = sight(work, self.routes, people)
            chosen = tuple(name for name in seen.routes if sought.route in {"", name})
            if not chosen:
                return Weeks(weeks=())
            marks = self._marks(work, sought)
            return work.listings.weeks(
                Wanted(marks=marks, kind=sought.kind), chosen, edges(sought, self.clock())
            )

    def whole(self, review_id: str, people: Sequence[Reviewer]) -> Whole | None:
        """Return a review with its story; `None` for one that is not known, and for one of others."""
        with self.transactions(reading=True) as work:
            review = work.reviews.get(review_id)
            route = self.routes.named(review.route) if review else None
            if review is None or not sees(work, review, route, people):
                return None
            context = context_of(work, review, route, now=self.clock())
            newer = context.newer
            entries = find_story(work, review, limit=LONGEST_STORY + 1)
            shown = seen_by(work, review, route=route, people=people)
            if shown.veiled and route is not None:
                folder = watched_folder(work, route, review.path)
                entries = [veiled_entry(entry, folder) for entry in entries]
            visible = newer if newer and sees(work, newer, route, people) else None
            context = replace(context, newer=visible)
        story = tuple(map(_told, entries[:LONGEST_STORY]))
        return Whole(review=shown, story=story, more=len(entries) > LONGEST_STORY, context=context)

    def _wanted(self, work: UnitOfWork, sought: Sought, seen: Sight) -> Wanted:
        # Whoever finds what is veiled by what the veil hides has looked behind it.
        telling = self.routes.private and (sought.folder or sought.person or sought.kind)
        beside = seen.unveiled if telling else seen.marks
        own = (on_route(sought.route),) if sought.route in seen.routes else beside
        rest = ((on_route(sought.route),),) if sought.route and sought.route not in seen.routes else ()
        overdue = sought.standing is Standing.OVERDUE
        state = ReviewState(sought.standing) if sought.standing and not overdue else None
        return Wanted(
            order=Order.LONGEST_OVERDUE if overdue else Order.NEWEST,
            marks=(own, *rest, *self._marks(work, sought)),
            kind=sought.kind,
            state=state,
            overdue_at=self.clock() if overdue else None,
            since=_day(sought.since) if sought.since else None,
            until=_day(sought.until) + timedelta(days=1) if sought.until else None,
        )

    def _marks(self, work: UnitOfWork, sought: Sought) -> tuple[tuple[str, ...], ...]:
        """Return what else a review has to be marked with. A folder may be named by its id or its path."""
        groups: list[tuple[str, ...]] = []
        if sought.folder:
            path = "/".join(part.strip() for part in sought.folder.split("/"))
            named = () if sought.folder.isdecimal() else work.listings.folders_named(path, MOST_FOLDERS)
            groups.append(tuple(map(in_folder, (sought.folder, *named))))
        if sought.person:
            groups.append((by(sought.person), answered_by(sought.person)))
        return tuple(groups)

    def _first(self, work: UnitOfWork, wanted: Wanted) -> tuple[Entry, ...]:
        """Return what is overdue, the longest first, and then what else is open, the oldest first."""
        late = replace(wanted, order=Order.LONGEST_OVERDUE, overdue_at=self.clock())
        waiting = replace(wanted, order=Order.OLDEST, state=ReviewState.OPEN)
        pages = (work.listings.page(each, FIRST) for each in (late, waiting))
        found = {entry.seq: entry for page in pages for entry in page.entries}
        return tuple(found.values())[:FIRST]

    def _shown(
        self, work: UnitOfWork, entries: Sequence[Entry], people: Sequence[Reviewer]
    ) -> tuple[Entry, ...]:
        def show(review: Review) -> Review:
            return seen_by(work, review, route=self._route(review), people=people)

        return tuple(replace(entry, review=show(entry.review)) for entry in entries)

    def _route(self, review: Review) -> Route | None:
        return self.routes.named(review.route)


def edges(sought: Sought, now: datetime) -> tuple[datetime, ...]:
    """Return the beginnings of the weeks, on Mondays in UTC, and the end of the last one."""
    until = _day(sought.until) + timedelta(days=1) if sought.until else now
    end = min(until, now)
    monday = _day((end - timedelta(microseconds=1)).astimezone(UTC).date())
    monday -= timedelta(days=monday.weekday())
    first = monday - _WEEK * (MOST_WEEKS - 1)
    since = _day(sought.since) if sought.since else first
    begins = (first + _WEEK * number for number in range(MOST_WEEKS))
    return (*(begin for begin in begins if begin + _WEEK > since), end)


def _told(entry: LedgerEntry) -> Told:
    seq = entry.get("seq")
    return Told(
        seq=seq if isinstance(seq, int) else 0,
        hash=plain(str(entry.get("hash", ""))),
        step=history.step(entry),
    )


def _day(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
