"""Whether the API key's user has the rights in the watched folders and in the portal that are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docspace import errors
from runtime.doctor.findings import report_error, report_ok, report_warning
from runtime.doctor.portal import KEY
from runtime.wiring.databases import utc_now
from webhook.rights import MENDED_BY, check_folder_rights

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docspace.client import Client
    from runtime.doctor.findings import Finding
    from runtime.wiring.wiring import Wiring
    from webhook.rights import FolderRights

_REPORT = "report this defect; until it is fixed, changes are found in the listings only"
USER, RIGHTS = f"{KEY} user", "rights in folder {folder}"


def check_rights(wiring: Wiring) -> Iterator[Finding]:
    """Report on each watched folder. If DocSpace does not answer at all, the folder checks report that."""
    http = wiring.unlimited_http
    try:
        yield from _user(wiring.unlimited_client)
        for rights in check_folder_rights(http, wiring.routes, now=utc_now()):
            yield _folder(rights, comments="comment" in wiring.channels)
    except errors.DocSpaceError:
        return


def _user(client: Client) -> Iterator[Finding]:
    try:
        account = client.get_key_user()
    except errors.Forbidden:
        return  # the check of the key's scopes reports this
    if not account.sees_people:
        yield report_warning(
            USER, "it may not read people, so contributors have no address",
            "make it a room admin or an admin in DocSpace",
        )  # fmt: skip


def _folder(found: FolderRights, *, comments: bool) -> Finding:
    about = RIGHTS.format(folder=found.folder_id)
    if found.rejected:
        says = f"DocSpace rejects how docspace-review asks for the folder's log: {found.rejected}"
        return report_error(about, says, _REPORT)
    lost = found.describe_losses(comments=comments)
    if lost:
        return report_warning(about, "; ".join(lost), MENDED_BY)
    if found.histories is None:
        return report_ok(about, f"unknown: {found.reason}")
    may = ["histories", *(["the log"] if found.log else []), *(["comments"] if found.comments else [])]
    return report_ok(about, f"granted: {', '.join(may)}")
