"""The archive for one person: search, one review with its history, and figures.

It is read-only. Every method takes the reader under each of their proven addresses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from reviews.cards.card_context import find_context
from reviews.kinds import ReviewState
from reviews.ledger import history
from reviews.ledger.history_entries import MAX_HISTORY_ENTRIES, list_history_entries
from reviews.lists.page_access import find_page_access, may_look_up
from reviews.ports.listing import (
    ListingEntry,
    ListingQuery,
    PageTurn,
    ReviewOrder,
    ReviewPage,
    WeeklyFigures,
    mark_answered_by,
    mark_contributor,
    mark_folder,
    mark_route,
)
from reviews.privacy.channel_visibility import name_watched_folder, redact_for_reader
from reviews.privacy.redaction import redact_entry
from reviews.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviews.cards.card_context import CardContext
    from reviews.clock import Clock
    from reviews.kinds import ChangeKind
    from reviews.lists.page_access import PageAccess
    from reviews.model import Review
    from reviews.ports.reviews import LedgerEntry
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.proven_person import ProvenPerson
    from reviews.routes.routing import Routes

MAX_FOLDERS = 10
MAX_WEEKS = 26
REVIEWS_PER_PAGE, MAX_FIRST_REVIEWS = 25, 5
EXPORT_BATCH_SIZE = 500
"""Number of reviews that an export reads at once."""
_WEEK = timedelta(days=7)


class StatusFilter(StrEnum):
    """The states of a review that a search can select."""

    OPEN = "open"
    OVERDUE = "overdue"
    ACKNOWLEDGED = "acknowledged"
    CHANGES_REQUESTED = "changes_requested"


@dataclass(frozen=True, kw_only=True)
class ReviewSearch:
    """A search; `person` contributed or answered, `since` and `until` are days in UTC."""

    route: str = ""
    folder: str = ""
    person: str = ""
    kind: ChangeKind | None = None
    standing: StatusFilter | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class SearchResult:
    """A page of results, redacted for the reader; `first` are overdue and open ones, on the first page.

    `routes` are those that the reader sees all of.
    """

    page: ReviewPage
    first: tuple[ListingEntry, ...]
    routes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ShownEntry:
    """One ledger entry in words, and its place in the ledger."""

    seq: int
    hash: str
    step: history.HistoryStep


@dataclass(frozen=True, kw_only=True)
class ReviewWithHistory:
    """One review with its history, and with related reviews as far as the reader may see them."""

    review: Review
    story: tuple[ShownEntry, ...]
    more: bool
    context: CardContext


@dataclass(frozen=True, kw_only=True)
class Archive:
    """Looks up reviews. `keep` is how long they are stored after they were closed; `None` means for ever."""

    transactions: Transactions
    routes: Routes
    clock: Clock
    keep: timedelta | None = None

    @property
    def retained_since(self) -> datetime | None:
        """Reviews that were closed before this time may no longer be available."""
        return None if self.keep is None else self.clock() - self.keep

    def find(self, sought: ReviewSearch, reader: ProvenPerson, turn: PageTurn | None = None) -> SearchResult:
        with self.transactions(reading=True) as work:
            seen = find_page_access(work, self.routes, reader)
            wanted = self._build_query(work, sought, seen)
            page = work.listings.fetch_page(wanted, REVIEWS_PER_PAGE, turn)
            entries = self._redact_entries(work, page.entries, reader)
            first: tuple[ListingEntry, ...] = ()
            if page.behind is None and sought.standing is None:
                first = self._redact_entries(work, self._list_first(work, wanted), reader)
        return SearchResult(page=replace(page, entries=entries), first=first, routes=seen.routes)

    def iterate_reviews(self, sought: ReviewSearch, reader: ProvenPerson) -> Iterator[Review]:
        """Yield all results in the order of the pages; each part is read when it is needed."""
        turn: PageTurn | None = None
        while True:
            with self.transactions(reading=True) as work:
                wanted = self._build_query(work, sought, find_page_access(work, self.routes, reader))
                page = work.listings.fetch_page(wanted, EXPORT_BATCH_SIZE, turn)
                entries = self._redact_entries(work, page.entries, reader)
            yield from (entry.review for entry in entries)
            if page.ahead is None:
                return
            turn = PageTurn(back=wanted.order is ReviewOrder.NEWEST, seq=page.ahead)

    def compute_weeks(self, sought: ReviewSearch, reader: ProvenPerson) -> WeeklyFigures:
        """Return the figures of the last weeks until the end of the search, whatever its status filter."""
        with self.transactions(reading=True) as work:
            seen = find_page_access(work, self.routes, reader)
            chosen = tuple(name for name in seen.routes if sought.route in {"", name})
            if not chosen:
                return WeeklyFigures(weeks=())
            marks = self._list_marks(work, sought)
            return work.listings.compute_weeks(
                ListingQuery(marks=marks, kind=sought.kind), chosen, list_week_edges(sought, self.clock())
            )

    def find_review(self, review_id: str, reader: ProvenPerson) -> ReviewWithHistory | None:
        """Return a review with its history; `None` if there is none, and for one of other people."""
        with self.transactions(reading=True) as work:
            review = work.reviews.get(review_id)
            route = self.routes.find_route(review.route) if review else None
            if review is None or not may_look_up(work, review, route, reader):
                return None
            context = find_context(work, review, route, now=self.clock())
            newer = context.newer
            entries = list_history_entries(work, review, limit=MAX_HISTORY_ENTRIES + 1)
            shown = redact_for_reader(work, review, routes=self.routes, reader=reader)
            if shown.veiled and route is not None:
                folder = name_watched_folder(work, route, review.path)
                entries = [redact_entry(entry, folder) for entry in entries]
            visible = newer if newer and may_look_up(work, newer, route, reader) else None
            context = replace(context, newer=visible)
        story = tuple(map(_describe_entry, entries[:MAX_HISTORY_ENTRIES]))
        return ReviewWithHistory(
            review=shown, story=story, more=len(entries) > MAX_HISTORY_ENTRIES, context=context
        )

    def _build_query(self, work: UnitOfWork, sought: ReviewSearch, seen: PageAccess) -> ListingQuery:
        # A search by redacted values would reveal them.
        telling = self.routes.private and (sought.folder or sought.person or sought.kind)
        beside = seen.unredacted_marks if telling else seen.marks
        own = (mark_route(sought.route),) if sought.route in seen.routes else beside
        rest = ((mark_route(sought.route),),) if sought.route and sought.route not in seen.routes else ()
        overdue = sought.standing is StatusFilter.OVERDUE
        state = ReviewState(sought.standing) if sought.standing and not overdue else None
        return ListingQuery(
            order=ReviewOrder.LONGEST_OVERDUE if overdue else ReviewOrder.NEWEST,
            marks=(own, *rest, *self._list_marks(work, sought)),
            kind=sought.kind,
            state=state,
            overdue_at=self.clock() if overdue else None,
            since=_start_of_day(sought.since) if sought.since else None,
            until=_start_of_day(sought.until) + timedelta(days=1) if sought.until else None,
        )

    def _list_marks(self, work: UnitOfWork, sought: ReviewSearch) -> tuple[tuple[str, ...], ...]:
        """Return the other marks that a review must have. A folder is named by its id or its path."""
        groups: list[tuple[str, ...]] = []
        if sought.folder:
            path = "/".join(part.strip() for part in sought.folder.split("/"))
            named = () if sought.folder.isdecimal() else work.listings.find_folders(path, MAX_FOLDERS)
            groups.append(tuple(map(mark_folder, (sought.folder, *named))))
        if sought.person:
            groups.append((mark_contributor(sought.person), mark_answered_by(sought.person)))
        return tuple(groups)

    def _list_first(self, work: UnitOfWork, wanted: ListingQuery) -> tuple[ListingEntry, ...]:
        """Return the overdue reviews, the longest first, and then the other open ones, the oldest first."""
        late = replace(wanted, order=ReviewOrder.LONGEST_OVERDUE, overdue_at=self.clock())
        waiting = replace(wanted, order=ReviewOrder.OLDEST, state=ReviewState.OPEN)
        pages = (work.listings.fetch_page(each, MAX_FIRST_REVIEWS) for each in (late, waiting))
        entries = {entry.seq: entry for page in pages for entry in page.entries}
        return tuple(entries.values())[:MAX_FIRST_REVIEWS]

    def _redact_entries(
        self, work: UnitOfWork, entries: Sequence[ListingEntry], reader: ProvenPerson
    ) -> tuple[ListingEntry, ...]:
        return tuple(
            replace(entry, review=redact_for_reader(work, entry.review, routes=self.routes, reader=reader))
            for entry in entries
        )


def list_week_edges(sought: ReviewSearch, now: datetime) -> tuple[datetime, ...]:
    """Return the beginnings of the weeks, on Mondays in UTC, and the end of the last one."""
    until = _start_of_day(sought.until) + timedelta(days=1) if sought.until else now
    end = min(until, now)
    monday = _start_of_day((end - timedelta(microseconds=1)).astimezone(UTC).date())
    monday -= timedelta(days=monday.weekday())
    first = monday - _WEEK * (MAX_WEEKS - 1)
    since = _start_of_day(sought.since) if sought.since else first
    begins = (first + _WEEK * number for number in range(MAX_WEEKS))
    return (*(begin for begin in begins if begin + _WEEK > since), end)


def _describe_entry(entry: LedgerEntry) -> ShownEntry:
    seq = entry.get("seq")
    return ShownEntry(
        seq=seq if isinstance(seq, int) else 0,
        hash=plain(str(entry.get("hash", ""))),
        step=history.describe_entry(entry),
    )


def _start_of_day(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
