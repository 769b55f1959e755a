"""A pack's folder from anywhere: its files are those of its sums, and nothing in it leads out of it."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from typing import TYPE_CHECKING

from reviews.pack.file_names import SUMS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path
    from typing import BinaryIO

MAX_NAME_BYTES = 200
_CHUNK_BYTES = 1024 * 1024
_PART = r"[A-Za-z0-9_-][A-Za-z0-9._-]*"
_NAME = re.compile(rf"{_PART}(/{_PART})?")
_SUM = re.compile(rb"([0-9a-f]{64})  ([^\n]+)\n")
_MAX_LINE_BYTES = 64 + 2 + MAX_NAME_BYTES + 1


class PackInvalid(Exception):
    """A pack does not hold; the message names the file, and what is wrong with it."""


class PackNotCompared(PackInvalid):
    """Something that was given can't be compared with a pack, which may hold."""


class NoPack(PackInvalid):
    """A folder is no pack: it has no sums."""


class OpenedPack:
    """A pack's folder and the names of its files, all of which have the sums that it says."""

    def __init__(self, path: Path, names: frozenset[str]) -> None:
        self._path, self.names = path, names

    def open_file(self, name: str) -> BinaryIO:
        return _open_regular(self._path, name)

    def read_file(self, name: str, *, max_bytes: int) -> bytes:
        """Return the content of a file, or raise `PackInvalid` if it is longer than any that is written."""
        with self.open_file(name) as file:
            content = file.read(max_bytes + 1)
        if len(content) > max_bytes:
            raise PackInvalid(f"{name} is longer than {max_bytes:,} bytes, which none of a pack is")
        return content

    def read_text(self, name: str, *, max_bytes: int) -> str:
        """Do the same for a text in UTF-8 with line feeds alone."""
        content = self.read_file(name, max_bytes=max_bytes)
        if b"\r" in content:
            raise PackInvalid(f"{name} has carriage returns: its line ends were changed")
        try:
            return content.decode()
        except UnicodeDecodeError:
            raise PackInvalid(f"{name} is not text") from None

    def list_folder(self, folder: str) -> list[str]:
        """Return the names of the files in a folder of the pack, in order, with the folder's."""
        return sorted(name for name in self.names if name.startswith(f"{folder}/"))


def open_pack(path: Path, *, show: Callable[[int, int], None] = lambda _done, _total: None) -> OpenedPack:
    """Return the pack in a folder, or raise `PackInvalid` unless it has the files of its sums, and no others.

    `show` is called with how many files are checked, and of how many.
    """
    if all(each.name != SUMS for each in path.iterdir()):
        raise NoPack(
            f"{SUMS} is missing: the folder is no pack, or not a whole one; give the folder that has it"
        )
    present = set(_list_files(path))
    sums = _read_sums(path, present)
    if extra := sorted(present - sums.keys() - {SUMS}):
        raise PackInvalid(f"{_show_name(extra[0])} is not one of the files that {SUMS} names")
    for number, (name, digest) in enumerate(sums.items()):
        if _hash_file(path, name) != digest:
            raise PackInvalid(f"{name} was changed: its SHA-256 is not the one in {SUMS}")
        show(number + 1, len(sums))
    return OpenedPack(path, frozenset(sums))


def _list_files(path: Path, folder: str = "") -> Iterator[str]:
    """Yield the names of all files; a link, a device or a folder in a folder is refused."""
    with os.scandir(path / folder) as entries:
        for each in entries:
            name = f"{folder}/{each.name}" if folder else each.name
            if each.is_symlink():
                raise PackInvalid(f"{_show_name(name)} is a link, which no pack has")
            if each.is_dir() and not folder:
                yield from _list_within(path, each.name)
            elif each.is_file():
                yield name
            else:
                raise PackInvalid(f"{_show_name(name)} is no regular file, which no pack has")


def _list_within(path: Path, folder: str) -> Iterator[str]:
    """Yield the names of the files in a folder, of which there has to be one."""
    names = _list_files(path, folder)
    if (first := next(names, None)) is None:
        raise PackInvalid(f"{_show_name(folder)} is an empty folder, which no pack has")
    yield first
    yield from names


def _read_sums(path: Path, present: Collection[str]) -> dict[str, str]:
    """Return the sums by the names of files, each of which is there: so no more is kept than there are."""
    sums: dict[str, str] = {}
    with _open_regular(path, SUMS) as file:
        number = 0
        while line := file.readline(_MAX_LINE_BYTES):
            number += 1
            name, digest = _read_sum(line, number)
            if name in sums:
                raise PackInvalid(f"{SUMS} names {name} twice")
            if name not in present:
                raise PackInvalid(f"{name} is missing")
            sums[name] = digest
    return sums


def _read_sum(line: bytes, number: int) -> tuple[str, str]:
    form = _SUM.fullmatch(line)
    label = f"line {number} of {SUMS}"
    if line.endswith(b"\r\n"):
        raise PackInvalid(f"{label} ends in CRLF: its line ends were changed")
    if form is None:
        raise PackInvalid(f"{label} is not a SHA-256, two spaces and the name of a file")
    name = form[2].decode(errors="replace")
    if not _NAME.fullmatch(name) or len(name) > MAX_NAME_BYTES:
        raise PackInvalid(f"{label} names {_show_name(name)}, which no pack has")
    return name, form[1].decode()


def _hash_file(path: Path, name: str) -> str:
    with _open_regular(path, name) as file:
        digest = hashlib.sha256()
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
        return digest.hexdigest()


def _open_regular(path: Path, name: str) -> BinaryIO:
    """Open a file, and never what a link leads to, nor a pipe that would wait."""
    try:
        descriptor = os.open(path / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise PackInvalid(f"{name} can't be read: {error.strerror}") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise PackInvalid(f"{name} is no regular file, which no pack has")
    return os.fdopen(descriptor, "rb")


def _show_name(name: str) -> str:
    return repr(name if len(name) <= MAX_NAME_BYTES else f"{name[:MAX_NAME_BYTES]}...")
