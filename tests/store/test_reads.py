"""What is asked all the time reads no more, however long the history is: the databases count what they read.

Each question is asked of a short history and of one four times as long, in which the same waits.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.campaign import Campaign
from reviews.comparison import AnsweredState
from reviews.erasure.erased_person import ErasedPerson
from reviews.kinds import ChangeKind, EventState, ReviewState
from reviews.lists.chart_spans import list_week_edges
from reviews.opening import OpenedItem, Opening
from reviews.ports.absences import AbsenceSource
from reviews.ports.listing import ListingQuery, Mark, MarkKind, PageTurn, ReviewOrder, make_marks
from reviews.sweep import completeness
from store import due_work, measures, pending_work
from store.backlog import find_backlog
from store.claims import release_claims_of_worker
from store.disclosures import find_stray_disclosures
from store.due_work import DueKind
from store.engine import create_engine
from store.erasure.person_search import count_waiting_changes, find_open_reviews
from store.failing_targets import find_failing_targets
from store.list_search import ListSearch
from store.removed_earlier_states import remove_answered_texts, remove_earlier_comparisons
from store.removed_texts import remove_texts
from store.schema import events
from store.subscriptions import list_subscribed_places
from store.unit_of_work import SqlUnitOfWork
from store.watched_events import find_last_event_id, list_watched_events
from store.workers import find_worker_health
from tests.reviews.samples import OWNER, START, answer, event, review, routes
from tests.store.earlier import build_earlier
from tests.store.entries import build_entry
from tests.store.many_rows import FIRST, IN_A_FOLDER, Statistics, fill
from tests.store.reads import count_reads, list_statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHORT, LONG = 500, 2000
SLACK = 100
"""Rows or steps: what a deeper index may take, and what a question reads that is small anyway."""
NOW = START + timedelta(days=4000)
ROUTES = routes()
QUARTER = datetime(2019, 12, 31, 9, 30, 0, 654_321, tzinfo=UTC)
"""The day before the history begins."""
LAST = FIRST + SHORT - 1
NEWEST = review(id=f"r{LAST}", file_id=f"f{LAST}")
ANSWERED = AnsweredState(
    review_id=NEWEST.id, revision=1, reviewer=answer().reviewer, at=START, sha256=None, has_text=True
)
CAMPAIGN = Campaign(
    id=f"c{FIRST + 1}",
    name="Policies of another year",
    route="compliance",
    folder_id="top",
    path="Rooms",
    people=(OWNER,),
    due_at=NOW,
    started_at=START,
)
"""One with ten reviews."""
UNKNOWN = ErasedPerson(address="nobody@example.com", ids=frozenset({"n-1"}))
EVEN, ODD = Mark(MarkKind.FOLDER, "even"), Mark(MarkKind.FOLDER, "odd")

OF_ENGINE: dict[str, Callable[[sa.Engine], object]] = {
    "when work is due": lambda engine: due_work.find_first_due(engine, now=NOW),
    "take events": lambda engine: due_work.take_events(
        engine, DueKind.EVENTS, owner="me:1", now=NOW, most=10
    ),
    "take cards": lambda engine: due_work.take_cards(engine, DueKind.POSTS, owner="me:1", now=NOW, most=10),
    "take redraws": lambda engine: due_work.take_cards(
        engine, DueKind.REDRAWS, owner="me:1", now=NOW, most=10
    ),
    "take comparisons": lambda engine: due_work.take_comparisons(engine, owner="me:1", now=NOW, most=10),
    "texts that are no longer compared with": lambda engine: remove_texts(engine, 0, before=NOW),
    "texts of earlier revisions": lambda engine: remove_answered_texts(engine, 0, before=NOW),
    "comparisons with earlier states": lambda engine: remove_earlier_comparisons(engine, 0, before=NOW),
    "pass over events": lambda engine: due_work.pass_over_followers(engine, DueKind.EVENTS, now=NOW),
    "release the claims of a dead worker": lambda engine: release_claims_of_worker(
        engine, "nobody", died=True
    ),
    "open reviews that need a person": lambda engine: find_open_reviews(engine, UNKNOWN),
    "changes by a person that wait": lambda engine: count_waiting_changes(engine, UNKNOWN),
    "given up events": pending_work.count_dead_events,
    "the event that waits longest": lambda engine: pending_work.find_oldest_event(engine, NOW),
    "the card that waits longest": lambda engine: pending_work.find_oldest_card(engine, exclude=("alarm:",)),
    "events that the key stopped": lambda engine: pending_work.count_refused_events(engine, "the key"),
    "the figures for a monitor": measures.measure,
    "the last event": find_last_event_id,
    "new events, and some that wait": lambda engine: list_watched_events(
        engine, after=LAST - 2, among=[FIRST, FIRST + 7], limit=2
    ),
    "people of no entry": lambda engine: find_stray_disclosures(engine, 10),
}


def search(work: SqlUnitOfWork, **wanted: Any) -> object:
    """Search as for one page, but not as far."""
    return ListSearch(work.connection, ListingQuery(**wanted), depths=(10, 20)).find(10, None, upward=False)


def in_work(ask: Callable[[SqlUnitOfWork], object]) -> Callable[[sa.Engine], object]:
    def asked(engine: sa.Engine) -> object:
        with SqlUnitOfWork(engine) as work:
            return ask(work)

    return asked


def append_entry(work: SqlUnitOfWork) -> None:
    work.ledger.append(build_entry(1))
    work.ledger.write_waiting()


OF_WORK: dict[str, Callable[[SqlUnitOfWork], object]] = {
    "what waits and what was given up": lambda work: find_backlog(work.connection),
    "which channels fail": lambda work: find_failing_targets(work.connection, 1000, exclude=("alarm:",)),
    "which places subscribed": lambda work: list_subscribed_places(work.connection),
    "for how long no worker was heard of": lambda work: find_worker_health(work.connection, work.now()),
    "how complete the folders are": lambda work: completeness.check_all_folders(work, ROUTES),
    "how complete the folders of a digest are": lambda work: completeness.find_earliest(
        work, ROUTES, ROUTES.all
    ),
    "the oldest event that is not settled": lambda work: work.events.find_oldest_unsettled(),
    "store an event": lambda work: work.events.add([(event(event_id="new"), None)], at=NOW),
    "what is pending of a file": lambda work: work.events.list_pending(f"f{LAST}"),
    "what is pending of an event's file": lambda work: work.events.find_pending(LAST, count_to=26),
    "which of some files are pending": lambda work: work.events.find_pending_files([f"f{LAST}"], before=1),
    "whether DocSpace told of a file": lambda work: work.events.has_event_since(f"f{LAST}", START),
    "the last event of a file": lambda work: work.events.find_last_reviewed(f"f{LAST}"),
    "whether anything is pending beneath": lambda work: work.events.is_pending_beneath(
        f"folder{LAST // IN_A_FOLDER}", before=9**9
    ),
    "settle an event": lambda work: work.events.settle([LAST], EventState.DONE, None),
    "an event failed": lambda work: work.events.count_failure(LAST, "why"),
    "replay the given up events": lambda work: work.events.reopen(None),
    "the newest events": lambda work: work.events.list_recent(10),
    "events with the same keys": lambda work: work.events.list_sharing_keys(event()),
    "files of a title": lambda work: work.files.find_present(f"Title {LAST}", 10),
    "files of a folder": lambda work: work.files.get_many([f"f{LAST}"]),
    "folders of a title": lambda work: work.folders.find_by_title(f"folder {LAST}", 10),
    "folders by their path": lambda work: work.listings.find_folders(f"Folder {LAST}", 10),
    "a folder's place": lambda work: work.folders.get_place_before(f"folder{LAST}"),
    "all folders above some": lambda work: work.folders.get_tree([f"folder{LAST}", f"folder{LAST - 1}"]),
    "the places of folders": lambda work: work.folders.get_places_before(
        [f"folder{LAST}", f"folder{LAST - 1}"]
    ),
    "where folders are that wait": lambda work: work.gatherings.find_event_parents([f"{LAST}"]),
    "a review": lambda work: work.reviews.get(f"r{LAST}", lock=True),
    "the latest review of a file": lambda work: work.reviews.find_latest(f"f{LAST}", route="compliance"),
    "the latest review of a file on a route": lambda work: work.reviews.find_latest_on_route(
        f"f{LAST}", "compliance", lock=True
    ),
    "what was acknowledged last of a file": lambda work: work.comparisons.find_acknowledged(
        f"f{LAST}", "compliance", before_review=f"r{LAST + 1}"
    ),
    "the comparison of a review": lambda work: work.comparisons.get(f"r{LAST}"),
    "the snippets of a card": lambda work: work.comparisons.list_snippets({f"r{LAST}": 1}),
    "who answered which state": lambda work: work.earlier_comparisons.list_answered(NEWEST),
    "the text of a state": lambda work: work.earlier_comparisons.get_text(ANSWERED),
    "keep the text of a revision": lambda work: work.earlier_comparisons.keep_answered_text(f"r{LAST}"),
    "the comparison with a state": lambda work: work.earlier_comparisons.find(NEWEST, "cd" * 32),
    "whether there are differences from a state": lambda work: work.earlier_comparisons.has_differences(
        NEWEST
    ),
    "store comparisons with states": lambda work: work.earlier_comparisons.replace(
        NEWEST.id, (build_earlier(NEWEST.id),)
    ),
    "what a person opened": lambda work: work.openings.list_first(NEWEST.id, 1, ["ab" * 16], until=NOW),
    "store what a person opened": lambda work: work.openings.add(
        NEWEST.id, 1, ["ab" * 16], [Opening(item=OpenedItem.PAGE, at=START)]
    ),
    "request a comparison": lambda work: work.comparisons.request(f"r{LAST}", 2, at=NOW),
    "what came before a review": lambda work: work.reviews.find_predecessors([f"r{LAST}"]),
    "draw the cards anew that point to a review": lambda work: work.cards.redraw_predecessors(f"r{LAST}"),
    "absences whose reviews are gone through": lambda work: work.absences.list_due_ids(NOW, 10),
    "whether absences are due": lambda work: work.absences.has_any_due(since=START, until=NOW),
    "absences of some people": lambda work: work.absences.list_of_people(
        [f"p{LAST}@example.com"], not_ended_by=NOW
    ),
    "absences of a source": lambda work: work.absences.list_of_source(AbsenceSource.CHAT, not_ended_by=NOW),
    "absences that name a stand-in": lambda work: work.absences.list_naming([OWNER], not_ended_by=NOW),
    "absences without a next check": lambda work: work.absences.plan_missing_checks(NOW),
    "open reviews of an absent person": lambda work: search(
        work, marks=(make_marks(MarkKind.WAITING_OWNER, [OWNER]),), order=ReviewOrder.OLDEST
    ),
    "remove absences": lambda work: work.absences.remove_ended(START - timedelta(days=9000), 10),
    "which campaigns are due": lambda work: work.campaigns.list_due_ids(NOW, 10),
    "a campaign by its name": lambda work: work.campaigns.list_named(f"Policies {FIRST + 9}"),
    "the newest campaigns of a route": lambda work: work.campaigns.list_recent(10, routes=["compliance"]),
    "start a campaign": lambda work: work.campaigns.add(CAMPAIGN),
    "the documents of a campaign": lambda work: work.campaigns.list_file_ids(CAMPAIGN.id),
    "the reviews of a campaign": lambda work: work.campaigns.list_reviews(CAMPAIGN),
    "the open reviews of a campaign": lambda work: work.campaigns.list_open_review_ids(CAMPAIGN.id),
    "the figures of a campaign": lambda work: work.campaigns.compute_progress(CAMPAIGN),
    "which campaigns ask for a document": lambda work: work.campaigns.list_review_ids_of_file(
        f"f{FIRST + 41}", route="compliance"
    ),
    "what campaigns ask for beneath a folder": lambda work: work.campaigns.list_open_reviews_beneath(
        f"folder{FIRST + 4 * SHORT - 1}", route="compliance"
    ),
    "which campaigns are being prepared": lambda work: work.campaigns.hold_preparing("compliance"),
    "what campaigns have closed": lambda work: work.campaigns.list_closed_reviews(route="compliance"),
    "reviews to remind of": lambda work: work.reviews.list_due_ids(NOW, 10),
    "the newest reviews": lambda work: work.reviews.list_recent(10, state="open"),
    "the newest reviews of a route": lambda work: work.reviews.list_recent(10, route="compliance"),
    "the figures of a quarter": lambda work: work.listings.compute_figures(since=QUARTER.date(), now=NOW),
    "the figures of each week": lambda work: work.listings.compute_weeks(
        ListingQuery(), ("compliance",), list_week_edges(QUARTER + timedelta(days=92), since=None, until=None)
    ),
    "the newest page": lambda work: work.listings.fetch_page(ListingQuery(), 10),
    "a page far back": lambda work: work.listings.fetch_page(
        ListingQuery(), 10, PageTurn(backward=True, seq=FIRST + 50)
    ),
    "a page of a kind": lambda work: work.listings.fetch_page(ListingQuery(kind=ChangeKind.CONTENT), 10),
    "a page of a week": lambda work: work.listings.fetch_page(ListingQuery(since=NOW), 10),
    "a page of a folder": lambda work: search(work, marks=((EVEN,),)),
    "a page of a folder and a state": lambda work: search(
        work, marks=((EVEN,),), state=ReviewState.ACKNOWLEDGED
    ),
    "a page of a folder and a state that none has": lambda work: search(
        work, marks=((EVEN,),), state=ReviewState.REPLACED
    ),
    "a page of a folder and what was answered": lambda work: search(work, marks=((EVEN,),), answered=True),
    "a page of two folders that never meet": lambda work: search(work, marks=((EVEN,), (ODD,))),
    "a page of what waits": lambda work: work.listings.fetch_page(
        ListingQuery(order=ReviewOrder.OLDEST, waiting=True), 10
    ),
    "a page of what is overdue": lambda work: work.listings.fetch_page(
        ListingQuery(order=ReviewOrder.LONGEST_OVERDUE, waiting=True, overdue_at=NOW), 10
    ),
    "open reviews of a route": lambda work: search(
        work, marks=(make_marks(MarkKind.ROUTE, ["compliance"]),), state=ReviewState.OPEN
    ),
    "what is overdue on a route": lambda work: work.listings.fetch_page(
        ListingQuery(
            order=ReviewOrder.LONGEST_OVERDUE,
            overdue_at=NOW,
            marks=(make_marks(MarkKind.ROUTE, ["compliance"]),),
        ),
        10,
    ),
    "what a person answered on a route": lambda work: search(
        work,
        marks=(make_marks(MarkKind.ANSWERED_BY, [OWNER]), make_marks(MarkKind.ROUTE, ["compliance"])),
    ),
    "open reviews that a person answered": lambda work: search(
        work, marks=(make_marks(MarkKind.ANSWERED_BY, [OWNER]),), state=ReviewState.OPEN
    ),
    "a page of what lapsed": lambda work: work.listings.fetch_page(
        ListingQuery(order=ReviewOrder.LONGEST_OVERDUE, waiting=True, lapsed=True), 10
    ),
    "the entries of a review": lambda work: work.ledger.list_entries(f"r{LAST}"),
    "the entries after one": lambda work: work.ledger.list_after(work.ledger.get_last_seq() - 5, limit=100),
    "the last entries of a review": lambda work: work.ledger.list_last_entries(f"r{LAST}", 2),
    "append an entry with what it commits to": append_entry,
    "draw the cards of a review anew": lambda work: work.cards.redraw(f"r{LAST}"),
    "what the cards of a review have shown": lambda work: work.cards.list_drawings(f"r{LAST}"),
    "what a review is about": lambda work: work.reviews.get_subject(f"r{LAST}"),
    "the thread of a card": lambda work: work.cards.list_causes(f"r{LAST}", "reminder:"),
    "a card by its message": lambda work: work.cards.find_by_message("slack", "C1", f"{LAST}.0"),
    "claim a card": lambda work: work.cards.claim(LAST, "me"),
    "the newest cards that were given up": lambda work: work.cards.list_recent(10, state="dead"),
    "replay the given up cards": lambda work: work.cards.reopen(None),
    "a turn in a channel": lambda work: work.gates.take_next_slot(
        "slack:C1", NOW, interval=timedelta(seconds=1)
    ),
    "a person by address": lambda work: work.people.find_by_email(f"p{LAST}@example.com"),
    "an account by address": lambda work: work.accounts.find_by_address(
        "slack", f"p{LAST}@example.com", since=START
    ),
    "whether it was told before": lambda work: work.idempotency_keys.add_if_new("key", at=NOW),
    "forget what was told": lambda work: work.idempotency_keys.forget(before=START - timedelta(days=9999)),
    "whom open reviews were reassigned to": lambda work: work.owner_states.list_reassigned(1000),
    "which owners are gone": lambda work: work.owner_states.list_gone(1000),
    "what is known of some owners": lambda work: work.owner_states.find([f"p{LAST}@example.com"]),
    "forget owners whom no route names": lambda work: work.owner_states.forget(
        before=START - timedelta(days=9999), kept_addresses=()
    ),
    "floods of changes without a review that have ended": lambda work: work.unrouted_changes.list_ended(
        quiet_since=NOW, started_before=NOW, limit=20
    ),
    "which folders are not complete": lambda work: work.incomplete_periods.list_all(),
    "which digests of reviews are due": lambda work: work.review_digests.list_due(NOW, 10),
    "what a digest of reviews says": lambda work: work.listings.compute_period(
        ["compliance"], since=NOW - timedelta(days=1), until=NOW, now=START
    ),
    "which digests wait": lambda work: work.subscriptions.list_pending_digests(),
    "subscriptions of a person": lambda work: work.subscriptions.list_made_by("slack", "U1"),
}
QUESTIONS = {**OF_ENGINE, **{name: in_work(ask) for name, ask in OF_WORK.items()}}


# PostgreSQL analyzes tables that grew. SQLite plans by what a connection read when it was opened.
STATES = [
    *(("sqlite", statistics, "") for statistics in Statistics),
    *(("postgresql", Statistics.LARGE, mode) for mode in ("force_custom_plan", "force_generic_plan")),
]
"""The database, its statistics, and how PostgreSQL plans a prepared statement: for its values, or for all."""


@pytest.fixture(scope="module", params=STATES, ids=", ".join)
def histories(request: pytest.FixtureRequest) -> Iterator[tuple[sa.Engine, sa.Engine]]:
    """Yield a short and a long history."""
    database, statistics, plan_cache_mode = request.param
    databases: Any = request.getfixturevalue(
        "postgres_databases" if database == "postgresql" else "sqlite_databases"
    )
    addresses = [databases.new() for _ in range(2)]
    short, long = (create_engine(address) for address in addresses)
    for engine in (short, long) if plan_cache_mode else ():
        with engine.begin() as connection:
            connection.exec_driver_sql(
                f'ALTER DATABASE "{engine.url.database}" SET plan_cache_mode = {plan_cache_mode}'
            )
        engine.dispose()
    fill(short, SHORT, statistics=statistics)
    fill(long, LONG, statistics=statistics)
    yield short, long
    for engine, address in zip((short, long), addresses, strict=True):
        engine.dispose()
        if database == "postgresql":
            databases.give_back(address)


def test_a_long_history_costs_no_question_more(
    histories: tuple[sa.Engine, sa.Engine], subtests: pytest.Subtests
) -> None:
    for question, ask in QUESTIONS.items():
        with subtests.test(question=question):
            short, long = (
                count_reads(engine, list_statements(engine, partial(ask, engine))) for engine in histories
            )

            assert long <= 1.5 * short + SLACK


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_what_docspace_told_of_a_busy_file_is_found_at_its_end(
    request: pytest.FixtureRequest, database: str
) -> None:
    databases = request.getfixturevalue(f"{database}_databases")
    engine = create_engine(databases.new())
    fill(engine, SHORT)
    with engine.begin() as connection:
        connection.execute(sa.update(events).values(file_id="busy"))
    with SqlUnitOfWork(engine) as work:
        work.events.add([(event(event_id="newest", file_id="busy", occurred_at=NOW), None)], at=NOW)
        work.commit()

    def ask() -> bool:
        with SqlUnitOfWork(engine) as work:
            return work.events.has_event_since("busy", NOW)

    assert ask()
    assert count_reads(engine, list_statements(engine, ask)) <= SLACK
    engine.dispose()
