"""Runs benches, and shows what they hand over as one table.

./dev bench                      all of them, one after the other
./dev bench --quick [NAME ...]   with small numbers, those that have such; five minutes on two idle cores
./dev bench --table [NAME ...]   all or these, and write figures into bench/README.md; of all, the machine too
./dev bench NAME [ARGUMENT ...]  one of them, as it prints itself
./dev bench NAME --help          what a bench measures, and its arguments
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench.catalogue import BENCHES, find_bench
from bench.figures import LEFT_OUT, Figure, read_figures
from bench.machine import describe_machine
from bench.page import PAGE, write_figures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.catalogue import Bench

NAMES = [bench.name for bench in BENCHES]
CONSOLE = Console(width=150)
QUICK_MINUTES = 5


def run(bench: Bench, figures: Path, log: Path, *, quick: bool) -> bool:
    """Run a bench in a process of its own; return whether it ran to its end."""
    command = [sys.executable, "-m", bench.module, "--figures", str(figures)]
    with log.open("wb") as output:
        done = subprocess.run(
            [*command, *bench.arguments(quick=quick)], stdout=output, stderr=output, check=False
        )
    return done.returncode == 0


def run_all(benches: Sequence[Bench], folder: Path, *, quick: bool) -> tuple[list[Figure], list[str]]:
    """Return the figures of all, and the names of those that did not come to their end."""
    figures, failed = [], []
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=CONSOLE, transient=True) as progress:
        for number, bench in enumerate(benches, 1):
            task = progress.add_task(f"{number} of {len(benches)}: {bench.name}")
            began, file, log = time.monotonic(), folder / f"{bench.name}.jsonl", folder / f"{bench.name}.log"
            ran = run(bench, file, log, quick=quick)
            progress.remove_task(task)
            progress.console.print(f"{bench.name}: {time.monotonic() - began:.0f} s", highlight=False)
            figures += read_figures(file)
            for line in log.read_text().splitlines():
                if line.startswith(LEFT_OUT):
                    progress.console.print(line, markup=False, highlight=False)
            if not ran:
                failed.append(bench.name)
                progress.console.print(log.read_text()[-2000:], markup=False, highlight=False)
    return figures, failed


def show(figures: Sequence[Figure], benches: Sequence[Bench]) -> None:
    of_row = {row: bench.name for bench in benches for row in bench.rows}
    table = Table("row", "database", "figure", "beside it", "ratio", "./dev bench", box=None)
    for figure in figures:
        cells = (figure.row, figure.database, figure.text, figure.beside_text, figure.ratio)
        table.add_row(*cells, of_row[figure.row])
    CONSOLE.print("", table)


def measures_all(benches: Sequence[Bench], failed: Sequence[str]) -> bool:
    """Return whether these are all benches, and all came to their end: the whole table is of one machine."""
    return set(benches) == set(BENCHES) and not failed


def choose(names: Sequence[str], *, quick: bool) -> list[Bench]:
    return [
        bench
        for bench in (map(find_bench, names) if names else BENCHES)
        if names or not quick or bench.quick is not None
    ]


def main() -> None:
    if sys.argv[1:] and sys.argv[1] in NAMES:
        module = find_bench(sys.argv[1]).module
        raise SystemExit(subprocess.call([sys.executable, "-m", module, *sys.argv[2:]]))
    parser = ArgumentParser(
        prog="./dev bench", description=__doc__, formatter_class=RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    kinds = parser.add_mutually_exclusive_group()  # figures of a short run are too rough for the page
    kinds.add_argument("--quick", action="store_true", help="with small numbers")
    kinds.add_argument("--table", action="store_true", help="write the figures into bench/README.md")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(NAMES):
        parser.error(f"no such bench: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    benches = choose(arguments.names, quick=arguments.quick)
    minutes = QUICK_MINUTES if arguments.quick else sum(bench.minutes for bench in benches)
    machine = describe_machine()
    CONSOLE.print(f"{machine}\n{minutes:.0f} minutes or less where nothing else runs.", highlight=False)
    with tempfile.TemporaryDirectory(prefix="docspace-review-bench-") as folder:
        figures, failed = run_all(benches, Path(folder), quick=arguments.quick)
    show(figures, benches)
    if arguments.table:
        is_whole = measures_all(benches, failed)
        PAGE.write_text(write_figures(PAGE.read_text(), figures, machine if is_whole else None))
        if not is_whole:
            CONSOLE.print("The table's machine was left as it is: not all benches ran to their end.")
    if failed:
        raise SystemExit(f"did not run to the end: {', '.join(failed)}")


if __name__ == "__main__":
    main()
