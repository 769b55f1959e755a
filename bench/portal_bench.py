"""What a change and a sweep cost where one folder is watched, and on a very large portal.

    ./dev bench portal [--folders 100000] [--routes 300] [--rounds 100]

Large means two things: so many folders are watched, over so many routes; or one is watched and so many known
folders lie in it. On SQLite and on PostgreSQL, in one run on one machine, interleaved; compare within a row.
What a change takes includes the stand-in portal.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from bench.command_line import command_line, open_databases, positive_number
from bench.figures import Figure, hand_over
from bench.many_reviews import analyze
from bench.watched import ALL, FIRST, FIRST_FILE, ROUTES, move_in, move_out, watched
from demo import BOB, COMPLIANCE
from reviews.routes.route import Route, Routes, Target
from runtime.observe.health import Health
from store.schema import baselines, folders

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterator

    from bench.watched import Watched

FILES = 500
BETWEEN = 1.5  # seconds; DocSpace tells moves of one folder within one second apart by nothing
QUARTER = 900.0  # seconds, until the next sweep
AT_ONCE = 5000
ONE, WATCHED, KNOWN_FILES = "one watched", "many watched", "many in it"


@dataclass(frozen=True, kw_only=True)
class Cost:
    statements: int
    milliseconds: float


@contextmanager
def counted(engine: sa.Engine) -> Iterator[list[str]]:
    """Yield the statements that are sent to the database meanwhile."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    yield statements
    sa.event.remove(engine, "before_cursor_execute", note)


def many_routes(count: int, watched_folders: int) -> Routes:
    """Return the bench's route behind so many others that share so many folders."""
    of_each = watched_folders // count
    others = (
        Route(
            name=f"route {number}",
            watch=tuple(f"w{number}-{each}" for each in range(of_each)),
            owners=("owner@example.com",),
            notify=(Target(notifier="console", address=""),),
        )
        for number in range(count)
    )
    return Routes([*others, *ROUTES.all])


def know_many(engine: sa.Engine, count: int) -> None:
    """Write down so many folders in the watched one, a hundred in each of those above them."""
    at = sa.func.current_timestamp()
    with engine.begin() as connection:
        for start in range(0, count, AT_ONCE):
            connection.execute(
                sa.insert(folders).values(known_since=at, seen_at=at),
                [_make_folder_row(number) for number in range(start, min(start + AT_ONCE, count))],
            )


def _make_folder_row(number: int) -> dict[str, str]:
    parent = str(ALL) if number < 100 else f"k{number // 100}"
    return {"id": f"k{number}", "parent_id": parent, "title": f"Known {number}"}


def have_swept(watched_portal: Watched) -> None:
    """Let all watched folders but the bench's count as swept just now."""
    now = watched_portal.clock()
    watched_portal.sweep.list_due_folders(started_at=now)
    with watched_portal.engine.begin() as connection:
        others = sa.update(baselines).where(baselines.c.folder_id != str(COMPLIANCE))
        connection.execute(
            others.values(finished_at=now, swept_to=now, tried_at=now, due_at=now, listed_at=now)
        )


def changes(number: int) -> dict[str, Callable[[Watched], object]]:
    """Return what happens in a round, each by its name."""
    file = FIRST_FILE + number % FILES
    move = move_in if number % 2 else move_out
    return {
        "a save": lambda watched_portal: watched_portal.cost(
            lambda p: p.save(file, by=BOB.id), after=BETWEEN
        ),
        "a new name": lambda watched_portal: watched_portal.cost(
            lambda p: p.rename(file, f"Name {number}.docx", by=BOB.id), after=BETWEEN
        ),
        "a folder in or out": lambda watched_portal: watched_portal.cost(move(FIRST), after=BETWEEN),
        "which sweeps are due": lambda watched_portal: watched_portal.sweep.list_due_folders(
            started_at=watched_portal.clock()
        ),
        "completeness in /healthz": lambda watched_portal: Health(
            engine=watched_portal.engine, clock=watched_portal.clock, routes=watched_portal.routes
        ).check_parts(),
    }


