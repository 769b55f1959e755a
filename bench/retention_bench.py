"""How much room everything takes, table by table, before and after retention.

    ./dev bench retention [--events 10000]

So many events go the whole way by the product's own code: received, understood, reviewed, answered, drawn and
told in two channels. Of a hundred, seventy-two are saves of twelve documents, of which eleven are answered
once, and ten in the end; the others are locks and comments, and ask for nothing. Then ninety-one days pass
and retention runs, then three years. On SQLite and on PostgreSQL.

The table says what an event adds on the average, and makes of it the size after a year: of what stays, all
that the year has brought; of what goes, as much as there is at a time; of what an event leaves when it goes,
that of those that went. Indexes count; free space does not.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from rich.box import MARKDOWN
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.command_line import command_line, open_databases, positive_number
from bench.figures import Figure, hand_over
from reviews.intake import intake
from reviews.intake.review_opening import generate_review_id
from reviews.kinds import Decision
from runtime.worker.retention_rounds import Retention, build_rules
from store import due_work
from store.due_work import DueKind
from store.engine import create_engine
from store.schema import metadata
from store.sums import sum_up_increments
from store.tallies import sum_up_tallies
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.deliveries import deliver_card
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.samples import BOB, event

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import sqlalchemy as sa

    from reviews.model import ChangeEvent

KEEP_EVENTS, KEEP_REVIEWS = timedelta(days=90), timedelta(days=3 * 365)
TOGETHER = 100  # events
OWNER = "bench:1"
AT_THE_END = datetime(9000, 1, 1, tzinfo=UTC)
"""When all is due, by whichever clock it was written."""
DOCUMENTS, SAVES = 12, 6
A_DAY = (1_000, 10_000)
DAYS = 365
LARGE = 0.01  # of all; smaller tables are others, most of them of a page or two

Sizes = dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Bytes an event by table: when all is there, ninety-one days later, and without reviews."""

    total_bytes: Sizes
    after_events: Sizes
    after_reviews: Sizes


