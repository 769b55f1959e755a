"""What an upgrade holds up: the longest that a writer of events waited while the migrations ran.

    .venv/bin/python -m bench.migrate_bench [--rows ROWS]

Each table has so many rows, as the release before had left them. The migrations since then run while
another thread stores one event after another, on SQLite and on PostgreSQL. DocSpace tries a delivery again
for 31 seconds: no wait may come near that.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from store.engine import create_engine
from store.limits import WorkKind
from store.migrate import migrate
from tests.databases import SqliteDatabases, postgres_databases
from tests.store.any_rows import fill_tables
from tests.store.earlier_schemas import BEFORE, bring_to

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


def measure(table: Table, database: str, address: str, rows: int) -> None:
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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    # `./dev bench` hands its arguments to every bench.
    rows = parser.parse_known_args()[0].rows
    columns = ("rows a table", "seconds", "events meanwhile", "longest wait of one, seconds")
    table = Table("migrations", *columns, box=None)
    with ExitStack() as opened:
        folder = opened.enter_context(tempfile.TemporaryDirectory())
        measure(table, "SQLite", SqliteDatabases(Path(folder)).empty(), rows)
        server = opened.enter_context(postgres_databases(durable=True))
        measure(table, "PostgreSQL", server.empty(), rows)
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
