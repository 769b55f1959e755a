"""Ask every door many thousand odd things: what it answered, how often and how slowly.

.venv/bin/python -m tests.fuzz.run --requests 200000 --database sqlite --seed 1
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.databases import SqliteDatabases, postgres_databases
from tests.fuzz.installation import open_installation
from tests.fuzz.properties import DOORS, FORGED, mistakes

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from tests.fuzz.installation import FuzzedApplication
    from tests.fuzz.properties import Door
    from tests.fuzz.sending import RawRequest

EXAMPLES, TOGETHER = 60, 8
"""Examples of a door before the next has its turn, and the requests of each."""
SHOWN = 5
"""Mistakes that are shown of each door."""


@dataclass
class DoorFigures:
    """What one door answered. Times in milliseconds."""

    statuses: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0
    slowest_request: str = ""
    wrong: int = 0

    def line(self, door: str) -> str:
        statuses = "  ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items()))
        return f"{door:24} {self.statuses.total():>8}  slowest {self.slowest:7.0f} ms  {statuses}"


class Log:
    """Counts what the program logged as a failure, by its name, in the place of all other lines."""

    def __init__(self) -> None:
        self.failures: Counter[str] = Counter()
        structlog.configure(processors=[self._count])
        logging.basicConfig(handlers=[logging.NullHandler()])

    def _count(self, _logger: Any, method: str, line: MutableMapping[str, Any]) -> Any:
        if method in {"error", "exception", "critical"}:
            self.failures[str(line.get("event"))] += 1
        raise structlog.DropEvent


def ask(at: FuzzedApplication, door: Door, *, round_seed: int, check: Callable[[RawRequest], None]) -> None:
    """Ask a door a round of things; the same seed asks the same where the installation is the same."""

    @seed(round_seed)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(door(at), min_size=TOGETHER, max_size=TOGETHER))
    def asked(requests: list[RawRequest]) -> None:
        for request in requests:
            check(request)

    asked()


def checked(at: FuzzedApplication, figures: DoorFigures, *, is_forged: bool) -> Callable[[RawRequest], None]:
    """Return what sends a request, counts the answer and prints what is wrong with it."""
    before = at.counts() if is_forged else {}

    def check(request: RawRequest) -> None:
        started = time.perf_counter()
        answer = at.send(request)
        took = (time.perf_counter() - started) * 1000
        figures.statuses[answer.status] += 1
        if took > figures.slowest:
            figures.slowest, figures.slowest_request = took, str(request)
        problems = mistakes(at, request, answer)
        if is_forged and at.counts() != before:
            problems.append(f"it has changed {before} to {at.counts()}")
            before.update(at.counts())
        if problems:
            figures.wrong += 1
            if figures.wrong <= SHOWN:
                print("WRONG:", *problems, f"\n{request}\n", sep="\n")

    return check


def attack(
    proven: FuzzedApplication, unproven: FuzzedApplication, *, requests: int, first_seed: int
) -> dict[str, DoorFigures]:
    """Go round the doors until so many requests were sent; say every now and then how far it is."""
    doors = [(name, door, proven) for name, door in DOORS.items()]
    doors += [(name, door, unproven) for name, door in FORGED.items()]
    figures = {name: DoorFigures() for name, _, _ in doors}
    sent, turn, started = 0, 0, time.monotonic()
    while sent < requests:
        for name, door, at in doors:
            check = checked(at, figures[name], is_forged=name in FORGED)
            ask(at, door, round_seed=first_seed * 1_000_003 + turn, check=check)
        turn += 1
        sent = sum(each.statuses.total() for each in figures.values())
        print(f"{sent} requests, {time.monotonic() - started:.0f} s", flush=True)
    return figures


def report(figures: dict[str, DoorFigures], log: Log, problems: list[str | None], *, slowest: bool) -> bool:
    """Print what was found and tell whether all held."""
    for door, each in figures.items():
        print(each.line(door))
        if slowest:
            print(each.slowest_request)
    print("logged as failures:", dict(log.failures) or "nothing")
    print("the record:", *(problem or "holds" for problem in problems))
    return not any(each.wrong for each in figures.values()) and not any(problems)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=200_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--slowest", action="store_true", help="show the slowest request of each door")
    asked = parser.parse_args()
    log = Log()
    with ExitStack() as stack:
        if asked.database == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            new = SqliteDatabases(Path(folder)).new
        else:
            new = stack.enter_context(postgres_databases()).new
        proven, unproven = (stack.enter_context(open_installation(new())) for _ in range(2))
        figures = attack(proven, unproven, requests=asked.requests, first_seed=asked.seed)
        problems = [proven.problem(), unproven.problem()]
        held = report(figures, log, problems, slowest=asked.slowest)
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
