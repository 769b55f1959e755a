"""The rights of the API key's user in a watched folder, and what is missed without them.

The rights by role are in the facts on DocSpace, 10.2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from docspace import errors
from docspace.client import Client
from docspace.logs import Logs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from docspace.client import FileInfo
    from docspace.http import Http
    from reviews.routes.route import Routes

ROLE: Final = "content creator"
"""The least role in a room with every right that is used, and that each type of user can have."""

MENDED_BY: Final = (
    f"in DocSpace, give the key's user the role {ROLE} (or room manager) in the room; an admin of DocSpace "
    "needs the role too"
)
_READ_HISTORY, _EDIT_HISTORY = "ReadHistory", "EditHistory"
_NO_CO_AUTHORS = "histories are refused: co-authors are not seen, so segregation of duties can miss one"
_NO_LOG = (
    "the folder's log is refused: a deletion with a lost delivery looks like a move out of "
    "the folder, and its contributor is unknown"
)
_NO_LOG_WITHOUT_WEBHOOK = (
    "the folder's log is refused: changes are found in its listing alone, without who made them; a deletion "
    "looks like a move out, and each change has the whole folder listed, one call for each hundred files"
)
_NO_COMMENTS = "comments are refused: answers are not written into the version history"
_ALL_LOCKED = "each file in it is locked, which hides whether comments may be written"
MAX_FOLDERS = 100
_WINDOW = timedelta(hours=1)  # any period: only whether the log is shown counts


@dataclass(frozen=True, kw_only=True)
class FolderRights:
    """The rights in one watched folder; `None` if one is not known, and then `reason` has the cause.

    `histories` shows who edited what, `comments` lets answers be written into a version's comment, `log` is
    the folder's log of what happened beneath it. `rejected` is DocSpace's response if it rejects our request
    for that log, which is a defect of ours.
    """

    folder_id: str
    histories: bool | None = None
    comments: bool | None = None
    log: bool | None = None
    reason: str = ""
    rejected: str = ""

    def describe_losses(self, *, comments: bool = True, has_webhook: bool = True) -> list[str]:
        """Return what is missed, in words; without `comments`, missing comments are left out."""
        missing = {
            _NO_CO_AUTHORS: self.histories is False,
            _NO_LOG if has_webhook else _NO_LOG_WITHOUT_WEBHOOK: self.log is False,
            _NO_COMMENTS: comments and self.comments is False,
        }
        return [words for words, is_missing in missing.items() if is_missing]


def check_folder_rights(http: Http, routes: Routes, *, now: datetime) -> Iterator[FolderRights]:
    """Check one file of each watched folder, or of the first of very many, and the folder's log.

    Raises the errors of `docspace.errors` that concern the portal as a whole.
    """
    client, logs = Client(http), Logs(http)
    for folder_id in routes.watched[:MAX_FOLDERS]:
        yield _check_folder_rights(client, logs, folder_id, now)


def _check_folder_rights(client: Client, logs: Logs, folder_id: str, now: datetime) -> FolderRights:
    if not folder_id.isdecimal():
        return FolderRights(folder_id=folder_id, reason="connected storage keeps no histories and no log")
    try:
        files = client.sample_files(folder_id)
    except errors.RequestRefused as error:
        return FolderRights(folder_id=folder_id, reason=f"the folder can't be listed: {error}")
    rights = _ask_log(logs, folder_id, now)
    file = _pick_sample_file(files)
    if file is None or file.rights is None:
        return replace(rights, reason="it has no file to check the rights with")
    return replace(
        rights,
        histories=_READ_HISTORY in file.rights,
        comments=None if file.locked else _EDIT_HISTORY in file.rights,
        reason=_ALL_LOCKED if file.locked else "",
    )


def _pick_sample_file(files: Sequence[FileInfo]) -> FileInfo | None:
    """Return the file with the most telling rights: a lock of another person removes the right to comment."""
    with_rights = [file for file in files if file.rights is not None]
    return next((file for file in with_rights if not file.locked), with_rights[0] if with_rights else None)


def _ask_log(logs: Logs, folder_id: str, now: datetime) -> FolderRights:
    rights = FolderRights(folder_id=folder_id)
    try:
        logs.list_actions(folder_id, since=now - _WINDOW, until=now, start=0)
    except errors.Forbidden:
        return replace(rights, log=False)
    except errors.NotFound:
        return rights
    except errors.BadRequest as error:
        return replace(rights, rejected=str(error))
    return replace(rights, log=True)
