"""What DocSpace writes down itself: the log of its deliveries, and of what happened beneath a folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from docspace.client import PAGE, Account
from docspace.http import LARGEST_LIST
from docspace.members import as_list, as_object, identifier, text
from docspace.times import format_time

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from docspace.http import Http

_WITHOUT_SUCCESS = str(1 | 4 | 8 | 16)
"""Not sent, 3xx, 4xx and 5xx, among the groups of states (facts on DocSpace, 3)."""

LONGEST_BODY = 65_535
"""What DocSpace's column takes of a body (facts on DocSpace, 1.7)."""


@dataclass(frozen=True, kw_only=True)
class Action:
    """One audited action (facts on DocSpace, 4.4). `id` is the row's, and `date` ISO 8601.

    `entry_id` is the file or folder, `parent_id` the folder where it is now, empty where none is said.
    """

    id: str
    key: str
    date: str
    initiator: Account
    entry_id: str
    parent_id: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A row of the log of deliveries. `id` is the row's, which is the event's id too.

    The `body` of one that was never sent names no id yet (facts on DocSpace, 10.3).
    """

    id: str
    body: str


class Logs:
    """DocSpace's own records, newest first, 100 at once. Every call may raise any of `docspace.errors`."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def undelivered(self, *, start: int) -> tuple[list[Attempt], int]:
        """Return the deliveries that got no 2xx, and how many there are in all.

        Of all webhooks of the portal that the key may see: raises Forbidden without a key of full access.
        """
        page = self._http.page(
            "settings/webhooks/log",
            largest=LARGEST_LIST,
            groupStatus=_WITHOUT_SUCCESS,
            count=str(PAGE),
            startIndex=str(start),
        )
        rows = [as_object(row) for row in as_list(page.response)]
        attempts = [
            Attempt(id=identifier(row, "id"), body=text(row, "requestPayload", longest=LONGEST_BODY))
            for row in rows
        ]
        return attempts, page.total

    def actions(
        self, folder_id: str, *, since: datetime, until: datetime, start: int
    ) -> tuple[list[Action], int]:
        """Return what happened beneath a folder at any depth, moves out too, and how many rows there are."""
        page = self._http.page(
            f"files/folder/{quote(folder_id, safe='')}/log",
            largest=LARGEST_LIST,
            fromDate=format_time(since),
            toDate=format_time(until),
            count=str(PAGE),
            startIndex=str(start),
        )
        listed = [action for row in as_list(page.response) for action in _actions(as_object(row))]
        return listed, page.total


def _actions(row: dict[str, Any]) -> Iterator[Action]:
    """Yield an action, and those that DocSpace has grouped with it because they happened in one minute."""
    data, initiator = as_object(row.get("data")), as_object(row.get("initiator"))
    yield Action(
        id=identifier(row, "id"),
        key=text(as_object(row.get("action")), "key"),
        date=text(row, "date"),
        initiator=Account(id=identifier(initiator, "id"), name=text(initiator, "displayName"), email=None),
        entry_id=identifier(data, "id"),
        parent_id=identifier(data, "toFolderId") or identifier(data, "parentId"),
        title=text(data, "newTitle") or text(data, "title"),
    )
    for related in as_list(row.get("related")):
        yield from _actions(as_object(related))
