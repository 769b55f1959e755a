"""The file `.env` of the working folder: settings by their names, as a shell and Docker Compose read them.

It is parsed by python-dotenv, without its replacement of `${NAME}`: a secret may hold a dollar.
"""

from __future__ import annotations

import errno
import io
import os
import re
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runtime.settings.environment import POSTGRESQL_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from dotenv.parser import Binding

ENVIRONMENT_FILE = ".env"
OTHERS = 0o077
"""The mode bits by which others on this machine may read or change a file."""
_OF_LIBRARIES = re.compile(
    "(HTTPS?|NO|ALL)_PROXY|REQUESTS_CA_BUNDLE|SSL_CERT_(FILE|DIR)|TZ|NO_COLOR|WEB_CONCURRENCY"
)
"""What other libraries than PostgreSQL's read that such files set too: proxies, certificates, the zone.

No other name is taken, such as LD_PRELOAD, PYTHONPATH or PATH, so that the file of a folder that came from
someone else can't change which code the child processes run.
"""
_ROOT = 0
_WRITABLE = 0o022
MAX_BYTES = 1_000_000


class UnusableFile(Exception):
    """The file can't be read or understood; the message names it and the line, never a value."""


@dataclass(frozen=True)
class OwnText:
    """The text of a file that no one else can have written; `is_shared` if others may read it."""

    text: str
    is_shared: bool


def read_own_text(path: Path) -> OwnText | None:
    """Return the text of a file of this user or root; `None` where there is no file.

    Anyone who can change the file has our keys sent where it says. All is asked of one descriptor, so nothing
    can be exchanged in between.

    Raises:
        UnusableFile: It is no file, or others may write it or its folder.
    """
    try:
        with (
            _opened(path.parent, os.O_DIRECTORY) as folder,
            _opened(path.name, os.O_NOFOLLOW | os.O_NONBLOCK, folder) as file,  # a pipe would be waited for
        ):
            state = os.fstat(file)
            _require_own(path.parent, os.fstat(folder))
            if not stat.S_ISREG(state.st_mode):
                raise UnusableFile(f"{path}: is no file, and is not read")
            _require_own(path, state)
            with open(file, "rb", closefd=False) as stream:
                data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = "is a link, which is not followed" if error.errno == errno.ELOOP else error.strerror
        raise UnusableFile(f"{path}: can't be read ({reason})") from error
    if len(data) > MAX_BYTES:
        raise UnusableFile(f"{path}: is larger than any such file ({MAX_BYTES:,} bytes)")
    try:
        # Editors on Windows begin a file with a mark, which belongs to no line of it.
        return OwnText(data.decode("utf-8-sig"), bool(state.st_mode & OTHERS))
    except UnicodeDecodeError:
        raise UnusableFile(f"{path}: is not text in UTF-8") from None


def require_own_folder(path: Path) -> None:
    """Raise `UnusableFile` for a folder in which others may put files and links."""
    _require_own(path, path.stat())


@contextmanager
def _opened(path: Path | str, flags: int, folder: int | None = None) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | flags, dir_fd=folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _require_own(path: Path, state: os.stat_result) -> None:
    """Raise `UnusableFile` for what another user owns or may write."""
    if state.st_uid not in {_ROOT, os.geteuid()}:
        raise UnusableFile(
            f"{path}: belongs to another user (uid {state.st_uid}), and is not read: make it yours (chown), "
            "or start in another folder"
        )
    if state.st_mode & _WRITABLE:
        what = "the folder" if stat.S_ISDIR(state.st_mode) else "the file"
        raise UnusableFile(f"{path.absolute()}: others may write {what}: chmod go-w {path.absolute()}")


def is_for_libraries(name: str) -> bool:
    """Return whether a name is no setting of ours, and yet taken from the file."""
    return name.upper() in POSTGRESQL_NAMES or _OF_LIBRARIES.fullmatch(name.upper()) is not None


def parse_environment_text(text: str, path: Path) -> dict[str, str]:
    """Return the settings of a text by their names."""
    lines = parse_environment_lines(text, path)
    return {line.key: line.value or "" for line in lines if line.key is not None}


def parse_environment_lines(text: str, path: Path) -> Sequence[Binding]:
    """Return the lines of a file: each has a name and a value, or is a comment, and has its own text."""
    from dotenv.parser import parse_stream  # noqa: PLC0415 - most processes have no such file

    lines = list(parse_stream(io.StringIO(text)))
    for line in lines:
        if line.error or (line.key is not None and line.value is None):
            number = line.original.line + _count_blank_lines(line.original.string)
            raise UnusableFile(f"{path}: line {number} is no setting: write NAME='value'")
        if line.value is not None and "\0" in line.value:
            raise UnusableFile(f"{path}: line {line.original.line} holds a NUL")
    return lines


def _count_blank_lines(text: str) -> int:
    """Return how many line breaks come before the first character of a line."""
    return text[: len(text) - len(text.lstrip())].count("\n")
