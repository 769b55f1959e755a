"""Checkpoints and timestamps of a pack are of the days after which they are named."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.evidence.signed_notes import NoteError
from runtime.pack.checkpoint_days import DayOrder, find_day_outside, require_day
from store.schema import daily_checkpoints, timestamps
from tests.databases import ON_SQLITE
from tests.pack.ledgers import SINCE, UNTIL
from tests.pack.packs import fill_signed, find_problem, write, write_filled

if TYPE_CHECKING:
    from pathlib import Path

    from tests.databases import SqliteDatabases

DAYS = ("2026-04-11", "2026-07-20", "2026-10-28")
"""Those of the checkpoints; the last two have timestamps."""
NEW_YEAR = date(2027, 1, 1)
NO_KEYS = frozenset[tuple[str, bytes]]()


@pytest.fixture(scope="module")
def written(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a pack that no test changes."""
    return write_filled(sqlite_databases, tmp_path_factory.mktemp("packs") / "pack")


@pytest.fixture
def pack(written: Path, tmp_path: Path) -> Path:
    """Return a copy of the pack, to be changed."""
    return shutil.copytree(written, tmp_path / "pack")


def rename_day(pack: Path, folder: str, day: str, other: str) -> None:
    for file in list((pack / folder).glob(f"{day}*")):
        file.rename(file.with_name(file.name.replace(day, other)))


@pytest.mark.parametrize(
    ("folder", "day", "other", "says"),
    [
        ("checkpoints", DAYS[0], "2026-13-40", "checkpoints/2026-13-40 is none of a pack's files"),
        ("checkpoints", DAYS[0], "2026-02-30", "checkpoints/2026-02-30 is none of a pack's files"),
        (
            "checkpoints",
            DAYS[0],
            "2025-12-31",
            "checkpoints has the day 2025-12-31, which is not of the pack's",
        ),
        (
            "checkpoints",
            DAYS[0],
            "2026-07-21",
            "checkpoints/2026-07-21: it has 67 entries, fewer than the 134 of 2026-07-20",
        ),
        (
            "timestamps",
            DAYS[1],
            "2020-01-01",
            (
                "timestamps/2020-01-01.checkpoint.tsr: it states 2026-07-20 01:00 UTC, which is not within a "
                "day of"
            ),
        ),
        (
            "timestamps",
            DAYS[1],
            "2026-07-22",
            "timestamps/2026-07-22.checkpoint.tsr: it states 2026-07-20 01:00",
        ),
    ],
)
def test_a_day_that_can_not_be_the_one_of_its_file_is_refused(
    pack: Path, folder: str, day: str, other: str, says: str
) -> None:
    rename_day(pack, folder, day, other)

    assert str(find_problem(pack)).startswith(says)


def copy_day(pack: Path, folder: str, day: str, other: str) -> None:
    for file in list((pack / folder).glob(f"{day}*")):
        shutil.copyfile(file, file.with_name(file.name.replace(day, other)))


@pytest.mark.parametrize(
    ("folder", "day", "other", "file"),
    [
        ("checkpoints", DAYS[2], "2026-12-31", "checkpoints/2026-12-31"),
        ("timestamps", DAYS[2], "2026-10-29", "timestamps/2026-10-29.checkpoint"),
        ("timestamps", DAYS[2], "2026-10-27", "timestamps/2026-10-28.checkpoint"),
    ],
)
def test_a_checkpoint_counts_for_one_day(pack: Path, folder: str, day: str, other: str, file: str) -> None:
    """Otherwise one timestamp would be three, and the last checkpoint one of each day after it."""
    copy_day(pack, folder, day, other)

    first = min(day, other)
    assert find_problem(pack) == f"{file}: it is the checkpoint of {first}, which is of one day alone"


