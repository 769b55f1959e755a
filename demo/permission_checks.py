"""What an answer is refused without: 403 with the server's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from demo import query
from demo.entries import PortalFile, PortalFolder
from demo.errors import ForbiddenError
from demo.rights import has_right

if TYPE_CHECKING:
    from demo.emission import Emitting

E = TypeVar("E", PortalFile, PortalFolder)


def require_right(portal: Emitting, entry: E, right: str) -> E:
    """The entry; raises ForbiddenError for a reader without the right."""
    if not has_right(portal, entry, query.reader(), right):
        kind = "file" if isinstance(entry, PortalFile) else "folder"
        raise ForbiddenError(f"You don't have enough permission to view the {kind}")
    return entry


def require_log_access(portal: Emitting, entry: E) -> E:
    """An entry whose `/log` is shown to the reader.

    Sources disagree on the right. Facts on DocSpace, 10.2, has the log refused together with the histories;
    `HistoryApiHelper` in the server's HistoryDto.cs asks for Read alone. The stricter is what the stand-in
    does unless `log_needs_history` is off.
    """
    return require_right(portal, entry, "ReadHistory" if portal.log_needs_history else "Read")
