"""A folder that appears as a whole: its files with their SHA-256, and no half of it under its name."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from reviews.pack.file_names import SUMS
from runtime.evidence.disk import sync_to_disk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from types import FrameType

_FOLDER_MODE = 0o700
_FILE_MODE = 0o600
"""A pack has names and notes in clear."""
_SYNCS_AT_ONCE = 8
"""File systems write them together: one after the other, some thousand files would take ten seconds."""


class FolderRefused(Exception):
    """There is something where the folder is to be; the message says what."""


class PackFolder:
    """A folder that is being written. Names are relative, with `/`, and each is written once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sums: dict[str, str] = {}

    @property
    def names(self) -> frozenset[str]:
        """The names of the files that are written."""
        return frozenset(self._sums)

    def write_file(self, name: str, parts: Iterable[bytes]) -> None:
        with self.open_file(name) as write:
            for part in parts:
                write(part)

    @contextmanager
    def open_file(self, name: str) -> Iterator[_Write]:
        """Yield what appends bytes to a new file; raise `OSError` if it can't be written."""
        file = self._path / name
        if file.parent != self._path:
            file.parent.mkdir(_FOLDER_MODE, exist_ok=True)
        digest = hashlib.sha256()
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
        with os.fdopen(descriptor, "wb") as opened:
            yield _Write(opened, digest)
        self._sums[name] = digest.hexdigest()

    def write_sums(self) -> None:
        lines = [f"{digest}  {name}\n".encode() for name, digest in sorted(self._sums.items())]
        self.write_file(SUMS, lines)


class _Write:
    """Appends bytes to a file and to its digest."""

    def __init__(self, file: BinaryIO, digest: hashlib._Hash) -> None:
        self._file, self._digest = file, digest

    def __call__(self, content: bytes) -> None:
        self._file.write(content)
        self._digest.update(content)


def require_free(target: Path) -> None:
    """Raise `FolderRefused` unless there is nothing, or an empty folder."""
    if target.is_symlink():
        raise FolderRefused("it is a link")
    if not target.exists():
        return
    if not target.is_dir():
        raise FolderRefused("it is there already, and is no folder")
    if os.path.ismount(target):
        raise FolderRefused("it is a mount point, which no folder can replace: name one within it")
    if any(target.iterdir()):
        raise FolderRefused("it is there already, and is not empty")


class _Terminated(BaseException):
    """The process was asked to end."""


@contextmanager
def _end_after_cleaning() -> Iterator[None]:
    """Have SIGTERM end the process once the block has cleaned up; only the main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGTERM, _raise_terminated)
    try:
        yield
    except _Terminated:
        signal.signal(signal.SIGTERM, previous)
        signal.raise_signal(signal.SIGTERM)
        raise
    finally:
        signal.signal(signal.SIGTERM, previous)


def _raise_terminated(_number: int, _frame: FrameType | None) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one would end the cleaning
    raise _Terminated


@contextmanager
def create_folder(
    target: Path,
    *,
    check: Callable[[Path], None] = lambda _path: None,
    sync: Callable[[Path], None] = sync_to_disk,
) -> Iterator[PackFolder]:
    """Yield a folder beside `target` to write to, and give it that name when all is written and checked.

    `check` is called with the whole folder before that. What it or the block raises leaves nothing, nor does
    SIGTERM; a process that is killed leaves a folder with another name, which begins with a dot and ends in
    `.part`. `sync` returns when a file or the names in a folder are on the disk. All are before the folder
    has its name, so that none is cut off after a power failure, and then that name is. Raises `OSError` if
    something can't be written.
    """
    target = target.absolute()
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}.part")
    with _end_after_cleaning():
        yield from _fill_folder(temporary, target, check, sync)


def _fill_folder(
    temporary: Path, target: Path, check: Callable[[Path], None], sync: Callable[[Path], None]
) -> Iterator[PackFolder]:
    temporary.mkdir(_FOLDER_MODE)
    try:
        folder = PackFolder(temporary)
        yield folder
        folder.write_sums()
        check(temporary)
        with ThreadPoolExecutor(_SYNCS_AT_ONCE) as threads:
            list(threads.map(sync, [*temporary.rglob("*"), temporary]))
        temporary.rename(target)  # refused by the system if there is anything but an empty folder
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    sync(target.parent)
