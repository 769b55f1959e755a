"""Every bench: its rows in `bench/README.md`, its arguments in a short run, and how long a whole one takes.

A new bench is a module `bench/<name>_bench.py`, an entry here, and its rows in the README.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A bench; `rows` are the names of the figures that it hands over."""

    name: str
    rows: tuple[str, ...]
    quick: str | None = None
    """Its arguments in `./dev bench --quick`; without them it takes too long for that."""
    whole: str = ""
    """Its arguments where the figures of the README are made."""
    minutes: float
    """How long the whole takes, on two idle cores."""

    @property
    def module(self) -> str:
        return f"bench.{self.name}_bench"

    def arguments(self, *, quick: bool) -> list[str]:
        return shlex.split((self.quick or "") if quick else self.whole)

    @property
    def command(self) -> str:
        """What a reader types to measure its rows."""
        return f"./dev bench {self.name} {self.whole}".rstrip()


BENCHES = (
    Bench(
        name="intake",
        rows=(
            "deliveries a second",
            "the slowest of a hundred deliveries",
        ),
        quick="--requests 1000 --rounds 2",
        minutes=1.5,
    ),
    Bench(
        name="peers",
        rows=(
            "deliveries a second, beside a flow",
            "the slowest of a hundred, same load",
            "deliveries a second, API at once",
            "the sender's wait, API at once",
            "deliveries a second, API of 50 ms",
            "the sender's wait, API of 50 ms",
            "deliveries a second, API of 2 s",
            "the sender's wait, API of 2 s",
        ),
        quick="--rounds 1 --seconds 2 --requests 500",
        minutes=10,
    ),
    Bench(
        name="slow",
        rows=(
            "a delivery beside 40 slow heads",
            "a delivery beside 40 slow bodies",
        ),
        minutes=1,
    ),
    Bench(
        name="event",
        rows=(
            "processor time of an event",
            "of PostgreSQL's server",
            "event to card",
        ),
        quick="--events 60 --rounds 1",
        minutes=4,
    ),
    Bench(
        name="delivery",
        rows=(
            "cards over 20 channels, of one a second",
            "the same beside one that hangs",
            "cards to the console",
        ),
        quick="--cards 60",
        minutes=3,
    ),
    Bench(
        name="backlog",
        rows=("a backlog, two workers",),
        minutes=15,
    ),
    Bench(
        name="flood",
        rows=(
            "uploads at once, until their card",
            "another route meanwhile, event to card",
        ),
        minutes=60,
    ),
    Bench(
        name="click",
        rows=(
            "a click",
            "the slowest of a hundred clicks",
            "processor time of a click",
        ),
        quick="--clicks 100",
        whole="--reviews 1000000",
        minutes=8,
    ),
    Bench(
        name="clock",
        rows=(
            "the clock, nothing due",
            "the clock, twenty steps",
        ),
        quick="--reviews 2000 --rounds 20",
        minutes=3,
    ),
    Bench(
        name="ledger",
        rows=(
            "ledger appends, eight writers",
            "answers, eight people",
            "entries that a checkpoint covers",
            "proofs of an entry, of ten million",
            "the pack of a year",
            "`ledger verify` of such a pack",
        ),
        quick="--entries 200 --answers 50 --rounds 1 --leaves 100000 --reviews 100",
        minutes=3,
    ),
    Bench(
        name="code",
        rows=("asking for a code, as an owner",),
        minutes=2,
    ),
    Bench(
        name="idle",
        rows=(
            "start of `serve`",
            "start of `web`",
            "start of `worker`",
            "idle `serve`",
            "idle `web`",
            "idle `worker`",
            "memory of `serve`",
            "memory of `web`",
            "memory of `worker`",
        ),
        quick="--seconds 5",
        whole="--events 2000",
        minutes=12,
    ),
    Bench(
        name="list",
        rows=(
            "lists that grow",
            "`stats 92d`",
        ),
        quick="--rounds 3 --reviews 20000",
        minutes=15,
    ),
    Bench(
        name="history",
        rows=("the history page, with charts",),
        minutes=15,
    ),
    Bench(
        name="scrape",
        rows=("a scrape of `/metrics`",),
        minutes=15,
    ),
    Bench(
        name="verify",
        rows=(
            "`ledger verify` of the database",
            "`ledger verify` of a file",
            "its memory, of a file",
        ),
        quick="--reviews 20000",
        minutes=3,
    ),
    Bench(
        name="compare",
        rows=(
            "300 pages of DOCX compared",
            "its memory, DOCX",
            "50,000 cells of XLSX compared",
            "its memory, XLSX",
            "200 slides of PPTX compared",
            "its memory, PPTX",
            "500 pages of PDF compared",
            "its memory, PDF",
        ),
        quick="",
        minutes=0.5,
    ),
    Bench(
        name="change",
        rows=(
            "a save, 20,000 files watched",
            "a folder moved in, the same",
        ),
        minutes=10,
    ),
    Bench(
        name="portal",
        rows=("a save, many folders watched",),
        minutes=10,
    ),
    Bench(
        name="sweep",
        rows=("calls of a sweep, nothing missing",),
        minutes=3,
    ),
    Bench(
        name="answer",
        rows=("memory of an answer that is too long",),
        minutes=0.5,
    ),
    Bench(
        name="retention",
        rows=(
            "room of an event",
            "of which stays",
        ),
        minutes=20,
    ),
    Bench(
        name="migrate",
        rows=("an upgrade, the longest wait of an event",),
        minutes=3,
    ),
    Bench(
        name="year",
        rows=(
            "event to card, after a year",
            "a click, after a year",
        ),
        minutes=120,
    ),
    Bench(
        name="help",
        rows=("help", "completion at a Tab"),
        quick="--rounds 3",
        minutes=0.5,
    ),
)


def find_bench(name: str) -> Bench:
    return next(bench for bench in BENCHES if bench.name == name)
