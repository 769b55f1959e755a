"""What `ledger export` hands out of a period: one piece of the chain, whatever clocks wrote the entries."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from store.unit_of_work import SqlUnitOfWork
from tests.reviews.desk import Desk
from tests.reviews.samples import START, event
from tests.runtime.command import CommandResult, run_command

if TYPE_CHECKING:
    from pathlib import Path

    import sqlalchemy as sa

SECOND = timedelta(seconds=1)
LATER = timedelta(days=1)
MIDNIGHT = START + LATER
# When each entry says that it was written: by hosts whose clocks are two seconds apart.
WRITTEN = [MIDNIGHT + past for past in (-LATER, -SECOND, SECOND, -SECOND, SECOND, LATER)]
OUTSIDE = "1 of the 4 entries is outside the period by the clock that wrote it"


@pytest.fixture
def address(database_url: str, engine: sa.Engine) -> str:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    for number, at in enumerate(WRITTEN, start=1):
        desk.clock.now = at
        desk.open(event(file_id=f"f{number}"))
    return database_url


def export(address: str, *arguments: str) -> CommandResult:
    return run_command(["ledger", "export", *arguments], DATABASE_URL=address)


def numbers(done: CommandResult) -> list[int]:
    return [json.loads(line)["seq"] for line in done.out.splitlines()]


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        (("--from", MIDNIGHT.isoformat()), [3, 4, 5, 6]),
        (("--to", MIDNIGHT.isoformat()), [1, 2, 3, 4]),
        (("--from", (START + SECOND).isoformat(), "--to", MIDNIGHT.isoformat()), [2, 3, 4]),
        ((), [1, 2, 3, 4, 5, 6]),
        (("--from", (START + SECOND).isoformat(), "--to", (MIDNIGHT - 2 * SECOND).isoformat()), []),
        (("--from", (MIDNIGHT + 2 * LATER).isoformat()), []),
    ],
)
def test_a_period_is_the_smallest_piece_of_the_chain_that_covers_it(
    address: str, tmp_path: Path, bounds: tuple[str, ...], expected: list[int]
) -> None:
    done = export(address, *bounds)

    assert (done.code, numbers(done)) == (0, expected)
    file = tmp_path / "ledger.jsonl"
    file.write_text(done.out)
    assert run_command(["ledger", "verify", "--part", str(file)], DATABASE_URL="nonsense").code == 0


def test_an_export_says_how_many_of_its_entries_lie_outside_of_the_period(address: str) -> None:
    done = export(address, "--from", MIDNIGHT.isoformat())

    assert done.err.startswith(OUTSIDE)
    assert export(address).err == ""


def test_a_spreadsheet_marks_the_entries_that_lie_outside_of_the_period(address: str) -> None:
    done = export(address, "--format", "csv", "--from", MIDNIGHT.isoformat())

    rows = list(csv.DictReader(done.out.splitlines()))
    assert [(row["seq"], row["outside_period"]) for row in rows] == [
        ("3", ""), ("4", "yes"), ("5", ""), ("6", ""),
    ]  # fmt: skip
    assert done.err.startswith(OUTSIDE)
