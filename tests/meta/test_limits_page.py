"""The numbers on the page of limits are those of the code."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

import pytest

from runtime.call_limits.call_allowance import CallRate
from runtime.worker.capacity import MAX_JOBS, Lane
from store.limits import POOLS, WorkKind
from tests.meta.pages_of_docs import ROOT

PAGE = (ROOT / "docs/limits.md").read_text()
ROWS = re.findall(r"^\| ([^|]+) \| ([^|]+) \| `([\w/]+)\.py` `([A-Z_]+)` \| [^|]+ \|$", PAGE, re.MULTILINE)
UNITS = {"KiB": 1024, "MiB": 1024**2, "MB": 1_000_000}
NUMBER = re.compile(r"(\d[\d,]*)(?: (KiB|MiB|MB)\b)?")


def read_number(value: Any) -> float:
    """Return the number of a constant; of a rate that of a second, of jobs that of comparisons."""
    if isinstance(value, CallRate):
        return value.per_second
    return MAX_JOBS[Lane.COMPARISONS] if value is MAX_JOBS else float(value)


@pytest.mark.parametrize(("what", "limit", "module", "name"), ROWS, ids=[row[0] for row in ROWS])
def test_a_limit_is_what_the_code_has(what: str, limit: str, module: str, name: str) -> None:
    value = read_number(getattr(import_module(module.replace("/", ".")), name))

    numbers = [int(digits.replace(",", "")) * UNITS.get(unit, 1) for digits, unit in NUMBER.findall(limit)]

    assert value in numbers, what


def test_every_row_of_the_table_names_its_constant() -> None:
    table = PAGE.partition("\n## Limits\n")[2]

    assert len(ROWS) == len(re.findall(r"^\| ", table, re.MULTILINE)) - 1


@pytest.mark.parametrize(
    ("process", "kinds"),
    [
        ("`serve` |", (WorkKind.RECEIVE, WorkKind.SERVE, WorkKind.BEAT)),
        ("`web`", (WorkKind.RECEIVE, WorkKind.REQUEST)),
        ("`worker` |", (WorkKind.WORKER, WorkKind.BEAT)),
        ("`worker` with", (WorkKind.SERVE, WorkKind.BEAT)),
    ],
)
def test_a_process_takes_as_many_connections_as_its_pools_hold(
    process: str, kinds: tuple[WorkKind, ...]
) -> None:
    """One more is opened for a moment, to find the holder of the ledger's head (`store/limits.py`)."""
    [row] = [line for line in PAGE.splitlines() if line.startswith(f"| {process}")]

    most = sum(POOLS[kind].size + POOLS[kind].max_overflow for kind in kinds) + 1

    assert int(row.rsplit("|", 2)[1]) == most
