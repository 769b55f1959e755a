"""What a change costs where a hundred files are watched, and where twenty thousand are.

    ./dev bench change

The first look at the watched folder, then changes of different files while folders and people are known:
calls to the portal, and how long one takes, the stand-in portal's part included. On SQLite, in one run on one
machine, interleaved; compare within a row.
"""

from __future__ import annotations

import itertools
import statistics
import tempfile
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.command_line import command_line
from bench.figures import SQLITE, Figure, hand_over
from bench.watched import ALL, FIRST, FIRST_FILE, Cost, FirstLook, Watched, move_in, move_out, watched
from demo import BOB
from tests.databases import SqliteDatabases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from demo import DemoPortal

FEW, MANY = 100, 20_000
CHANGES, FOLDER_MOVES, WARM_UP = 200, 20, 10
MOVED_IN = "a folder of 50 files in"
STRIDE = 97  # from one file to the next, so that they are spread over the folders
BETWEEN = 0.5  # seconds, so that what is known stays known until the end
BETWEEN_MOVES = 1.5  # DocSpace tells moves of one folder within one second apart by nothing

# By the file and how often it has been changed so before.
FILE_CHANGES: dict[str, Callable[[int, int], Callable[[DemoPortal], object]]] = {
    "a save": lambda file, _: lambda portal: portal.save(file, by=BOB.id),
    "a new name": lambda file, time: lambda portal: portal.rename(file, f"Name {time}.docx", by=BOB.id),
    "a lock, an unlock": lambda file, time: (
        lambda portal: portal.unlock(file, by=BOB.id) if time % 2 else portal.lock(file, by=BOB.id)
    ),
}

Costs = dict[str, list[Cost]]


def measure(watched_portals: Sequence[Watched]) -> list[Costs]:
    """Make every change in one portal after the other, so that noise on the machine meets all of them."""
    for number, change, watched_portal in itertools.product(
        range(WARM_UP), FILE_CHANGES.values(), watched_portals
    ):
        watched_portal.cost(change(FIRST_FILE + watched_portal.files - 1, number), after=BETWEEN)
    measured: list[Costs] = [defaultdict(list) for _ in watched_portals]
    for name, change in FILE_CHANGES.items():
        for number in track(range(CHANGES), description=name.capitalize(), transient=True):
            for watched_portal, costs in zip(watched_portals, measured, strict=True):
                file = FIRST_FILE + number * STRIDE % watched_portal.files
                costs[name].append(
                    watched_portal.cost(change(file, number // watched_portal.files), after=BETWEEN)
                )
    moves = [("a folder of 50 files out", move_out(FIRST)), (MOVED_IN, move_in(FIRST))]
    for name, move in [*moves * FOLDER_MOVES, ("a folder of all files out", move_out(ALL))]:
        for watched_portal, costs in zip(watched_portals, measured, strict=True):
            costs[name].append(watched_portal.cost(move, after=BETWEEN_MOVES))
    return measured


def report_looks(first_looks: dict[int, FirstLook]) -> None:
    table = Table("first look", "known", "API calls", "seconds", "most calls a minute", "refused", box=None)
    for files, look in first_looks.items():
        table.add_row(
            f"{files:,} files",
            f"{look.known_files:,}",
            f"{look.calls:,}",
            f"{look.seconds:.1f}",
            f"{look.max_calls:,}",
            str(look.refused),
        )
    Console(width=120).print(table, "")


def report_costs(few_costs: Costs, many_costs: Costs) -> None:
    sizes = f"{FEW:,} : {MANY:,}"
    table = Table("a change", "calls", f"ms, {sizes}", "ratio", f"p99, {sizes}", "ratio", "which", box=None)
    for name in few_costs:
        (p50, p99), (many_p50, many_p99) = _times(few_costs[name]), _times(many_costs[name])
        table.add_row(
            name,
            f"{_calls(few_costs[name])} : {_calls(many_costs[name])}",
            f"{p50:.1f} : {many_p50:.1f}",
            f"{many_p50 / p50:.2f}",
            f"{p99:.1f} : {many_p99:.1f}",
            f"{many_p99 / p99:.2f}",
            _which(many_costs[name]),
        )
    Console(width=150).print(table)


def _times(costs: list[Cost]) -> tuple[float, float]:
    """Return median and 99th percentile, in milliseconds."""
    times = sorted(cost.milliseconds for cost in costs)
    return statistics.median(times), times[min(len(times) * 99 // 100, len(times) - 1)]


def _calls(costs: list[Cost]) -> int:
    """Return how many calls the dearest of the changes took."""
    return max(cost.calls.total() for cost in costs)


def _which(costs: list[Cost]) -> str:
    dearest = max(costs, key=lambda cost: cost.calls.total())
    return ", ".join(name.removeprefix("GET /api/2.0/files/") for name in dearest.calls.elements())


def list_figures(few_costs: Costs, many_costs: Costs) -> Iterator[Figure]:
    for row, name in (("a save, 20,000 files watched", "a save"), ("a folder moved in, the same", MOVED_IN)):
        few, many = _times(few_costs[name])[0], _times(many_costs[name])[0]
        figure = Figure(row=row, value=many, unit="ms", database=SQLITE)
        yield replace(figure, beside=f"{FEW} files", reference=few)


def main() -> None:
    arguments = command_line("change", __doc__, databases=False).parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        databases = SqliteDatabases(Path(folder))
        watched_portals = [opened.enter_context(watched(files, databases.new())) for files in (FEW, MANY)]
        report_looks({watched_portal.files: watched_portal.look() for watched_portal in watched_portals})
        costs = measure(watched_portals)
        report_costs(*costs)
    hand_over(arguments, list_figures(*costs))


if __name__ == "__main__":
    main()
