"""SQLite's files, which only their owner may read: they hold titles, names and notes in clear."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

OWNER_ALONE = 0o600
_OTHERS = 0o077
_SUFFIXES = ("", "-wal", "-shm")


def keep_private(engine: sa.Engine) -> None:
    """Create the file of an engine for its owner alone, whatever the umask, before SQLite opens it.

    SQLite gives the files that it creates beside it the same mode (`findCreateFileMode` in its os_unix.c). An
    existing file keeps its mode.
    """
    sa.event.listen(engine, "do_connect", _create_file)


def stop_creating(engine: sa.Engine) -> None:
    """Undo that, for an engine that may only open an existing file."""
    if sa.event.contains(engine, "do_connect", _create_file):
        sa.event.remove(engine, "do_connect", _create_file)


def find_shared_files(file: Path) -> list[Path]:
    """Return the file and those beside it, as far as others on this machine may read or change them.

    A link is followed: SQLite puts the others beside the target of the link.
    """
    files = (Path(f"{os.path.realpath(file)}{ending}") for ending in _SUFFIXES)
    return [each for each in files if each.exists() and each.stat().st_mode & _OTHERS]


def _create_file(_dialect: sa.Dialect, _record: Any, arguments: list[Any], _options: Any) -> None:
    # If the file exists or can't be created, SQLite opens it or reports why not. A link's target is created
    # too.
    with suppress(OSError):
        file = os.path.realpath(arguments[0])
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, OWNER_ALONE))
