"""Permission checks of answers: 403 with the server's own text."""

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
    """Return the entry; raises ForbiddenError for a reader without the right."""
    if not has_right(portal, entry, query.reader(), right):
        kind = "file" if isinstance(entry, PortalFile) else "folder"
        raise ForbiddenError(f"You don't have enough permission to view the {kind}")
    return entry


def require_log_access(portal: Emitting, entry: E) -> E:
    """Return an entry whose `/log` the reader may see.

    Sources disagree on the right. Facts on DocSpace, 10.2, says that the log is refused together with the
    histories; `HistoryApiHelper` in the server's HistoryDto.cs requires Read alone. The stand-in uses the
    stricter rule unless `log_needs_history` is off.
    """
    return require_right(portal, entry, "ReadHistory" if portal.log_needs_history else "Read")
