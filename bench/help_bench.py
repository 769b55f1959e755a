"""What the help of the command line and a Tab cost, beside a program that imports all its commands for that.

    ./dev bench help [--rounds 7]

Processor time in milliseconds of a whole process, from its start to its end; each in turn in each round, and
of the rounds the median. The program that imports all commands prints the same help.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.command_line import command_line, positive_number
from bench.figures import Figure, hand_over
from runtime.commands.completion import VARIABLE

ROOT = Path(__file__).parents[1]
ROUNDS = 7
HELP, TAB, ALL = "help", "completion at a Tab", "all commands imported"
_IMPORT_ALL = """
from runtime.cli import cli
from runtime.commands.command_table import COMMANDS
from runtime.commands.lazy_group import GroupPlaces

def load(places):
    for name, place in places.items():
        load(place.places) if isinstance(place, GroupPlaces) else place.load(name)

load(COMMANDS)
cli(["--help"])
"""
PROGRAMS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    HELP: (("-m", "runtime", "--help"), {}),
    TAB: (
        ("-m", "runtime"),
        {
            VARIABLE: "bash_complete",
            "COMP_WORDS": "docspace-review reviews list --o",
            "COMP_CWORD": "3",
        },
    ),
    ALL: (("-c", _IMPORT_ALL), {}),
}


def measure(name: str) -> float:
    """Return the milliseconds of processor time of one process."""
    arguments, environment = PROGRAMS[name]
    before = _count_seconds()
    subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return (_count_seconds() - before) * 1000


def _count_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    parser = command_line("help", __doc__, databases=False)
    parser.add_argument("--rounds", type=positive_number, default=ROUNDS, help="how often each is measured")
    arguments = parser.parse_args()
    times: defaultdict[str, list[float]] = defaultdict(list)
    for name in PROGRAMS:
        measure(name)  # what was compiled then need not be compiled again
    for _ in range(arguments.rounds):
        for name in PROGRAMS:
            times[name].append(measure(name))
    medians = {name: statistics.median(each) for name, each in times.items()}
    table = Table("program", "ms", "of all commands", box=None)
    for name, median in medians.items():
        table.add_row(name, f"{median:.0f}", f"{median / medians[ALL]:.2f}")
    Console(width=120).print(table)
    hand_over(
        arguments,
        [
            Figure(row=row, value=medians[row], unit="ms", beside=ALL, reference=medians[ALL])
            for row in (HELP, TAB)
        ],
    )


if __name__ == "__main__":
    main()
