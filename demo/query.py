"""Parameters of a REST call: the entry in its address, the members of its query, its key's person."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from flask import g, request

from demo.errors import BadArgumentError

if TYPE_CHECKING:
    from demo.entries import EntryId, PortalFile, PortalFolder, PortalPerson
    from demo.tree import Tree

_TIME: Final = re.compile(
    r"\d{4}-\d\d-\d\d"
    r"(T(\d\d:\d\d:\d\d(\.\d{3}|\.\d{7})?|\d\d-\d\d-\d\d(\.\d{3}|\.\d{7})?)(Z|[+-]\d\d:\d\d)?)?"
)
"""The forms of `ApiDateTime.Formats`: no, three or seven digits of a second, and no other."""

MAX_COUNT: Final = 100
"""`ApiContext.MaxCount`, which is also the default of `count`."""


def reader() -> PortalPerson:
    """Return the person of the call's key."""
    person: PortalPerson = g.reader
    return person


def entry_id(text: str) -> EntryId:
    """Parse an id in an address: digits are DocSpace's own, anything else is a connected storage's."""
    return int(text) if text.isascii() and text.isdigit() else text


def readable_file(tree: Tree, text: str) -> PortalFile:
    file = tree.file(entry_id(text))
    tree.check_readable(file, reader())
    return file


def readable_folder(tree: Tree, text: str) -> PortalFolder:
    folder = tree.folder(entry_id(text))
    tree.check_readable(folder, reader())
    return folder


def member(name: str) -> str:
    """Return a member of the query, "" if absent; `withsubfolders` is `withSubFolders` to the server."""
    return next((value for key, value in request.args.items() if key.lower() == name.lower()), "")


def number(name: str, default: int) -> int:
    text = member(name)
    if not text:
        return default
    if not (text.isascii() and text.removeprefix("-").isdigit()):
        raise BadArgumentError(f"The value '{text}' is not valid for {name}")
    return int(text)


def flag(name: str, *, default: bool) -> bool:
    text = member(name).lower()
    if text not in {"", "true", "false"}:
        raise BadArgumentError(f"The value '{text}' is not valid for {name}")
    return text == "true" if text else default


def get_time(name: str) -> datetime | None:
    """Parse a time of the query. Raises BadArgumentError where `ApiDateTime.Parse` of the server refuses."""
    text = member(name)
    if not text:
        return None
    invalid_time = BadArgumentError(f"invalid date time format: {text}")
    if not _TIME.fullmatch(text):
        raise invalid_time
    day, _, time = text.partition("T")
    try:
        moment = datetime.fromisoformat(f"{day}T{time[:8].replace('-', ':')}{time[8:]}" if time else day)
    except ValueError as error:
        raise invalid_time from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def page() -> tuple[int, int]:
    """Return `startIndex` and `count`; raises BadArgumentError for a count outside of 1 to 100."""
    start, count = number("startIndex", 0), number("count", MAX_COUNT)
    if not 1 <= count <= MAX_COUNT:
        raise BadArgumentError(f"The field Count must be between 1 and {MAX_COUNT}")
    return max(start, 0), count
