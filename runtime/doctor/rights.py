"""Whether the API key's user has the rights in the watched folders and in the portal that are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docspace import errors
from runtime.doctor.findings import report_error, report_ok, report_warning
from runtime.doctor.portal import KEY
from runtime.wiring.databases import get_utc_time
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
        yield from _check_user(wiring.unlimited_client)
        for rights in check_folder_rights(http, wiring.routes, now=get_utc_time()):
            yield _check_folder(
                rights,
                comments="comment" in wiring.channels,
                has_webhook=wiring.settings.has_receiver,
            )
    except errors.DocSpaceError:
        return


def _check_user(client: Client) -> Iterator[Finding]:
    try:
        account = client.get_key_user()
    except errors.Forbidden:
        return  # the check of the key's scopes reports this
    if not account.sees_people:
        yield report_warning(
            USER, "it may not read people, so contributors have no address",
            "make it a room admin or an admin in DocSpace",
        )  # fmt: skip


def _check_folder(rights: FolderRights, *, comments: bool, has_webhook: bool) -> Finding:
    subject = RIGHTS.format(folder=rights.folder_id)
    if rights.rejected:
        message = f"DocSpace rejects how docspace-review asks for the folder's log: {rights.rejected}"
        return report_error(subject, message, _REPORT)
    lost = rights.describe_losses(comments=comments, has_webhook=has_webhook)
    if lost:
        return report_warning(subject, "; ".join(lost), MENDED_BY)
    if rights.histories is None:
        return report_ok(subject, f"unknown: {rights.reason}")
    may = ["histories", *(["the log"] if rights.log else []), *(["comments"] if rights.comments else [])]
    return report_ok(subject, f"granted: {', '.join(may)}")
