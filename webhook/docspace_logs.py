"""DocSpace's own logs as change events: failed deliveries, and the log of a folder."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from docspace import errors
from docspace.client import PAGE_SIZE
from reviews.errors import LogNotKept, NotVisible, Rejected
from reviews.identity import Person
from reviews.kinds import SweepSource
from reviews.ports.docspace_logs import LogPage
from reviews.sightings import Sighting
from reviews.text import clean_name, clean_text, clean_title, strip_unstorable
from reviews.tree import FOLDER_ID_PREFIX, FolderLogRow
from webhook.address import PATH
from webhook.payload import NotAnObject, parse, parse_time, read_target_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from docspace.logs import AuditLogAction, DeliveryAttempt, Logs
    from reviews.model import ChangeEvent

# The trigger that DocSpace's webhook would have used (facts on DocSpace, 2.5, 4.4, 10.2; `MessageAction` in
# its source). It sends nothing for a conversion.
_TRIGGERS = {
    "FileCreated": "file.created",
    "FileUploaded": "file.uploaded",
    "UserFileUpdated": "file.updated",
    "FileConverted": "file.updated",
    "FormSubmit": "form.submit",
    "FormCompletelyFilled": "file.updated",
    "FileRenamed": "file.updated",
    "FileVersionRemoved": "file.updated",
    "FileCopied": "file.copied",
    "FileMoved": "file.moved",
    "FileMovedToTrash": "file.trashed",
    "FileDeleted": "file.deleted",
    "FolderCopied": "folder.copied",
    "FolderMoved": "folder.moved",
    "FolderMovedToTrash": "folder.trashed",
    "FolderDeleted": "folder.deleted",
    "RoomArchived": "room.archived",
    "RoomUnarchived": "room.restored",
}


# Logged too, but nothing that needs a review (facts on DocSpace, 4.4).
_WITHOUT_CONTENT = {
    "FileLocked",
    "FileUnlocked",
    "FileIndexChanged",
    "FolderCreated",
    "FolderRenamed",
    "FolderIndexChanged",
}

NO_ENTRY = {"", "0"}
"""The entry of a row after its file or folder was deleted for good (facts on DocSpace, 10.2)."""


class DocSpaceLogs:
    """Implementation of the port `PortalLogs`. `address` is our outside address, empty if not known."""

    def __init__(self, logs: Logs, address: str) -> None:
        self._logs = logs
        self._own_host = urlsplit(address).netloc.lower()

    def list_undelivered(self, start: int) -> LogPage:
        try:
            attempts, total = self._logs.list_undelivered(start=start)
        except errors.BadRequest as error:
            raise Rejected(str(error)) from error
        except errors.RequestRefused as error:
            raise NotVisible(str(error), gone=False) from error
        return LogPage(
            events=list(self._parse_own_attempts(attempts)),
            next_start=_find_next_start(attempts, start, total),
        )

    def list_logged(self, folder_id: str, since: datetime, until: datetime, start: int) -> LogPage:
        if not folder_id.isdecimal():
            raise LogNotKept
        try:
            actions, total = self._logs.list_actions(folder_id, since=since, until=until, start=start)
        except errors.BadRequest as error:
            raise Rejected(f"the log of folder {folder_id}: {error}") from error
        except errors.RequestRefused as error:
            raise NotVisible(str(error), gone=isinstance(error, errors.NotFound)) from error
        events = [event for event in map(_build_event, actions) if event is not None]
        return LogPage(
            events=events,
            next_start=_find_next_start(actions, start, total),
            rows=tuple(_build_rows(actions)),
            is_clear=not any(map(_may_mean_content, actions)),
        )

    def _parse_own_attempts(self, attempts: Sequence[DeliveryAttempt]) -> Iterator[ChangeEvent]:
        """Yield the events that were made for our address: the portal may have other webhooks."""
        for attempt in attempts:
            body = attempt.body.encode("utf-8", "replace")
            try:
                is_own = self._is_own_address(read_target_address(body))
            except NotAnObject:
                continue  # cut off by DocSpace, or from a portal older than the present webhooks
            if is_own:
                yield replace(parse(body, row_id=attempt.id), found_in=SweepSource.DELIVERY_LOG)

    def _is_own_address(self, text: str) -> bool:
        try:
            address = urlsplit(text)
        except ValueError:
            return False
        return address.path.rstrip("/") == PATH and self._own_host in {"", address.netloc.lower()}


def _find_next_start(actions: Sequence[object], start: int, total: int) -> int | None:
    following = start + PAGE_SIZE
    return following if actions and following < total else None


def _build_rows(actions: Iterable[AuditLogAction]) -> Iterator[FolderLogRow]:
    for action in actions:
        at = parse_time(action.date)
        if action.id and at is not None:
            yield FolderLogRow(id=strip_unstorable(action.id), at=at)


def _may_mean_content(action: AuditLogAction) -> bool:
    """Return whether an action may have changed a file without an event of it.

    It is of an unknown kind, of a newer DocSpace, or its time or its entry can't be read.
    """
    if action.key in _TRIGGERS:
        return parse_time(action.date) is None or not strip_unstorable(action.entry_id)
    return (
        action.key.startswith(("File", "UserFile", "Form", "Folder")) and action.key not in _WITHOUT_CONTENT
    )


def _build_event(action: AuditLogAction) -> ChangeEvent | None:
    """Return a logged action as the webhook would have sent it; `None` if it needs no review."""
    trigger = _TRIGGERS.get(action.key)
    at = parse_time(action.date)
    entry_id = strip_unstorable(action.entry_id)
    if trigger is None or at is None or entry_id in NO_ENTRY:
        return None
    person = action.initiator
    sweep_event = Sighting(
        found_in=SweepSource.FOLDER_LOG,
        trigger=trigger,
        subject=entry_id if trigger.startswith(("file.", "form.")) else FOLDER_ID_PREFIX + entry_id,
        at=at.replace(microsecond=0),  # as in the webhook's body
        parent_id=strip_unstorable(action.parent_id),
        title=clean_title(action.title),
        moved_from=strip_unstorable(action.from_folder_id),
        actor=Person(id=strip_unstorable(person.id) or None, name=clean_text(clean_name(person.name))),
    )
    return sweep_event.build_event(action.id, action.key, action.entry_id)
