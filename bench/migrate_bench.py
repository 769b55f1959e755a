"""What an upgrade holds up: the longest that a writer of events waited while the migrations ran.

    ./dev bench migrate [--rows 100000]

Each table has so many rows, as the release before had left them. The migrations since then run while
another thread stores one event after another, on SQLite and on PostgreSQL. DocSpace tries a delivery again
for 31 seconds: no wait may come near that.
"""

from __future__ import annotations

import threading
import time

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from bench.command_line import command_line, open_databases, positive_number
from bench.figures import Figure, hand_over
from store.engine import create_engine
from store.limits import WorkKind
from store.migrate import migrate
from tests.store.any_rows import fill_tables
from tests.store.earlier_schemas import BEFORE, bring_to

DELIVERY_SECONDS = 31.0
"""For so long DocSpace tries a delivery again."""
_EVENT = sa.text(
    "INSERT INTO events (id, delivery_key, semantic_key, file_id, said, received_at, state) "
    "VALUES (:id, :key, :key, 'f', '{}', CURRENT_TIMESTAMP, 'received')"
)


class Writer(threading.Thread):
    """Stores events until it is stopped; `waits` are the seconds that each took, with all its attempts."""

    def __init__(self, address: str, first: int) -> None:
        super().__init__(daemon=True)
        self._engine = create_engine(address, lock_timeout=60)
        self._first = first
        self._stopping = threading.Event()
        self.waits: list[float] = []

    def run(self) -> None:
        number = self._first
        while not self._stopping.is_set():
            number += 1
            started = time.perf_counter()
            while not self._stored(number):
                pass  # as DocSpace does
            self.waits.append(time.perf_counter() - started)
        self._engine.dispose()

    def stop(self) -> None:
        self._stopping.set()
        self.join()

    def _stored(self, number: int) -> bool:
        try:
            with self._engine.begin() as connection:
                connection.execute(_EVENT, {"id": number, "key": f"new {number}"})
        except sa.exc.OperationalError:
            return False
        return True


def measure(table: Table, database: str, address: str, rows: int) -> Figure:
    engine = create_engine(address, work_kind=WorkKind.COMMAND)
    bring_to(engine, BEFORE)
    fill_tables(engine, rows)
    writer = Writer(address, rows)
    writer.start()
    started = time.perf_counter()
    migrate(engine)
    took = time.perf_counter() - started
    writer.stop()
    engine.dispose()
    table.add_row(database, f"{rows:,}", f"{took:.1f}", f"{len(writer.waits):,}", f"{max(writer.waits):.2f}")
    return Figure(
        row="an upgrade, the longest wait of an event",
        value=max(writer.waits),
        unit="s",
        database=database,
        beside="at most",
        reference=DELIVERY_SECONDS,
    )


def main() -> None:
    parser = command_line("migrate", __doc__)
    parser.add_argument(
        "--rows", type=positive_number, default=100_000, help="events in the tables that are migrated"
    )
    arguments = parser.parse_args()
    columns = ("rows a table", "seconds", "events meanwhile", "longest wait of one, seconds")
    table = Table("migrations", *columns, box=None)
    with open_databases(arguments) as databases:
        figures = [measure(table, name, made.empty(), arguments.rows) for name, made in databases.items()]
    Console(width=110).print(table)
    hand_over(arguments, figures)


if __name__ == "__main__":
    main()
