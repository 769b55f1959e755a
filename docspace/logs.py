"""DocSpace's own logs: the log of its deliveries, and of what happened beneath a folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from docspace.client import PAGE_SIZE, AccountInfo
from docspace.limits import MAX_LIST_BYTES
from docspace.members import read_id, read_list, read_object, read_text
from docspace.times import format_time

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from docspace.http import Http

_UNSUCCESSFUL_FILTER = str(1 | 4 | 8 | 16)
"""Not sent, 3xx, 4xx and 5xx, among the groups of states (facts on DocSpace, 3)."""

MAX_BODY_LENGTH = 65_535
"""The maximum length of a body in DocSpace's column (facts on DocSpace, 1.7)."""


@dataclass(frozen=True, kw_only=True)
class AuditLogAction:
    """One audited action (facts on DocSpace, 4.4). `id` is the row's, and `date` ISO 8601.

    `entry_id` is the file or folder, `parent_id` the folder where it is now, empty if there is none.
    """

    id: str
    key: str
    date: str
    initiator: AccountInfo
    entry_id: str
    parent_id: str
    title: str
    from_folder_id: str = ""
    """The folder that it was moved out of; empty for other actions."""


@dataclass(frozen=True, kw_only=True)
class DeliveryAttempt:
    """A row of the log of deliveries. `id` is the row's, which is the event's id too.

    The `body` of one that was never sent has no id yet (facts on DocSpace, 10.3).
    """

    id: str
    body: str


class Logs:
    """DocSpace's own logs, newest first, 100 at once. Every call may raise any of `docspace.errors`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list_undelivered(self, *, start: int) -> tuple[list[DeliveryAttempt], int]:
        """Return the deliveries that got no 2xx, and how many there are in all.

        Of all webhooks of the portal that the key may see: raises Forbidden without a key of full access.
        """
        page = self._http.get_page(
            "settings/webhooks/log",
            max_bytes=MAX_LIST_BYTES,
            groupStatus=_UNSUCCESSFUL_FILTER,
            count=str(PAGE_SIZE),
            startIndex=str(start),
        )
        rows = [read_object(row) for row in read_list(page.response)]
        attempts = [
            DeliveryAttempt(
                id=read_id(row, "id"), body=read_text(row, "requestPayload", max_length=MAX_BODY_LENGTH)
            )
            for row in rows
        ]
        return attempts, page.total

    def list_actions(
        self, folder_id: str, *, since: datetime, until: datetime, start: int
    ) -> tuple[list[AuditLogAction], int]:
        """Return what happened beneath a folder at any depth, moves out too, and how many rows there are."""
        page = self._http.get_page(
            f"files/folder/{quote(folder_id, safe='')}/log",
            max_bytes=MAX_LIST_BYTES,
            fromDate=format_time(since),
            toDate=format_time(until),
            count=str(PAGE_SIZE),
            startIndex=str(start),
        )
        actions = [action for row in read_list(page.response) for action in _read_actions(read_object(row))]
        return actions, page.total


def _read_actions(row: dict[str, Any]) -> Iterator[AuditLogAction]:
    """Yield an action, and those that DocSpace has grouped with it because they happened in one minute."""
    data, initiator = read_object(row.get("data")), read_object(row.get("initiator"))
    yield AuditLogAction(
        id=read_id(row, "id"),
        key=read_text(read_object(row.get("action")), "key"),
        date=read_text(row, "date"),
        initiator=AccountInfo(
            id=read_id(initiator, "id"), name=read_text(initiator, "displayName"), email=None
        ),
        entry_id=read_id(data, "id"),
        parent_id=read_id(data, "toFolderId") or read_id(data, "parentId"),
        title=read_text(data, "newTitle") or read_text(data, "title"),
        from_folder_id=read_id(data, "fromFolderId"),
    )
    for related in read_list(row.get("related")):
        yield from _read_actions(read_object(related))
