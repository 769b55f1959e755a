"""Webhooks in the portal, and the calls that manage them (facts on DocSpace, 3)."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docspace import errors
from docspace.client import AccountInfo
from docspace.members import read_list, read_number, read_object, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docspace.http import Http

PROBE_SECONDS = 20.0
"""The portal calls the address before it answers us: three seconds for the name, ten for the response."""

MAX_NAME_LENGTH = 50
ALL_TRIGGERS = 0
"""The mask of all triggers, future ones too."""

_PATH = "settings/webhook"


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """A subscription: `triggers` is its mask, `target` the only entry that it reports.

    `ssl` is whether the portal checks the receiver's certificate. Times are ISO 8601 or empty; their clock is
    that of the portal's time zone, and their offset means nothing (facts on DocSpace, 10.6). The secret is
    never returned.
    """

    id: int
    name: str
    uri: str
    enabled: bool
    ssl: bool
    triggers: int
    target: str
    created_by: AccountInfo
    created_on: str
    last_success: str
    last_failure: str
    failure: str


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """A kind of event of a webhook; `available` is whether the key's user may subscribe to it."""

    name: str
    bit: int
    available: bool


class Webhooks:
    """The management of webhooks. Every call may raise any of `docspace.errors`.

    `Forbidden` means that the key has a list of permissions without the global ones, or that its user may not
    use the developer tools. Before it creates or changes a webhook, the portal calls its address. Such a call
    raises `BadRequest` with the portal's reason, or `ProbeFailed` if the address did not answer at all.
    """

    def __init__(self, http: Http) -> None:
        self._http = http

    def list_webhooks(self) -> list[Webhook]:
        """Return the portal's webhooks; to the key of a person who is no admin, only their own."""
        hooks = map(_read_webhook, read_list(self._http.get(_PATH)))
        return [hook for hook in hooks if hook is not None]

    def list_triggers(self) -> list[Trigger]:
        """Return the portal's triggers; since 3.7 it says which of them the key's user may subscribe to."""
        triggers = self._http.get(f"{_PATH}/triggers")
        if isinstance(triggers, dict):
            rows = [{"name": name, "id": bit, "available": True} for name, bit in triggers.items()]
        else:
            rows = [read_object(row) for row in read_list(triggers)]
        return [
            Trigger(name=read_text(row, "name"), bit=bit, available=row.get("available") is not False)
            for row in rows
            if (bit := read_number(row, "id")) is not None and bit >= 0
        ]

    def create(self, *, name: str, uri: str, secret: str, ssl: bool, triggers: int) -> Webhook:
        with _translate_probe_failure():
            response = self._http.post(
                _PATH,
                read_timeout=PROBE_SECONDS,
                name=name,
                uri=uri,
                secretKey=secret,
                enabled=True,
                ssl=ssl,
                triggers=triggers,
                targetId="",
            )
        return _require_webhook(response)

    def change(self, hook: Webhook, *, secret: str = "") -> Webhook:
        """Change the webhook to `hook`; without a `secret` its secret is unchanged.

        Everything is sent: the portal resets what is left out.
        """
        with _translate_probe_failure():
            response = self._http.put(
                _PATH, read_timeout=PROBE_SECONDS, **_build_members(hook), secretKey=secret
            )
        return _require_webhook(response)

    def enable(self, hook: Webhook) -> Webhook:
        """Enable a disabled webhook, and change nothing else."""
        with _translate_probe_failure():
            members = {**_build_members(hook), "enabled": True, "secretKey": ""}
            response = self._http.put(f"{_PATH}/enable", read_timeout=PROBE_SECONDS, **members)
        return _require_webhook(response)


@contextmanager
def _translate_probe_failure() -> Iterator[None]:
    """Translate the failure by which the portal ends a call after an address did not answer."""
    try:
        yield
    except errors.ServerFailed as error:
        raise errors.ProbeFailed("DocSpace asked the webhook's address and got no answer") from error


def _build_members(hook: Webhook) -> dict[str, Any]:
    return {
        "id": hook.id,
        "name": hook.name,
        "uri": hook.uri,
        "enabled": hook.enabled,
        "ssl": hook.ssl,
        "triggers": hook.triggers,
        "targetId": hook.target,
    }


def _require_webhook(value: Any) -> Webhook:
    hook = _read_webhook(value)
    if hook is None:
        raise errors.Unavailable("DocSpace's answer about the webhook can't be read")
    return hook


def _read_webhook(value: Any) -> Webhook | None:
    """Read a webhook from a list or a single response; `None` if it has no number."""
    members = read_object(value)
    config = read_object(members.get("configs")) or members
    identifier = read_number(config, "id")
    if identifier is None:
        return None
    creator = read_object(config.get("createdBy"))
    return Webhook(
        id=identifier,
        name=read_text(config, "name"),
        uri=read_text(config, "uri"),
        enabled=config.get("enabled") is True,
        ssl=config.get("ssl") is True,
        triggers=read_number(config, "triggers") or ALL_TRIGGERS,
        target=read_text(config, "targetId"),
        created_by=AccountInfo(
            id=read_text(creator, "id"), name=read_text(creator, "displayName"), email=None
        ),
        created_on=read_text(config, "createdOn"),
        last_success=read_text(config, "lastSuccessOn"),
        last_failure=read_text(config, "lastFailureOn"),
        failure=read_text(config, "lastFailureContent"),
    )
