"""The text of `.env` with other settings in it; all other lines stay as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runtime.settings.environment_file import parse_environment_lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HEADER = (
    "# Settings of docspace-review, by `docspace-review init`. All of them: docs/settings.md.\n"
    "# It holds secrets: keep it to yourself.\n"
)
_NEEDS_NO_QUOTES = re.compile(r"[A-Za-z0-9_./:@%+,-][A-Za-z0-9_./:@%+,=-]*")
_UNQUOTABLE = "'\\"


class UnquotableValue(Exception):
    """A value that shells, Docker Compose and python-dotenv would not all read as the same text."""


def change_environment_text(text: str, changes: Mapping[str, str], path: Path) -> str:
    """Return the text of the file with these settings; an empty one is taken out.

    As in the environment, the case of a name does not matter: of two such lines one would win unseen.
    Raises `UnquotableValue`, and `UnusableFile` for a text with lines that are no settings.
    """
    pending = {name: value for name, value in changes.items() if value}
    lines = []
    for line in reversed(parse_environment_lines(text, path)):  # of two lines the last one counts
        name = (line.key or "").upper()
        if name not in changes:
            lines.append(line.original.string)
            continue
        blank = _take_blank_lines(line.original.string)
        value = pending.pop(name, "")
        keeps = line.value == value
        lines.append(line.original.string if keeps else f"{blank}{_write_line(name, value)}")
    start = "".join(reversed(lines))
    if start and not start.endswith("\n"):
        start += "\n"
    return (start or HEADER) + "".join(_write_line(name, value) for name, value in pending.items())


def quote_value(value: str) -> str:
    """Return a value as a shell reads it; single quotes mean the same to all readers of such files."""
    if any(character in _UNQUOTABLE for character in value) or not value.isprintable():
        raise UnquotableValue("holds ' or \\, which not every reader of .env takes as the same")
    return value if _NEEDS_NO_QUOTES.fullmatch(value) else f"'{value}'"


def _write_line(name: str, value: str) -> str:
    """Return the line of a setting; none for an empty value."""
    return f"{name}={quote_value(value)}\n" if value else ""


def _take_blank_lines(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]
