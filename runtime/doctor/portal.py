"""What DocSpace shows to the API key: the key itself, and each watched folder."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.errors import NotVisible, Permanent, RemoteError
from runtime.doctor import clocks
from runtime.doctor.findings import report_error, report_ok, report_warning
from runtime.wiring.databases import get_utc_time
from webhook.payload import parse_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docspace.client import ApiKeyInfo
    from runtime.doctor.findings import Finding
    from runtime.wiring.wiring import Wiring
    from webhook.enrichment import Enrichment

KEY, FOLDER = "docspace key", "folder {folder}"
SOON = timedelta(days=14)
MAX_FOLDERS = 100
# A scope, others that hold it, and what it is for.
_NEEDED = (
    ("files:read", ("files:write",), "changes and their folders can't be read"),
    ("accounts:read", ("accounts:write",), "contributors have no address"),
)


def check_key(wiring: Wiring) -> Iterator[Finding]:
    try:
        portal = wiring.build_portal(wiring.unlimited_http)
        own_id, key_info = portal.get_own_id(), portal.get_key()
    except Permanent as error:
        yield report_error(KEY, str(error), "make a new key in DocSpace under Developer tools, API keys")
    except RemoteError as error:
        yield report_error(
            KEY, str(error), "see that DOCSPACE_API_HOST is right and that this machine reaches it"
        )
    else:
        if own_id is None:
            yield report_warning(
                KEY, "it may not read its own user, so our own comments can't be told apart",
                "give the key the scope accounts.self:read",
            )  # fmt: skip
        else:
            yield report_ok(KEY, "DocSpace accepts it")
        if key_info is not None:
            yield from clocks.compare_clocks("DocSpace", key_info.date, get_utc_time())
            yield from _check_scopes(
                key_info,
                comments="comment" in wiring.channels,
                manages_webhook=wiring.settings.has_receiver,
            )
            yield from _check_expiry(key_info)


def _check_scopes(key_info: ApiKeyInfo, *, comments: bool, manages_webhook: bool) -> Iterator[Finding]:
    """Report what the key may not do (facts on DocSpace, 3 and 4.1)."""
    granted = key_info.permissions
    if granted is None or granted & {"*"}:
        yield report_ok(f"{KEY} scopes", "all")
        return
    for scope, others, why in _NEEDED:
        if not granted & {scope, *others, "*:read"}:
            yield report_error(
                f"{KEY} scope {scope}", f"not granted: {why}", f"give the key the scope {scope}"
            )
    if comments and not granted & {"files:write", "*:write"}:
        yield report_error(
            f"{KEY} scope files:write", "not granted, but a route writes outcomes into document comments",
            "give the key the scope files:write, or take comment out of notify",
        )  # fmt: skip
    if manages_webhook and not {"*:read", "*:write"} <= granted:
        yield report_warning(
            f"{KEY} scopes", "it can't manage the webhook, which needs a key without a list of permissions",
            "make a key with all permissions, or manage the webhook in DocSpace yourself",
        )  # fmt: skip


def _check_expiry(key_info: ApiKeyInfo) -> Iterator[Finding]:
    expires_at = parse_time(key_info.expires)
    if expires_at is None:
        return
    remaining, message = expires_at - get_utc_time(), f"it is valid until {expires_at:%Y-%m-%d %H:%M} UTC"
    remedy = "make a new key in DocSpace under Developer tools, API keys"
    if remaining <= timedelta():
        yield report_error(f"{KEY} expiry", f"it expired at {expires_at:%Y-%m-%d %H:%M} UTC", remedy)
    elif remaining < SOON:
        yield report_warning(f"{KEY} expiry", message, remedy)
    else:
        yield report_ok(f"{KEY} expiry", message)


def check_folders(wiring: Wiring) -> Iterator[Finding]:
    """Request each watched folder, or the first of very many; the sweeps request all of them."""
    portal = wiring.build_portal(wiring.unlimited_http)
    watched = [(route.name, folder) for route in wiring.routes.all for folder in route.watch]
    for name, folder in watched[:MAX_FOLDERS]:
        yield _check_folder(portal, name, folder)
    if len(watched) > MAX_FOLDERS:
        more = len(watched) - MAX_FOLDERS
        yield report_ok(
            "more folders", f"{more:,} not checked here; the sweeps report the ones that can't be read"
        )


def _check_folder(portal: Enrichment, route: str, folder: str) -> Finding:
    subject = FOLDER.format(folder=folder)
    try:
        place = portal.get_place(folder)
    except NotVisible as error:
        message = "there is no such folder" if error.gone else "the key's user may not see it"
        return report_error(
            subject,
            f"{message}; the route {route} watches it",
            "correct watch in the route, or give the user access",
        )
    except RemoteError as error:
        return report_error(subject, str(error), "run doctor again once DocSpace answers")
    return report_ok(subject, f"{place.path}, watched by the route {route}")
