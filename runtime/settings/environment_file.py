"""The file `.env` of the working folder: settings by their names, as a shell and Docker Compose read them.

It is parsed by python-dotenv, without its replacement of `${NAME}`: a secret may hold a dollar.
"""

from __future__ import annotations

import io
import os
import re
from typing import TYPE_CHECKING

from runtime.settings.environment import POSTGRESQL_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
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


class UnusableFile(Exception):
    """The file can't be read or understood; the message names it and the line, never a value."""


def read_environment_file(path: Path) -> Mapping[str, str] | None:
    """Return the settings of a file by their names; `None` where there is no file."""
    text = read_environment_text(path)
    if text is None:
        return None
    require_own(path)
    lines = parse_environment_lines(text, path)
    return {line.key: line.value or "" for line in lines if line.key is not None}


def read_environment_text(path: Path) -> str | None:
    try:
        # Editors on Windows begin a file with a mark, which belongs to no line of it.
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnusableFile(f"{path}: can't be read ({error.strerror})") from error
    except UnicodeDecodeError:
        raise UnusableFile(f"{path}: is not text in UTF-8") from None


def require_own(path: Path) -> None:
    """Raise `UnusableFile` for the file of another user: the keys would be sent where it says."""
    owner = path.stat().st_uid
    if owner not in {_ROOT, os.geteuid()}:
        raise UnusableFile(
            f"{path}: belongs to another user (uid {owner}), and is not read: make it yours (chown), "
            "or start in another folder"
        )


def is_for_libraries(name: str) -> bool:
    """Return whether a name is no setting of ours, and yet taken from the file."""
    return name.upper() in POSTGRESQL_NAMES or _OF_LIBRARIES.fullmatch(name.upper()) is not None


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


def is_shared(path: Path) -> bool:
    """Return whether others on this machine may read or change a file."""
    return bool(path.stat().st_mode & OTHERS)