def measure(watched_portals: dict[str, Watched], rounds: int) -> dict[str, dict[str, list[Cost]]]:
    """Return what each thing cost in each portal, by its name and the portal's."""
    costs: dict[str, dict[str, list[Cost]]] = defaultdict(lambda: defaultdict(list))
    for number in range(-2, rounds):
        for name in changes(number):
            for size, watched_portal in watched_portals.items():
                with counted(watched_portal.engine) as statements:
                    began = time.perf_counter()
                    changes(number)[name](watched_portal)
                    milliseconds = (time.perf_counter() - began) * 1000
                if number >= 0:
                    costs[name][size].append(Cost(statements=len(statements), milliseconds=milliseconds))
    return costs


def calls_of_sweeps(watched_portal: Watched) -> tuple[int, int]:
    """Return the calls of a sweep of the unchanged folder, and of one that comes to its listing."""
    folder, counts = str(COMPLIANCE), []
    watched_portal.sweep.run([folder])
    for after in (QUARTER, 30 * 24 * 3600.0):
        watched_portal.clock.skip(after)
        # The log of deliveries is read once for all folders.
        watched_portal.sweep.sweep_due_folder("", started_at=watched_portal.clock())
        watched_portal.portal.faults.forget_calls()
        watched_portal.sweep.sweep_due_folder(folder, started_at=watched_portal.clock())
        counts.append(watched_portal.portal.faults.counts().total())
    return counts[0], counts[1]


def report(
    database: str, costs: dict[str, dict[str, list[Cost]]], sweeps: dict[str, tuple[int, int]]
) -> None:
    sizes = (ONE, WATCHED, KNOWN_FILES)
    heads = itertools.chain.from_iterable((f"ms, {size}", "ratio", "statements") for size in sizes)
    table = Table(database, *heads, box=None)
    for name, of_sizes in costs.items():
        base = statistics.median(cost.milliseconds for cost in of_sizes[ONE])
        row = []
        for size in sizes:
            of_size = of_sizes[size]
            middle = statistics.median(cost.milliseconds for cost in of_size)
            most = max(cost.statements for cost in of_size)
            row += [f"{middle:.1f}", f"{middle / base:.2f}", str(most)]
        table.add_row(name, *row)
    for number, name in enumerate(("calls, an unchanged folder", "calls, with its listing")):
        table.add_row(name, *(cell for size in sizes for cell in (str(sweeps[size][number]), "", "")))
    Console(width=160).print(table, "")


def run(database: str, new: Callable[[], str], arguments: Namespace) -> Figure:
    with ExitStack() as opened:
        rules = {ONE: ROUTES, WATCHED: many_routes(arguments.routes, arguments.folders), KNOWN_FILES: ROUTES}
        watched_portals = {
            size: opened.enter_context(watched(FILES, new(), routes)) for size, routes in rules.items()
        }
        for watched_portal in watched_portals.values():
            watched_portal.look()
            have_swept(watched_portal)
        know_many(watched_portals[KNOWN_FILES].engine, arguments.folders)
        for watched_portal in watched_portals.values():
            analyze(watched_portal.engine)
        costs = measure(watched_portals, arguments.rounds)
        sweeps = {size: calls_of_sweeps(watched_portal) for size, watched_portal in watched_portals.items()}
        report(database, costs, sweeps)
    one, many = (
        statistics.median(cost.milliseconds for cost in costs["a save"][size]) for size in (ONE, WATCHED)
    )
    figure = Figure(row="a save, many folders watched", value=many, unit="ms", database=database)
    return replace(figure, beside="one watched", reference=one)


def main() -> None:
    parser = command_line("portal", __doc__)
    parser.add_argument("--folders", type=positive_number, default=100_000, help="folders that are watched")
    parser.add_argument("--routes", type=positive_number, default=300, help="routes that watch them")
    parser.add_argument("--rounds", type=positive_number, default=100, help="how often each is measured")
    arguments = parser.parse_args()
    with open_databases(arguments) as databases:
        figures = [run(name, made.new, arguments) for name, made in databases.items()]
    hand_over(arguments, figures)


if __name__ == "__main__":
    main()
