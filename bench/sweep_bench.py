"""What a gap sweep costs where a hundred files are watched, and where twenty thousand are.

    ./dev bench sweep

First with nothing missing, then with the deliveries of some saves lost, and then with the webhook gone and
the saves in no log of deliveries. Calls to the portal, keeping to its limits, on SQLite, in one run on one
machine.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from bench.command_line import command_line
from bench.figures import SQLITE, Figure, hand_over
from bench.watched import FIRST_FILE, watched
from demo import BOB
from tests.databases import SqliteDatabases

if TYPE_CHECKING:
    from bench.watched import Watched

FEW, MANY = 100, 20_000
NOTHING = "nothing missing"
LOST = 100  # saves, each of another file
QUARTER = 900.0  # seconds, until the next sweep


def lose(watched_portal: Watched) -> None:
    """Have files saved of which no delivery tells."""
    for number in range(min(LOST, watched_portal.files)):
        watched_portal.portal.save(FIRST_FILE + number, by=BOB.id)
    watched_portal.sender.lose_queue()


def unsubscribe(watched_portal: Watched) -> None:
    for hook in watched_portal.sender.webhooks():
        watched_portal.sender.remove(hook.id)
    lose(watched_portal)


def main() -> None:
    arguments = command_line("sweep", __doc__, databases=False).parse_args()
    calls: dict[tuple[str, int], int] = {}
    table = Table(
        "a sweep", "files", "found", "API calls", "seconds", "most calls a minute", "refused", box=None
    )
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        databases = SqliteDatabases(Path(folder))
        for files in (FEW, MANY):
            watched_portal = opened.enter_context(watched(files, databases.new()))
            watched_portal.look()
            for name, act in (
                (NOTHING, lambda _: None),
                ("deliveries lost", lose),
                ("no webhook", unsubscribe),
            ):
                watched_portal.clock.skip(QUARTER)
                act(watched_portal)
                watched_portal.clock.skip(QUARTER)
                swept = watched_portal.find_missing()
                calls[name, files] = swept.calls
                table.add_row(
                    name,
                    f"{files:,}",
                    str(swept.known_files),
                    str(swept.calls),
                    f"{swept.seconds:.1f}",
                    f"{swept.max_calls:,}",
                    str(swept.refused),
                )
    Console(width=120).print(table)
    few, many = calls[NOTHING, FEW], calls[NOTHING, MANY]
    figure = Figure(row="calls of a sweep, nothing missing", value=many, database=SQLITE)
    hand_over(arguments, [replace(figure, beside=f"{FEW} files", reference=few)])


if __name__ == "__main__":
    main()
