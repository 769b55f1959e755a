"""What `ledger verify` costs: entries a second, and how much memory it takes.

    ./dev bench verify [--reviews 100000]

The ledger of so many reviews, nearly all of them answered, is checked as a whole: the chain, each review and
answer beside its entries, each row of the index, the guards. On SQLite and on PostgreSQL. Memory is the most
that this process has had so far, so what making the database took is measured before.

Then the chain is checked in a file, by the command as an auditor runs it, its start included: against a
checkpoint, with the key that signed it. Time of the processor is that of all processes, and memory that of
the process that takes most.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.command_line import command_line, open_databases, positive_number
from bench.figures import Figure, hand_over
from bench.many_reviews import fill
from reviews.evidence.checkpoints import Checkpoint, format_checkpoint
from reviews.evidence.merkle_tree import CompactRange, hash_leaf
from reviews.evidence.signed_notes import Note, build_signature, format_note
from reviews.ledger import ledger_entries
from reviews.ledger.hash_chain import GENESIS_HASH, Head
from runtime.evidence.ledger_key import make_ledger_key
from runtime.ledger_verification.ledger_check import check_ledger
from runtime.wiring.databases import get_utc_time
from store import rows
from store.chain import SqlLedgerRepository
from store.engine import create_engine
from store.export_lines import iterate_lines
from store.ledger_reading import iterate_texts
from store.schema import answers, reviews

if TYPE_CHECKING:
    from reviews.ledger.hash_chain import Verdict

TOGETHER = 2000  # reviews
ORIGIN = "reviews.example.com"


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


def measure_file(table: Table, address: str, file: Path) -> list[Figure]:
    """Measure the command on a file with the ledger of a database."""
    engine = create_engine(address)
    with file.open("w") as lines:
        lines.writelines(f"{line}\n" for line in iterate_lines(engine))
    checkpoint = file.with_suffix(".checkpoint")
    key = sign_entries(engine, checkpoint)
    engine.dispose()
    command = [sys.executable, "-m", "runtime", "ledger", "verify", str(file), "--json"]
    command += ["--checkpoint", str(checkpoint), "--key", key]
    # In a process of its own: what a command takes begins with what its parent has at that time.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        run = pool.submit(run_measured, command).result()
    verdict = json.loads(run.output)
    if not verdict["intact"]:
        raise SystemExit(f"file: {verdict['problem']}")
    speeds = [f"{verdict['checked'] / seconds:,.0f}" for seconds in (run.seconds, run.processor_seconds)]
    table.add_row("file", "", f"{verdict['checked']:,}", f"{run.seconds:.1f}", *speeds, f"{run.memory:.0f}")
    speed = Figure(row="`ledger verify` of a file", value=verdict["checked"] / run.seconds, unit="/s")
    return [
        replace(speed, beside="at least", reference=100_000),
        Figure(row="its memory, of a file", value=run.memory, unit="MiB", beside="at most", reference=128),
    ]


def sign_entries(engine: sa.Engine, checkpoint_file: Path) -> str:
    """Write a signed checkpoint of the entries in a database, and return the verifier key."""
    leaves = CompactRange()
    for text in iterate_texts(engine):
        leaves.append(hash_leaf(text.encode()))
    text = format_checkpoint(Checkpoint(ORIGIN, leaves.end, leaves.compute_root()))
    key = make_ledger_key(Head(seq=0, hash=GENESIS_HASH), secrets.token_urlsafe)
    verifier_key = key.build_verifier_key(ORIGIN)
    signature = build_signature(verifier_key, key.sign(text.encode()))
    checkpoint_file.write_text(format_note(Note(text, (signature,))))
    return str(verifier_key)


@dataclass(frozen=True, kw_only=True)
class CommandRun:
    """What a command printed, and what it took; memory in MiB."""

    output: bytes
    seconds: float
    processor_seconds: float
    memory: float


def run_measured(command: list[str]) -> CommandRun:
    """Run a command, with all its processes, in a process that has run no other."""
    started = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    seconds, usage = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return CommandRun(
        output=done.stdout,
        seconds=seconds,
        processor_seconds=usage.ru_utime + usage.ru_stime,
        memory=usage.ru_maxrss / 1024,
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
                figures.extend(measure_file(table, address, Path(folder) / "ledger.jsonl"))
    Console(width=110).print(table)
    hand_over(arguments, figures)


if __name__ == "__main__":
    main()
