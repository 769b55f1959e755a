"""SQLite's files belong to the user who runs the program, and to no other on the machine."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from store.database_address import UnusableAddress
from store.engine import create_engine
from store.private_files import find_shared_files

if TYPE_CHECKING:
    from pathlib import Path

_OPENED = """
import os, sys
os.umask(int(sys.argv[2], 8))
from store.database_address import UnusableAddress
from store.engine import create_engine
with create_engine(f"sqlite:///{sys.argv[1]}").begin() as connection:
    connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS one (id INTEGER)")
    for ending in ("", "-wal", "-shm"):
        print(oct(os.stat(os.path.realpath(sys.argv[1]) + ending).st_mode & 0o777))
"""


def opened(file: Path, *, umask: str) -> list[str]:
    """Open a database in a process with this umask; return the modes of its three files."""
    command = [sys.executable, "-c", _OPENED, str(file), umask]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize("umask", ["000", "022", "077"])
def test_the_file_and_those_beside_it_are_made_for_their_owner_alone(tmp_path: Path, umask: str) -> None:
    assert opened(tmp_path / "new.db", umask=umask) == ["0o600"] * 3


def test_a_file_that_a_link_leads_to_is_made_so_too(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "real.db")

    assert opened(tmp_path / "link.db", umask="000") == ["0o600"] * 3
    assert (tmp_path / "real.db").is_file()


def test_a_file_that_is_there_keeps_its_mode_and_is_named(tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    file.touch()
    file.chmod(0o640)

    modes = opened(file, umask="022")

    assert modes == ["0o640"] * 3
    assert find_shared_files(file) == [file]
    file.chmod(0o600)
    assert find_shared_files(file) == []


def test_a_file_in_no_folder_is_left_to_sqlite_to_refuse(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="unable to open database file"):
        create_engine(f"sqlite:///{tmp_path}/no/where.db").connect()


def test_an_address_that_sqlite_reads_as_a_uri_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableAddress, match="by a URI"):
        create_engine(f"sqlite:///file:{tmp_path}/a.db?uri=true")
    assert list(tmp_path.iterdir()) == []
