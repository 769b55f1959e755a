"""SQLite's files, which nobody but their owner may read: they hold titles, names and notes in clear."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

OWNER_ALONE = 0o600
_OTHERS = 0o077
_BESIDE = ("", "-wal", "-shm")


def keep_private(engine: sa.Engine) -> None:
    """Have the file of an engine made for its owner alone, whatever the umask is, before SQLite opens it.

    SQLite gives what it makes beside the file the same mode (`findCreateFileMode` in its os_unix.c). A file
    that is there keeps its mode.
    """
    sa.event.listen(engine, "do_connect", _make)


def stop_creating(engine: sa.Engine) -> None:
    """Take that back, for an engine that may only open what is there."""
    if sa.event.contains(engine, "do_connect", _make):
        sa.event.remove(engine, "do_connect", _make)


def find_shared_files(file: Path) -> list[Path]:
    """Return the file and those beside it, as far as others of this machine may read or change them.

    A link is followed: SQLite puts the others beside the file that it leads to.
    """
    beside = (Path(f"{os.path.realpath(file)}{ending}") for ending in _BESIDE)
    return [each for each in beside if each.exists() and each.stat().st_mode & _OTHERS]


def _make(_dialect: sa.Dialect, _record: Any, arguments: list[Any], _options: Any) -> None:
    # It is there, or can't be made: SQLite opens it, or says why it does not. The link's end is made too.
    with suppress(OSError):
        file = os.path.realpath(arguments[0])
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, OWNER_ALONE))
