"""How many entries and answers the ledger takes from one writer, and from eight at once; what proofs cost.

    ./dev bench ledger [--entries 1000] [--answers 300] [--rounds 3] [--leaves 10000000] [--reviews 5000]
        [--database sqlite]

An entry is a transaction that appends one entry and nothing else, with its MAC. An answer is all that a click
writes: who clicked, the review, its cards, figures and entry; each is for another review. The threads are in
one process, and both databases wait for the disk. Processor time is that of this process, without
PostgreSQL's server. Then checkpoints cover all entries. A proof, an inclusion and a consistency proof
together, is of an entry of a tree with so many leaves. A pack is of so many reviews in a year, with a proof
of each entry, its PDF and a sample of 25. Interleaved in one run on one machine; compare rows,
not runs.
"""

from __future__ import annotations

import secrets
import statistics
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

import sqlalchemy as sa
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.command_line import command_line, open_databases, positive_number
from bench.figures import Figure, hand_over
from bench.ledger_pack import REVIEWS, PackRun, list_pack_figures, measure_pack
from bench.ledger_tree import LEAVES, TreeRun, list_tree_figures, measure_tree
from reviews.answers.answers import AnswerRequest, Answers
from reviews.kinds import Decision
from reviews.ledger import ledger_entries
from reviews.ledger.hash_chain import GENESIS_HASH, Head, verify
from reviews.people.docspace_accounts import AccountLookup
from runtime.evidence.ledger_key import LedgerKeys, make_ledger_key
from runtime.wiring.databases import get_utc_time
from store.chain import read_pinned_head
from store.engine import authenticate_entries, create_engine
from store.ledger_reading import iterate_stored
from store.limits import WorkKind
from store.schema import cards
from store.unit_of_work import SqlUnitOfWork
from tests.databases import PATIENCE
from tests.reviews.desk import DANA
from tests.reviews.people import make_proven_person
from tests.reviews.samples import OWNER, START, review, routes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviews.ports.unit_of_work import UnitOfWork

ENTRIES, ANSWERS, ROUNDS, WRITERS, WARM_UP = 1000, 300, 3, 8, 20
KEY = make_ledger_key(Head(seq=0, hash=GENESIS_HASH), secrets.token_urlsafe)


@dataclass(frozen=True, kw_only=True)
class WriterRun:
    """Items in a second, their durations in seconds, and seconds of the processor for each."""

    rate: float
    durations: list[float]
    cpu_time: float


class Ledger:
    """What is written to one database."""

    def __init__(self, address: str) -> None:
        self.engine = create_engine(address, lock_timeout=PATIENCE, work_kind=WorkKind.COMMAND)
        authenticate_entries(self.engine, lambda: KEY.mac_key)
        self._numbers = count(1)
        accounts = AccountLookup(
            transactions=self.open, clock=get_utc_time, find_account=lambda _address: None
        )
        self._answers = Answers(
            transactions=self.open, routes=routes(), clock=get_utc_time, accounts=accounts
        )

    def open(self, *, reading: bool = False) -> UnitOfWork:
        return SqlUnitOfWork(self.engine, reading=reading)

    def prepare_entries(self, number: int) -> list[Callable[[], object]]:
        return [partial(self._append, f"entry-{next(self._numbers)}") for _ in range(number)]

    def _append(self, review_id: str) -> None:
        with self.open() as work:
            work.ledger.append(ledger_entries.build_opened(review(id=review_id), [1]))
            work.commit()

    def prepare_answers(self, number: int) -> list[Callable[[], object]]:
        """Open so many reviews, each with a posted card, and return what answers each."""
        ids = [f"answer-{next(self._numbers)}" for _ in range(number)]
        with self.open() as work:
            work.docspace_accounts.remember({OWNER: "d1"}, at=get_utc_time())
            for each in ids:
                work.reviews.add(review(id=each, file_id=each))
                work.cards.owe(each, [("slack", "C1")])
                work.ledger.append(ledger_entries.build_opened(review(id=each, file_id=each), [1]))
            work.commit()
        with self.engine.begin() as connection:
            connection.execute(sa.update(cards).values(message_id="1.0", drawn=1, posted_at=START))
        return [partial(self._answer, each) for each in ids]

    def _answer(self, review_id: str) -> None:
        request = AnswerRequest(
            review_id=review_id,
            revision=1,
            decision=Decision.ACKNOWLEDGE,
            language=None,
            person=make_proven_person(DANA),
            request_name=review_id,
        )
        self._answers.record_answer(request)


def run(actions: list[Callable[[], object]], writers: int) -> WriterRun:
    """Do all this in so many threads that begin together."""
    barrier = threading.Barrier(writers + 1)
    durations: list[float] = []

    def write(number: int) -> None:
        barrier.wait()
        for action in actions[number::writers]:
            began = time.perf_counter()
            action()
            durations.append(time.perf_counter() - began)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    barrier.wait()
    began, cpu_began = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.join()
    took, cpu_time = time.perf_counter() - began, time.process_time() - cpu_began
    return WriterRun(rate=len(actions) / took, durations=sorted(durations), cpu_time=cpu_time / len(actions))


