"""What `ledger verify` costs: entries a second, and how much memory it takes.

    ./dev bench verify [--reviews 100000]

The ledger of so many reviews, nearly all of them answered, is checked as a whole: the chain, each review and
answer beside its entries, each row of the index, the guards. On SQLite and on PostgreSQL. Memory is the most
that this process has had so far, so what making the database took is measured before.

Then the chain is checked in a file, by the command as an auditor runs it, its start included. Time of the
processor is that of all processes.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.command_line import command_line, open_databases, positive_number
from bench.figures import Figure, hand_over
from bench.many_reviews import fill
from reviews.ledger import ledger_entries
from runtime.ledger_verification.ledger_check import check_ledger
from runtime.wiring.databases import get_utc_time
from store import rows
from store.chain import SqlLedgerRepository, iterate_texts
from store.engine import create_engine
from store.schema import answers, reviews

if TYPE_CHECKING:
    from reviews.ledger.hash_chain import Verdict

TOGETHER = 2000  # reviews


def write_record(engine: sa.Engine, count: int) -> None:
    """Write the entries of reviews that `fill` has made: opened, and most of them answered and superseded."""
    for start in track(range(1, count + 1, TOGETHER), description="Writing the record", transient=True):
        some = reviews.c.seq.between(start, start + TOGETHER - 1)
        with engine.begin() as connection:
            chain = SqlLedgerRepository(connection)
            joined = sa.select(answers).join(reviews, reviews.c.id == answers.c.review_id).where(some)
            by_review = {
                row["review_id"]: rows.build_answer(row) for row in connection.execute(joined).mappings()
            }
            query = sa.select(reviews).where(some).order_by(reviews.c.seq)
            newer = sa.select(reviews.c.id, reviews.c.opened_at).where(reviews.c.id.in_(_newer(some)))
            opened_at = dict(connection.execute(newer).tuples().all())
            for row in connection.execute(query).mappings():
                review = rows.build_review(row, (), ())
                chain.append(ledger_entries.build_opened(review, [row["seq"]]))
                if review.id in by_review:
                    chain.append(ledger_entries.build_answered(review, by_review[review.id]))
                if review.superseded_by:
                    at = opened_at[review.superseded_by]
                    by = replace(review, id=review.superseded_by, opened_at=at)
                    chain.append(ledger_entries.build_superseded(review, by))
            chain.write_waiting()


def _newer(seq_range: sa.ColumnElement[bool]) -> sa.Select[tuple[str]]:
    return sa.select(reviews.c.superseded_by).where(seq_range)


def most_memory() -> float:
    """Return the most memory that this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def processor_seconds() -> float:
    """Return what this process and those that it has waited for have taken of the processors."""
    usages = [resource.getrusage(each) for each in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def measure(table: Table, database: str, address: str, count: int) -> Figure:
    fill(address, count, until=get_utc_time())
    engine = create_engine(address)
    write_record(engine, count)
    before, started, busy = most_memory(), time.perf_counter(), processor_seconds()
    verdict: Verdict = check_ledger(engine)
    took, busy = time.perf_counter() - started, processor_seconds() - busy
    engine.dispose()
    if not verdict.intact:
        raise SystemExit(f"{database}: {verdict.problem}")
    speeds = [f"{verdict.checked / seconds:,.0f}" for seconds in (took, busy)]
    memory = f"{before:.0f} -> {most_memory():.0f}"
    table.add_row(database, f"{count:,}", f"{verdict.checked:,}", f"{took:.1f}", *speeds, memory)
    return Figure(
        row="`ledger verify` of the database", value=verdict.checked / took, unit="/s", database=database
    )


def measure_file(table: Table, address: str, file: Path) -> Figure:
    """Measure the command on a file with the ledger of a database."""
    engine = create_engine(address)
    with file.open("w") as lines:
        lines.writelines(f"{text}\n" for text in iterate_texts(engine))
    engine.dispose()
    command = [sys.executable, "-m", "runtime", "ledger", "verify", str(file), "--json"]
    started, busy = time.perf_counter(), processor_seconds()
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    took, busy = time.perf_counter() - started, processor_seconds() - busy
    verdict = json.loads(done.stdout)
    if not verdict["intact"]:
        raise SystemExit(f"file: {verdict['problem']}")
    speeds = [f"{verdict['checked'] / seconds:,.0f}" for seconds in (took, busy)]
    table.add_row("file", "", f"{verdict['checked']:,}", f"{took:.1f}", *speeds, "")
    return Figure(
        row="`ledger verify` of a file",
        value=verdict["checked"] / took,
        unit="/s",
        beside="at least",
        reference=100_000,
    )


def main() -> None:
    parser = command_line("verify", __doc__)
    parser.add_argument("--reviews", type=positive_number, default=100_000, help="reviews in the database")
    arguments = parser.parse_args()
    columns = ("reviews", "entries", "seconds", "entries/s", "entries/s of processor", "most MiB")
    table = Table("ledger verify", *columns, box=None)
    figures: list[Figure] = []
    with open_databases(arguments) as databases, tempfile.TemporaryDirectory() as folder:
        for number, (database, made) in enumerate(databases.items()):
            address = made.new()
            figures.append(measure(table, database, address, arguments.reviews))
            if number == 0:  # the file is the same, whichever database it comes from
                figures.append(measure_file(table, address, Path(folder) / "ledger.jsonl"))
    Console(width=110).print(table)
    hand_over(arguments, figures)


if __name__ == "__main__":
    main()
