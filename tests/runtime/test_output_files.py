"""What `ledger receipt` and `ledger timestamp` write to a file, and what they leave alone."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from runtime.cli import cli
from runtime.evidence.ledger_key import LedgerKeys
from tests.databases import engine_on
from tests.edge.fake_authority import FakeAuthority
from tests.runtime.command import CommandResult, run_command
from tests.runtime.record import fill_record
from tests.runtime.signed_ledger import ORIGIN, make_key
from tests.runtime.timestamped_ledger import TimestampedLedger

if TYPE_CHECKING:
    from pathlib import Path

    from tests.databases import SqliteDatabases

KEY = replace(make_key(), secret="one-key-of-a-ledger-which-is-long-enough")
COMMANDS = {"receipt": ("receipt", "rev-1"), "timestamp": ("timestamp",)}


@pytest.fixture(scope="module")
def address(sqlite_databases: SqliteDatabases) -> str:
    """Return a signed ledger with reviews, whose checkpoint was timestamped. The commands only read it."""
    address = sqlite_databases.new()
    engine = engine_on(address)
    signed = TimestampedLedger(engine, LedgerKeys(current=KEY))
    fill_record(engine)
    signed.cover()
    with FakeAuthority(time=signed.clock.now) as authority:
        signed.use_authority(authority)
        assert signed.timestamping.ask_due()
    engine.dispose()
    return address


@pytest.fixture(params=COMMANDS)
def command(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return COMMANDS[request.param]


def write(address: str, command: tuple[str, ...], file: Path | str) -> CommandResult:
    settings = {"DATABASE_URL": address, "LEDGER_KEY": KEY.format(), "LEDGER_ORIGIN": ORIGIN}
    return run_command(["ledger", *command, "--out", str(file)], cli, **settings)


def list_names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if not each.name.endswith(".tsr"))


@pytest.mark.parametrize("is_link", [False, True])
def test_a_device_stays_and_is_named(
    address: str, command: tuple[str, ...], tmp_path: Path, *, is_link: bool
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    file = tmp_path / "link" if is_link else pipe
    if is_link:
        file.symlink_to(pipe)

    done = write(address, command, file)

    assert (done.code, done.out) == (2, "")
    assert f"can't write {file}: it is no regular file" in done.err
    assert pipe.is_fifo()
    assert {each.name for each in tmp_path.iterdir()} == {"pipe", file.name}


def test_the_timestamp_beside_it_is_no_device_either(address: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "checkpoint.tsr")

    done = write(address, COMMANDS["timestamp"], tmp_path / "checkpoint")

    assert done.code == 2
    assert "checkpoint.tsr: it is no regular file" in done.err
    assert [each.name for each in tmp_path.iterdir()] == ["checkpoint.tsr"]


def test_a_link_stays_and_the_file_behind_it_is_written(
    address: str, command: tuple[str, ...], tmp_path: Path
) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_text("earlier")
    link.symlink_to(file)

    done = write(address, command, link)

    assert (done.code, done.err) == (0, "")
    assert link.is_symlink()
    assert ORIGIN in file.read_text()
    assert list_names(tmp_path) == ["file", "link"]


def test_a_link_in_the_place_of_a_temporary_file_is_not_followed(
    address: str, command: tuple[str, ...], tmp_path: Path
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    for name in ("out", "out.tsr"):
        (tmp_path / f"{name}.{os.getpid()}").symlink_to(victim)

    done = write(address, command, tmp_path / "out")

    assert (done.code, done.err) == (0, "")
    assert victim.read_text() == "precious"
    assert ORIGIN in (tmp_path / "out").read_text()


@pytest.mark.parametrize("name", ["", "-"])
def test_a_name_of_no_file_is_an_unusable_argument(address: str, command: tuple[str, ...], name: str) -> None:
    done = write(address, command, name)

    assert (done.code, done.out) == (2, "")
    assert f"{name!r} is no name of a file" in done.err