def measure(
    ledgers: dict[str, Ledger], *, entries: int, answers: int, rounds: int
) -> dict[str, list[WriterRun]]:
    """Take turns, so that noise on the machine meets all."""
    runs: dict[str, list[WriterRun]] = {}
    for ledger in ledgers.values():
        run([*ledger.prepare_entries(WARM_UP), *ledger.prepare_answers(WARM_UP)], WRITERS)
    for _ in track(range(rounds), description="Rounds", transient=True):
        for writers in (1, WRITERS):
            for name, ledger in ledgers.items():
                row = f"{name}, {writers} writer{'s' if writers > 1 else ''}"
                runs.setdefault(f"entry, {row}", []).append(run(ledger.prepare_entries(entries), writers))
                runs.setdefault(f"answer, {row}", []).append(run(ledger.prepare_answers(answers), writers))
    return runs


def report(runs: dict[str, list[WriterRun]]) -> None:
    table = Table("", "a second", "p50 ms", "p99 ms", "processor ms", box=None)
    for name in sorted(runs, reverse=True):
        each = runs[name]
        percentiles = [
            statistics.median(one.durations[len(one.durations) * percent // 100] for one in each) * 1000
            for percent in (50, 99)
        ]
        table.add_row(
            name,
            f"{statistics.median(one.rate for one in each):,.0f}",
            *(f"{value:.1f}" for value in percentiles),
            f"{statistics.median(one.cpu_time for one in each) * 1000:.2f}",
        )
    Console(width=120).print(table)


def report_trees(trees: dict[str, TreeRun]) -> None:
    table = Table("", "covered a second", "proof ms", "rows", box=None)
    for name, tree in trees.items():
        table.add_row(name, f"{tree.covered:,.0f}", f"{tree.proof * 1000:.2f}", str(tree.rows))
    Console(width=120).print(table)


def report_packs(packs: dict[str, PackRun]) -> None:
    table = Table("", "pack written s", "verified s", "entries", box=None)
    for name, pack in packs.items():
        table.add_row(name, f"{pack.written:.1f}", f"{pack.verified:.1f}", f"{pack.entries:,}")
    Console(width=120).print(table)


def list_figures(runs: dict[str, list[WriterRun]], databases: dict[str, Ledger]) -> Iterator[Figure]:
    for database in databases:
        rates = {
            kind: statistics.median(each.rate for each in runs[f"{kind}, {database}, {WRITERS} writers"])
            for kind in ("entry", "answer")
        }
        appends = Figure(row="ledger appends, eight writers", value=rates["entry"], unit="a second")
        yield replace(appends, database=database, beside="at least", reference=1000.0)
        yield Figure(row="answers, eight people", value=rates["answer"], unit="a second", database=database)


def main() -> None:
    parser = command_line("ledger", __doc__)
    parser.add_argument("--entries", type=positive_number, default=ENTRIES, help="entries of each round")
    parser.add_argument("--answers", type=positive_number, default=ANSWERS, help="answers of each round")
    parser.add_argument("--rounds", type=positive_number, default=ROUNDS, help="how often each is measured")
    parser.add_argument(
        "--leaves", type=positive_number, default=LEAVES, help="leaves of the tree for proofs"
    )
    parser.add_argument("--reviews", type=positive_number, default=REVIEWS, help="reviews of a pack")
    arguments = parser.parse_args()
    with open_databases(arguments) as databases, ExitStack() as stack:
        ledgers = {name: Ledger(made.new()) for name, made in databases.items()}
        for ledger in ledgers.values():
            stack.callback(ledger.engine.dispose)
        numbers = {"entries": arguments.entries, "answers": arguments.answers, "rounds": arguments.rounds}
        runs = measure(ledgers, **numbers)
        report(runs)
        for name, ledger in ledgers.items():
            heads = [read_pinned_head(ledger.engine)]
            stored = (each.read for each in iterate_stored(ledger.engine))
            if not verify(stored, from_start=True, saved_heads=heads).intact:
                raise SystemExit(f"{name}: the ledger does not verify")
        trees, packs = {}, {}
        for name, ledger in ledgers.items():
            empty = create_engine(databases[name].new())
            stack.callback(empty.dispose)
            trees[name] = measure_tree(ledger.engine, empty, LedgerKeys(current=KEY), leaves=arguments.leaves)
            filled = create_engine(databases[name].new())
            stack.callback(filled.dispose)
            packs[name] = measure_pack(filled, LedgerKeys(current=KEY), reviews=arguments.reviews)
        report_trees(trees)
        report_packs(packs)
        figures = [*list_figures(runs, ledgers), *list_tree_figures(trees), *list_pack_figures(packs)]
        hand_over(arguments, figures)


if __name__ == "__main__":
    main()
