"""Databases with very many reviews, written in bulk as the product would write them, by its own marks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import starmap
from typing import TYPE_CHECKING, Any

from rich.progress import track

from reviews.ports.listing import Mark, MarkKind, make_marks
from store.engine import create_engine
from store.marks import format_mark
from store.sums import sum_up_increments
from store.tallies import sum_up_tallies

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import sqlalchemy as sa

OWNER, RARE, BUSY = "dana@example.com", "rare@example.com", "busy@example.com"
COMPLIANCE, LEGAL = "compliance", "legal"
BUSY_FOLDER = "800"
OPEN_ONE_OF = 50
YEARS_TWO = timedelta(days=730)
PEOPLE, FOLDERS = 1000, 500
TOGETHER = 20_000  # reviews
VACUUMED = 0.98
"""So much of the rows autovacuum has seen, as it does over years (migration 0016).

It would else begin with a million rows while the bench measures.
"""

_KINDS = ("created", "renamed", "moved_in", "moved_out", *["content"] * 16)
_REVIEWS = (
    *("seq", "id", "route", "state", "revision", "kind", "file_id", "title", "path", "link"),
    *("version_from", "version_to", "contributors", "owners", "opened_at", "changed_at", "due_at"),
    *("saves", "folders", "marks", "answered_at", "answered_late", "took_seconds", "superseded_by"),
)
_ANSWERS = (
    *("review_id", "decision", "reviewer", "identity", "revision", "version", "at"),
    *("late", "own_change", "proof"),
)
_CARDS = (
    *("review_id", "notifier", "target", "state", "message_id", "wanted", "drawn", "handed_over"),
    *("attempts", "maybe_posted"),
)
_INDEX = ("value", "kind", "seq")
_NEXT_SEQ = "SELECT setval(pg_get_serial_sequence('reviews', 'seq'), (SELECT max(seq) FROM reviews))"

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, kw_only=True)
class Span:
    """Over how long so many reviews were opened, and of how many files they are."""

    reviews: int
    until: datetime
    length: timedelta = YEARS_TWO
    files: int | None = None
    """Without it each review is of a file of its own."""
    first_file: int = 0
    routes: tuple[str, ...] = ()
    """The routes, each with as many of the files as the others; without them two, of unlike size."""
    channels: tuple[str, ...] = ("C1",)
    """Of Slack; as many as routes, or one for all of them."""
    owner: str = OWNER
    only_open: bool = False
    """Leave out what was answered: there is as much to do, and no past."""

    def channel(self, number: int) -> str:
        if self.files is None or len(self.channels) == 1:
            return self.channels[0]
        return self.channels[number % self.files * len(self.channels) // self.files]

    def route(self, number: int) -> str:
        if self.files is None or not self.routes:
            return LEGAL if number % 7 == 0 else COMPLIANCE
        return self.routes[number % self.files * len(self.routes) // self.files]

    def file(self, number: int) -> str:
        return str(self.first_file + (number % self.files if self.files else number))

    def is_open(self, number: int) -> bool:
        """One of fifty is open; of the reviews of a file, the newest alone can be."""
        is_newest = self.files is None or number > self.reviews - self.files
        return is_newest and number % OPEN_ONE_OF == 0

    def successor(self, number: int) -> str | None:
        """Return the next review of the same file, which takes this one's place."""
        newer = number + self.files if self.files else None
        return review_id(newer) if newer and newer <= self.reviews else None


def fill(address: str, count: int, *, until: datetime) -> None:
    """Write so many reviews, opened evenly over two years; one of fifty is open, half of those overdue."""
    fill_span(address, Span(reviews=count, until=until))


def fill_span(address: str, span: Span) -> None:
    """Write reviews with their answers, cards and marks, and let the figures be summed up."""
    engine, count = create_engine(address), span.reviews
    starts = range(1, count + 1, TOGETHER)
    for start in track(starts, description=f"Writing {count:,} reviews", transient=True):
        rows: Rows = {"reviews": [], "answers": [], "cards": [], "review_index": []}
        following = min(start + TOGETHER, count + 1)
        for number in range(start, following):
            if span.is_open(number) or not span.only_open:
                _add(rows, number, span)
        with engine.begin() as connection:
            for table, columns in _TABLES.items():
                insert_rows(connection, table, columns, rows[table])
        if start <= count * VACUUMED < following and engine.dialect.name == "postgresql":
            _vacuum(engine, ", ".join(_TABLES))
    while sum_up_tallies(engine) or sum_up_increments(engine):
        pass  # as workers do all the time
    if engine.dialect.name == "postgresql":
        _vacuum(engine, "route_increments, route_sums")
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(_NEXT_SEQ)
    analyze(engine)
    engine.dispose()


