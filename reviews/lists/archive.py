"""The archive for one person: search, one review with its history, and figures.

It is read-only. Every method takes the reader under each of their proven addresses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from reviews.absences.authority import Authority
from reviews.cards.card_context import find_context
from reviews.kinds import ReviewState
from reviews.ledger import history
from reviews.ledger.history_entries import MAX_HISTORY_ENTRIES, list_history_entries
from reviews.lists.chart_spans import (
    find_start_of_day,
    is_short,
    list_day_edges,
    list_week_edges,
    omit_empty_start,
)
from reviews.lists.page_access import find_page_access, may_look_up
from reviews.people.stand_ins import find_absent_names
from reviews.ports.listing import (
    ListingEntry,
    ListingQuery,
    Mark,
    MarkKind,
    PageTurn,
    ReviewOrder,
    ReviewPage,
    WeeklyFigures,
    make_marks,
)
from reviews.privacy.channel_visibility import is_owner_or_deputy, name_watched_folder, redact_for_reader
from reviews.privacy.redaction import redact_entry
from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from reviews.cards.card_context import CardContext
    from reviews.clock import Clock
    from reviews.identity import ProvenPerson
    from reviews.kinds import ChangeKind
    from reviews.lists.page_access import PageAccess
    from reviews.model import Review
    from reviews.ports.ledger import LedgerEntry
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Routes

MAX_FOLDERS = 10
REVIEWS_PER_PAGE, MAX_FIRST_REVIEWS = 25, 5
EXPORT_BATCH_SIZE = 500
"""Number of reviews that an export reads at once."""


class StatusFilter(StrEnum):
    """The states of a review that a search can select."""

    OPEN = "open"
    OVERDUE = "overdue"
    LAPSED = "lapsed"
    ACKNOWLEDGED = "acknowledged"
    CHANGES_REQUESTED = "changes_requested"


@dataclass(frozen=True, kw_only=True)
class ReviewSearch:
    """A search; `person` contributed or answered, `since` and `until` are days in UTC."""

    route: str = ""
    folder: str = ""
    person: str = ""
    kind: ChangeKind | None = None
    status: StatusFilter | None = None
    since: date | None = None
    until: date | None = None

    @property
    def is_by_content(self) -> bool:
        """Whether it searches by what a redacted review does not show."""
        return bool(self.folder or self.person or self.kind)


@dataclass(frozen=True, kw_only=True)
class SearchResult:
    """A page of results, redacted for the reader; `first` are overdue and open ones, on the first page.

    `routes` are those that the reader sees all of.
    """

    page: ReviewPage
    first: tuple[ListingEntry, ...]
    routes: tuple[str, ...]
    names: Mapping[str, str]
    """The names of people for whom someone stood in, by casefolded address."""


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
    entries: tuple[ShownEntry, ...]
    has_more: bool
    context: CardContext


@dataclass(frozen=True, kw_only=True)
class Archive:
    """Looks up reviews. `retention` is how long closed ones are stored; `None` means for ever."""

    transactions: Transactions
    routes: Routes
    clock: Clock
    retention: timedelta | None = None

    @property
    def retained_since(self) -> datetime | None:
        """Reviews that were closed before this time may no longer be available."""
        return None if self.retention is None else self.clock() - self.retention

    def find(self, search: ReviewSearch, reader: ProvenPerson, turn: PageTurn | None = None) -> SearchResult:
        with self.transactions(reading=True) as work:
            access = find_page_access(work, self.routes, reader)
            listing_query = self._build_query(work, search, access)
            page = work.listings.fetch_page(listing_query, REVIEWS_PER_PAGE, turn)
            entries = self._redact_entries(work, page.entries, reader, search)
            first: tuple[ListingEntry, ...] = ()
            if page.previous_seq is None and search.status is None:
                first = self._redact_entries(work, self._list_first(work, listing_query), reader, search)
            names = find_absent_names(work, [entry.review for entry in (*first, *entries)])
        return SearchResult(
            page=replace(page, entries=entries), first=first, routes=access.routes, names=names
        )

    def iterate_reviews(self, search: ReviewSearch, reader: ProvenPerson) -> Iterator[Review]:
        """Yield all results in the order of the pages; each part is read when it is needed."""
        turn: PageTurn | None = None
        while True:
            with self.transactions(reading=True) as work:
                listing_query = self._build_query(work, search, find_page_access(work, self.routes, reader))
                page = work.listings.fetch_page(listing_query, EXPORT_BATCH_SIZE, turn)
                if turn is not None and page.previous_seq is None:
                    return  # it is the first page again: nothing follows
                entries = self._redact_entries(work, page.entries, reader, search)
            yield from (entry.review for entry in entries)
            if page.next_seq is None:
                return
            turn = PageTurn(backward=listing_query.order is ReviewOrder.NEWEST, seq=page.next_seq)

    def compute_weeks(self, search: ReviewSearch, reader: ProvenPerson) -> WeeklyFigures:
        """Return the figures of the last weeks until the end of the search, whatever its status filter.

        They begin where there is something to show; what fills two weeks at most is shown by days.
        """
        with self.transactions(reading=True) as work:
            access = find_page_access(work, self.routes, reader)
            route_names = tuple(name for name in access.routes if search.route in {"", name})
            if not route_names:
                return WeeklyFigures(weeks=())
            marks = self._list_marks(work, search)
            compute = partial(
                work.listings.compute_weeks, ListingQuery(marks=marks, kind=search.kind), route_names
            )
            edges = list_week_edges(self.clock(), since=search.since, until=search.until)
            weekly = omit_empty_start(compute(edges))
            if not is_short(weekly):
                return weekly
            return omit_empty_start(compute(list_day_edges(weekly), by_day=True))

    def find_review(self, review_id: str, reader: ProvenPerson) -> ReviewWithHistory | None:
        """Return a review with its history; `None` if there is none, and for one of other people."""
        with self.transactions(reading=True) as work:
            review = work.reviews.get(review_id)
            route = self.routes.find_route(review.route) if review else None
            if review is None or not may_look_up(self._find_authority(work, review), reader):
                return None
            context = find_context(work, review, route, now=self.clock())
            newer = context.newer
            entries = list_history_entries(work, review, limit=MAX_HISTORY_ENTRIES + 1)
            redacted = redact_for_reader(self._find_authority(work, review), reader)
            private_route = self.routes.find_private(review.route, stored=review.private)
            if redacted.redacted and private_route is not None:
                folder = name_watched_folder(work, private_route, review.path)
                entries = [redact_entry(entry, folder) for entry in entries]
            visible = newer if newer and may_look_up(self._find_authority(work, newer), reader) else None
            sees_people = route is not None and is_owner_or_deputy(work, route, reader)
            context = replace(context, newer=visible, shows_people=sees_people)
        shown_entries = tuple(map(_describe_entry, entries[:MAX_HISTORY_ENTRIES]))
        return ReviewWithHistory(
            review=redacted,
            entries=shown_entries,
            has_more=len(entries) > MAX_HISTORY_ENTRIES,
            context=context,
        )

    def _find_authority(self, work: UnitOfWork, review: Review) -> Authority:
        return Authority(work=work, review=review, routes=self.routes, at=self.clock())

    def _build_query(self, work: UnitOfWork, search: ReviewSearch, access: PageAccess) -> ListingQuery:
        is_revealing = self.routes.private and search.is_by_content
        access_marks = access.unredacted_marks if is_revealing else access.marks
        route_marks = (Mark(MarkKind.ROUTE, search.route),) if search.route in access.routes else access_marks
        extra_marks = (
            ((Mark(MarkKind.ROUTE, search.route),),)
            if search.route and search.route not in access.routes
            else ()
        )
        is_overdue, is_lapsed = search.status is StatusFilter.OVERDUE, search.status is StatusFilter.LAPSED
        is_late = is_overdue or is_lapsed
        state = ReviewState(search.status) if search.status and not is_late else None
        return ListingQuery(
            order=ReviewOrder.LONGEST_OVERDUE if is_late else ReviewOrder.NEWEST,
            marks=(*self._list_marks(work, search), *extra_marks, route_marks),
            kind=search.kind,
            state=state,
            overdue_at=self.clock() if is_overdue else None,
            lapsed=is_lapsed,
            since=find_start_of_day(search.since) if search.since else None,
            until=find_start_of_day(search.until) + timedelta(days=1) if search.until else None,
        )

    def _list_marks(self, work: UnitOfWork, search: ReviewSearch) -> tuple[tuple[Mark, ...], ...]:
        """Return the other marks that a review must have. A folder is named by its id or its path."""
        groups: list[tuple[Mark, ...]] = []
        if search.folder:
            path = "/".join(part.strip() for part in search.folder.split("/"))
            folder_ids = () if search.folder.isdecimal() else work.listings.find_folders(path, MAX_FOLDERS)
            groups.append(make_marks(MarkKind.FOLDER, (search.folder, *folder_ids)))
        if search.person:
            groups.append(
                (Mark(MarkKind.CONTRIBUTOR, search.person), Mark(MarkKind.ANSWERED_BY, search.person))
            )
        return tuple(groups)

    def _list_first(self, work: UnitOfWork, listing_query: ListingQuery) -> tuple[ListingEntry, ...]:
        """Return the overdue reviews, the longest first, and then the other open ones, the oldest first.

        What campaigns ask for is on their pages, and would leave no room for the others. Where all open ones
        are at hand, the overdue ones are among them and need no search.
        """
        now = self.clock()
        open_query = replace(
            listing_query,
            order=ReviewOrder.OLDEST,
            state=ReviewState.OPEN,
            without_campaigns=listing_query.kind is None,
        )
        oldest = work.listings.fetch_page(open_query, MAX_FIRST_REVIEWS)
        if oldest.next_seq is None:
            return tuple(sorted(oldest.entries, key=lambda entry: _rank_open(entry, now)))
        overdue_query = replace(open_query, order=ReviewOrder.LONGEST_OVERDUE, overdue_at=now)
        overdue = work.listings.fetch_page(overdue_query, MAX_FIRST_REVIEWS)
        entries = {entry.seq: entry for page in (overdue, oldest) for entry in page.entries}
        return tuple(entries.values())[:MAX_FIRST_REVIEWS]

    def _redact_entries(
        self,
        work: UnitOfWork,
        entries: Sequence[ListingEntry],
        reader: ProvenPerson,
        search: ReviewSearch,
    ) -> tuple[ListingEntry, ...]:
        """Return what the reader may see; to find a review by what is redacted there would reveal that."""
        redacted = (
            replace(entry, review=redact_for_reader(self._find_authority(work, entry.review), reader))
            for entry in entries
        )
        return tuple(entry for entry in redacted if not (entry.review.redacted and search.is_by_content))


def _rank_open(entry: ListingEntry, now: datetime) -> tuple[bool, datetime, int]:
    """Return the sort key of an open review: overdue ones by deadline, then the others by number."""
    due_at = entry.review.due_at
    is_overdue = due_at is not None and due_at < now
    return not is_overdue, due_at if due_at is not None and is_overdue else now, entry.seq


def _describe_entry(entry: LedgerEntry) -> ShownEntry:
    seq = entry.get("seq")
    return ShownEntry(
        seq=seq if isinstance(seq, int) else 0,
        hash=clean_text(str(entry.get("hash", ""))),
        step=history.describe_entry(entry),
    )