def live_through_batch(desk: Desk, batch: int) -> None:
    """Have a hundred events come, and the reviews answered to which they lead."""
    for save in range(SAVES):
        for number in range(DOCUMENTS):
            file_id = str(3_000_000 + batch * DOCUMENTS + number)
            desk.portal.versions[file_id] += 1
            process(desk, arrived(desk, file_id, "file.updated"))
        desk.clock.advance(seconds=30)
        deliver(desk)
        if save in {SAVES // 2, SAVES - 1}:
            answer(desk, batch, last=save == SAVES - 1)
    for number in range(TOGETHER - DOCUMENTS * SAVES):
        file_id = str(3_000_000 + batch * DOCUMENTS + number % DOCUMENTS)
        process(desk, arrived(desk, file_id, "file.updated"))
    deliver(desk)


def arrived(desk: Desk, file_id: str, trigger: str) -> ChangeEvent:
    """Return an event as DocSpace's are: with keys, names and links of their length."""
    basic = event(
        file_id=file_id,
        trigger=trigger,
        title=f"AML Policy and Procedures {file_id}.docx",
        actor=replace(BOB, id="66faa6e4-f133-11ea-b126-00ffeec8b4ef"),
        occurred_at=desk.clock(),
        modified_at=desk.clock(),
        link=f"https://acme.onlyoffice.com/doceditor?fileid={file_id}&version=8",
    )
    keys = [hashlib.sha256(key.encode()).hexdigest() for key in (basic.delivery_key, basic.semantic_key)]
    return replace(basic, delivery_key=keys[0], semantic_key=keys[1])


def process(desk: Desk, change: ChangeEvent) -> None:
    desk.portal.happen(change)
    intake.receive_events(desk.transactions, [change], now=desk.clock())
    for each in due_work.take_events(desk.engine, DueKind.EVENTS, owner=OWNER, now=AT_THE_END, most=TOGETHER):
        desk.intake.process(each.id)


def deliver(desk: Desk) -> None:
    while due := _take_cards(desk):
        for card_id in due:
            while wait := deliver_card(desk.delivery, card_id, OWNER):
                desk.clock.advance(seconds=wait)


def _take_cards(desk: Desk) -> list[int]:
    return [
        taken.id
        for kind in (DueKind.REDRAWS, DueKind.POSTS)
        for taken in due_work.take_cards(desk.engine, kind, owner=OWNER, now=AT_THE_END, most=TOGETHER)
    ]


def answer(desk: Desk, batch: int, *, last: bool) -> None:
    """Answer nearly all documents; one in six is sent back."""
    for number in range(DOCUMENTS - (2 if last else 1)):
        review = desk.latest(str(3_000_000 + batch * DOCUMENTS + number))
        sent_back = number % 6 == 5
        decision = Decision.REQUEST_CHANGES if sent_back else Decision.ACKNOWLEDGE
        note = "Section 4 names last year's limits: please bring them up to date." if sent_back else None
        desk.answers.record_answer(build_answer_request(review, decision=decision, note=note))
    deliver(desk)


def sizes(engine: sa.Engine) -> Sizes:
    """Return the bytes of each table with its indexes, without what is free."""
    while sum_up_tallies(engine, min_rows=0) > len(A_DAY) * TOGETHER:
        pass
    sum_up_increments(engine, min_rows=0)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM FULL")
    return sizes_now(engine)


def sizes_now(engine: sa.Engine) -> Sizes:
    """Return the bytes of each table with its indexes; on PostgreSQL what is free in them counts."""
    query = "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r'"
    if engine.dialect.name == "sqlite":
        query = "SELECT tbl_name, SUM(pgsize - unused) FROM dbstat JOIN sqlite_master USING (name) GROUP BY 1"
    with engine.connect() as connection:
        sizes = {name: float(size) for name, size in connection.exec_driver_sql(query)}
    return {name: sizes[name] for name in metadata.tables}


def remove(desk: Desk, *, days: int, keep_reviews: timedelta | None) -> None:
    desk.clock.advance(days=days)
    rules = build_rules(desk.engine, keep_events=KEEP_EVENTS, keep_reviews=keep_reviews, min_kept=1)
    steps = Retention(rules, started_at=desk.clock())
    while steps.remove_expired(now=desk.clock()):
        pass


def measure(address: str, count: int, name: str) -> Measured:
    engine = create_engine(address)
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    writer = desk.intake.change_writer
    opening = replace(writer.review_opening, new_id=generate_review_id)
    desk.intake = replace(desk.intake, change_writer=replace(writer, review_opening=opening))
    empty = sizes(engine)
    for batch in track(range(count // TOGETHER), description=name, transient=True):
        live_through_batch(desk, batch)
    sizes_by_round = [sizes(engine)]
    for days, keep_reviews in ((91, None), (3 * DAYS, KEEP_REVIEWS)):
        remove(desk, days=days, keep_reviews=keep_reviews)
        sizes_by_round.append(sizes(engine))
    engine.dispose()
    each = [{table: max(one[table] - empty[table], 0) / count for table in one} for one in sizes_by_round]
    return Measured(total_bytes=each[0], after_events=each[1], after_reviews=each[2])


def show(database: str, measured: Measured) -> Table:
    """Return the table that stands in docs/retention.md."""
    titles = [f"after a year at {a_day:,} a day" for a_day in A_DAY]
    table = Table(database, "bytes an event", "of which stay", *titles, box=MARKDOWN)
    rows = {
        name: figures_of(measured.total_bytes[name], measured.after_events[name])
        for name in measured.total_bytes
    }
    whole = _sum(rows.values())
    large = {name: row for name, row in rows.items() if max(row[:2]) >= whole[0] * LARGE}
    for name, row in sorted(large.items(), key=lambda each: -each[1][2]):
        table.add_row(f"`{name}`", *_cells(row))
    table.add_row("others", *_cells(_sum(row for name, row in rows.items() if name not in large)))
    table.add_row("all", *_cells(whole))
    return table


def _sum(rows: Iterable[list[float]]) -> list[float]:
    return [sum(column) for column in zip(*rows, strict=True)]


def figures_of(total_bytes: float, remaining_bytes: float) -> list[float]:
    """Return a table's figures: an event leaves `total_bytes` for ninety days, and then `remaining_bytes`."""
    of_one = total_bytes * KEEP_EVENTS.days + remaining_bytes * (DAYS - KEEP_EVENTS.days)
    return [total_bytes, remaining_bytes, *(a_day * of_one for a_day in A_DAY)]


def _cells(row: list[float]) -> list[str]:
    return [f"{row[0]:,.0f}", f"{row[1]:,.0f}", *(show_size(each) for each in row[2:])]


def show_size(size: float) -> str:
    return f"{size / 1e9:,.2f} GB" if size >= 1e9 else f"{size / 1e6:,.0f} MB"


def show_reviews(measured: dict[str, Measured]) -> Table:
    """Return what KEEP_REVIEWS leaves of it."""
    table = Table("bytes an event", *measured, box=MARKDOWN)
    for says, which in (
        ("with all reviews", [each.after_events for each in measured.values()]),
        ("without closed reviews", [each.after_reviews for each in measured.values()]),
    ):
        table.add_row(says, *(f"{sum(sizes.values()):,.0f}" for sizes in which))
    return table


def list_figures(database: str, measured: Measured) -> Iterator[Figure]:
    for row, sizes in (("room of an event", measured.total_bytes), ("of which stays", measured.after_events)):
        yield Figure(row=row, value=sum(sizes.values()), unit="bytes", database=database)


def main() -> None:
    parser = command_line("retention", __doc__)
    parser.add_argument("--events", type=positive_number, default=10_000, help="saves of files")
    arguments = parser.parse_args()
    with open_databases(arguments) as databases:
        measured = {name: measure(made.new(), arguments.events, name) for name, made in databases.items()}
    console = Console(width=130)
    for database, result in measured.items():
        console.print(show(database, result))
    console.print(show_reviews(measured))
    hand_over(arguments, [figure for each in measured.items() for figure in list_figures(*each)])


if __name__ == "__main__":
    main()