def analyze(engine: sa.Engine) -> None:
    """Collect statistics as PostgreSQL's autovacuum does; SQLite has those that the migrations wrote."""
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")


def _vacuum(engine: sa.Engine, tables: str) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"VACUUM {tables}")


_TABLES = {"reviews": _REVIEWS, "answers": _ANSWERS, "cards": _CARDS, "review_index": _INDEX}


def review_id(number: int) -> str:
    return f"review-{number}"


def person(number: int) -> str:
    return f"person{number}@example.com"


def folder(number: int) -> str:
    return str(1000 + number)


def _add(rows: Rows, number: int, span: Span) -> None:
    count, until = span.reviews, span.until
    opened = until - span.length * ((count - number) / count)
    is_open, late = span.is_open(number), number % 11 == 0
    route, kind = span.route(number), _KINDS[number % 20]
    state = "open" if is_open else "changes_requested" if number % 17 == 0 else "acknowledged"
    due = until + timedelta(minutes=number % 600) if number % 100 == 0 else opened + timedelta(hours=8)
    took = timedelta(minutes=5 + number % 600)
    folders = ["1", "2", folder(number % FOLDERS), *([BUSY_FOLDER] if number % 3 == 1 else [])]
    who = [person(number % PEOPLE), *([BUSY] if number % 3 == 0 else [])]
    who += [RARE] if number in {count // 4, count // 2, count * 3 // 4} else []
    people = [{"id": f"id-{each}", "name": each.partition("@")[0], "email": each} for each in who]
    marks = {*_places(route, tuple(folders)), *(mark for each in who for mark in _person(each))}
    marks |= (
        {Mark(MarkKind.WAITING_ROUTE, route), Mark(MarkKind.WAITING_OWNER, span.owner)}
        if is_open
        else {Mark(MarkKind.ANSWERED_BY, span.owner)}
    )
    mark_texts = sorted(starmap(format_mark, marks))
    answered = None if is_open else time_text(opened + took)
    rows["reviews"].append(
        (
            *(number, review_id(number), route, state, 1, kind, span.file(number), f"Paper {number}.docx"),
            *("Legal / Compliance", f"https://acme.example.com/doceditor?fileid={number}", 1, 2),
            *(
                json.dumps(people),
                json.dumps([span.owner]),
                time_text(opened),
                time_text(opened),
                time_text(due),
                1,
            ),
            *(json.dumps(folders), json.dumps([kind, *mark_texts]), answered),
            *((None, None) if is_open else (late, int(took.total_seconds()))),
            span.successor(number),
        )
    )
    if answered is not None:
        decision = "request_changes" if state == "changes_requested" else "acknowledge"
        reviewer = json.dumps({"name": "Dana Ozola", "email": span.owner})
        rows["answers"].append(
            (review_id(number), decision, reviewer, "slack", 1, 2, answered, late, False, "{}")
        )
    rows["cards"].append(
        (review_id(number), "slack", span.channel(number), "posted", f"{number}.000100", 1, 1, 1, 0, False)
    )
    rows["review_index"] += [(text, kind, number) for text in mark_texts]


@cache
def _places(route: str, folders: tuple[str, ...]) -> list[Mark]:
    return [Mark(MarkKind.ROUTE, route), *make_marks(MarkKind.FOLDER, folders)]


@cache
def _person(address: str) -> list[Mark]:
    return [
        Mark(MarkKind.CONTRIBUTOR, name) for name in (address, f"id-{address}", address.partition("@")[0])
    ]


def time_text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def insert_rows(
    connection: sa.Connection, table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Write rows by the fastest way of the database; times are texts of `time_text`."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" * len(columns))
        insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - constants
        driver.executemany(insert, sorted(rows) if table == "review_index" else rows)
        return
    with driver.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in _utc(rows):
            copy.write_row(row)


def _utc(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Write times with their zone: the server's own may be another."""
    for row in rows:
        yield tuple(f"{each}+00" if isinstance(each, str) and _is_time(each) else each for each in row)


def _is_time(text: str) -> bool:
    return len(text) == 26 and text[4] == "-" and text[10] == " "