def test_a_signature_of_another_key_makes_no_other_checkpoint(pack: Path) -> None:
    other = pack / "checkpoints" / "2026-12-31"
    shutil.copyfile(pack / "checkpoints" / DAYS[2], other)
    with other.open("a") as note:
        note.write("\u2014 someone.example.com c29tZXRoaW5n\n")

    problem = "checkpoints/2026-12-31: it is the checkpoint of 2026-10-28, which is of one day alone"
    assert find_problem(pack) == problem


def test_a_clock_may_be_wrong_by_a_day(pack: Path) -> None:
    rename_day(pack, "timestamps", DAYS[1], "2026-07-21")

    assert find_problem(pack) is None


@ON_SQLITE
def test_what_is_not_of_its_day_is_left_out_of_a_pack_and_said(engine: sa.Engine, tmp_path: Path) -> None:
    signed = fill_signed(engine)
    with engine.begin() as connection:
        april = sa.update(daily_checkpoints).where(daily_checkpoints.c.size == 67)
        connection.execute(april.values(day=date(2026, 8, 1)))
        july = sa.update(timestamps).where(timestamps.c.size == 134)
        connection.execute(july.values(day=date(2026, 7, 1)))

    left_out = write(signed, tmp_path / "pack").left_out

    assert left_out == (
        "checkpoints/2026-08-01: it has 67 entries, fewer than the 134 of 2026-07-20",
        (
            "timestamps/2026-07-01.checkpoint.tsr: it states 2026-07-20 01:00 UTC, which is not within a day "
            "of its name"
        ),
    )
    assert find_problem(tmp_path / "pack") is None


@ON_SQLITE
def test_no_proof_is_written_for_a_timestamp_that_is_left_out(engine: sa.Engine, tmp_path: Path) -> None:
    signed = fill_signed(engine)
    with engine.begin() as connection:
        connection.execute(sa.delete(daily_checkpoints))
        connection.execute(sa.update(timestamps).values(response=b"x"))

    write(signed, tmp_path / "pack")

    assert not (tmp_path / "pack" / "consistency").exists()
    assert find_problem(tmp_path / "pack") is None


# The rules


def test_a_later_day_has_as_many_entries_or_more() -> None:
    order = DayOrder()
    order.add_day(date(2026, 1, 1), 5, ("a", NO_KEYS))
    order.add_day(date(2026, 1, 2), 5, ("b", NO_KEYS))

    with pytest.raises(NoteError, match="it has 4 entries, fewer than the 5 of 2026-01-02"):
        order.add_day(date(2026, 1, 3), 4, ("c", NO_KEYS))
    with pytest.raises(NoteError, match="it is the checkpoint of 2026-01-02, which is of one day alone"):
        order.add_day(date(2026, 1, 3), 5, ("b", NO_KEYS))
    with pytest.raises(NoteError, match="it is the checkpoint of 2026-01-01, which is of one day alone"):
        order.add_day(date(2026, 1, 3), 5, ("a", NO_KEYS))


def test_a_timestamp_is_within_a_day_of_its_name_in_utc() -> None:
    at = datetime(2026, 1, 2, 1, 0, 0, 1, tzinfo=UTC)

    for day in (date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3)):
        require_day(at, day)
    for day in (date(2025, 12, 31), date(2026, 1, 4)):
        with pytest.raises(NoteError, match="it states 2026-01-02 01:00 UTC"):
            require_day(at, day)


@pytest.mark.parametrize(
    ("days", "outside"),
    [
        ([], None),
        ([SINCE.date(), date(2026, 12, 31), NEW_YEAR], None),
        ([date(2025, 12, 31), SINCE.date()], date(2025, 12, 31)),
        ([date(2026, 12, 31), NEW_YEAR + timedelta(days=9)], None),
        ([NEW_YEAR, NEW_YEAR + timedelta(days=1)], NEW_YEAR + timedelta(days=1)),
    ],
)
def test_days_are_of_the_period_or_the_first_after_it(days: list[date], outside: date | None) -> None:
    assert find_day_outside(days, since=SINCE, until=UNTIL) == outside
