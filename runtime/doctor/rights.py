"""Whether the API key's user has the rights in the watched folders, and in the portal, that are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docspace import errors
from docspace.client import Client
from runtime.doctor.findings import broken, good, lacking
from runtime.doctor.portal import KEY, by_hand
from runtime.wiring.databases import utc_now
from webhook.rights import MENDED_BY, in_each_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime.doctor.findings import Finding
    from runtime.wiring.wiring import Wiring
    from webhook.rights import FolderRights

_REPORT = "report this defect; until it is mended, changes are found in the listings alone"
USER, RIGHTS = f"{KEY} user", "rights in folder {folder}"


def rights(wiring: Wiring) -> Iterator[Finding]:
    """Tell of each watched folder; that DocSpace does not answer at all is told of the folders themselves."""
    http = by_hand(wiring)
    try:
        yield from _user(Client(http))
        for found in in_each_folder(http, wiring.routes, now=utc_now()):
            yield _folder(found, comments="comment" in wiring.channels)
    except errors.DocSpaceError:
        return


def _user(client: Client) -> Iterator[Finding]:
    try:
        account = client.myself()
    except errors.Forbidden:
        return  # which the key's scopes tell
    if not account.sees_people:
        yield lacking(
            USER, "it may not look up people, so contributors have no address",
            "let it be a room admin or an admin in DocSpace",
        )  # fmt: skip


def _folder(found: FolderRights, *, comments: bool) -> Finding:
    about = RIGHTS.format(folder=found.folder_id)
    if found.rejected:
        says = f"DocSpace rejects how docspace-review asks for the folder's log: {found.rejected}"
        return broken(about, says, _REPORT)
    lost = found.lost(comments=comments)
    if lost:
        return lacking(about, "; ".join(lost), MENDED_BY)
    if found.histories is None:
        return good(about, f"not known: {found.reason}")
    may = ["histories", *(["the log"] if found.log else []), *(["comments"] if found.comments else [])]
    return good(about, f"granted: {', '.join(may)}")
