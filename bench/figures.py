"""The figures that a bench hands over to the table of `bench/README.md`, beside what it prints itself."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from bench.catalogue import find_bench

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable
    from pathlib import Path

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
LEFT_OUT = "Left out:"
"""With this a bench begins a line about a peer that it can't measure here."""
DIGITS = ((100, 0), (10, 1), (0.1, 2), (0, 4))
"""Digits behind the point of a figure that is at least so large."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure of a row; without `database` it is the same for both, or has none."""

    row: str
    value: float
    unit: str = ""
    database: str = ""
    beside: str = ""
    """What it is held against: a peer of the same run, or `at least` or `at most` for a goal."""
    reference: float | None = None
    """The value of that, in the same unit."""

    @property
    def text(self) -> str:
        return format_number(self.value, self.unit)

    @property
    def beside_text(self) -> str:
        if self.reference is None:
            return self.beside
        return f"{self.beside} {format_number(self.reference, self.unit)}"

    @property
    def ratio(self) -> str:
        return format_number(self.value / self.reference, "") if self.reference else ""


def format_number(value: float, unit: str) -> str:
    """Write a number with about three digits that count, and its unit."""
    digits = 0 if value == int(value) else next(each for least, each in DIGITS if abs(value) >= least)
    return f"{value:,.{digits}f} {unit}".rstrip()


def hand_over(arguments: Namespace, figures: Iterable[Figure]) -> None:
    """Write the figures to the file of `--figures`, if it was given; each row has to be in the catalogue."""
    figures = list(figures)
    rows = find_bench(arguments.bench).rows
    if unknown := {figure.row for figure in figures} - set(rows):
        raise SystemExit(f"bench/catalogue.py has no such rows for {arguments.bench}: {sorted(unknown)}")
    if arguments.figures:
        with arguments.figures.open("a") as file:
            file.writelines(json.dumps(asdict(figure)) + "\n" for figure in figures)


def read_figures(file: Path) -> list[Figure]:
    if not file.exists():
        return []
    return [Figure(**json.loads(line)) for line in file.read_text().splitlines()]
