"""What an answer is refused without: 403 with the server's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from demo import asked
from demo.entries import File, Folder
from demo.errors import ForbiddenError
from demo.rights import may

if TYPE_CHECKING:
    from demo.emitting import Emitting

E = TypeVar("E", File, Folder)


def permit(portal: Emitting, entry: E, right: str) -> E:
    """The entry; raises ForbiddenError for a reader without the right."""
    if not may(portal, entry, asked.reader(), right):
        kind = "file" if isinstance(entry, File) else "folder"
        raise ForbiddenError(f"You don't have enough permission to view the {kind}")
    return entry


def loggable(portal: Emitting, entry: E) -> E:
    """An entry whose `/log` is shown to the reader.

    Sources disagree on the right. Facts on DocSpace, 10.2, has the log refused together with the histories;
    `HistoryApiHelper` in the server's HistoryDto.cs asks for Read alone. The stricter is what the stand-in
    does unless `log_needs_history` is off.
    """
    return permit(portal, entry, "ReadHistory" if portal.log_needs_history else "Read")
