"""Webhooks as the portal has them, and the calls that manage them (facts on DocSpace, 3)."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docspace import errors
from docspace.client import AccountInfo
from docspace.members import as_list, as_object, read_number, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docspace.http import Http

PROBE_SECONDS = 20.0
"""The portal asks the address before it answers us: three seconds for the name, ten for the answer."""

MAX_NAME_LENGTH = 50
ALL_TRIGGERS = 0
"""The mask of all triggers, those to come too."""

_PATH = "settings/webhook"


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """A subscription: `triggers` is its mask, `target` the only entry that it tells of.

    `ssl` says whether the portal checks the receiver's certificate. Times are ISO 8601 or empty; their clock
    is that of the portal's time zone, and their offset means nothing (facts on DocSpace, 10.6). The secret
    is told to nobody.
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
    """What a webhook can be told of; `available` tells whether the key's user may subscribe to it."""

    name: str
    bit: int
    available: bool


class Webhooks:
    """The management of webhooks. Every call may raise any of `docspace.errors`.

    `Forbidden` means that the key has a list of permissions without the global ones, or that its user may not
    use the developer tools. What makes or changes a webhook has the portal ask its address first, and raises
    `BadRequest` with the portal's reason, or `ProbeFailed` where the address gave no answer at all.
    """

    def __init__(self, http: Http) -> None:
        self._http = http

    def all(self) -> list[Webhook]:
        """Return the portal's webhooks; to the key of somebody who is no admin, their own alone."""
        found = map(_webhook, as_list(self._http.get(_PATH)))
        return [hook for hook in found if hook is not None]

    def triggers(self) -> list[Trigger]:
        """Return what this portal can tell of: since 3.7 it says what the key's user may subscribe to."""
        found = self._http.get(f"{_PATH}/triggers")
        if isinstance(found, dict):
            listed = [{"name": name, "id": bit, "available": True} for name, bit in found.items()]
        else:
            listed = [as_object(row) for row in as_list(found)]
        return [
            Trigger(name=read_text(row, "name"), bit=bit, available=row.get("available") is not False)
            for row in listed
            if (bit := read_number(row, "id")) is not None and bit >= 0
        ]

    def create(self, *, name: str, uri: str, secret: str, ssl: bool, triggers: int) -> Webhook:
        with _probing():
            made = self._http.post(
                _PATH,
                within=PROBE_SECONDS,
                name=name,
                uri=uri,
                secretKey=secret,
                enabled=True,
                ssl=ssl,
                triggers=triggers,
                targetId="",
            )
        return _require_webhook(made)

    def change(self, hook: Webhook, *, secret: str = "") -> Webhook:
        """Make the webhook what `hook` says; without a `secret` it keeps its own.

        Everything is sent: the portal resets what is left out.
        """
        with _probing():
            changed = self._http.put(_PATH, within=PROBE_SECONDS, **_members(hook), secretKey=secret)
        return _require_webhook(changed)

    def enable(self, hook: Webhook) -> Webhook:
        """Let a disabled webhook tell again, and change nothing else."""
        with _probing():
            members = {**_members(hook), "enabled": True, "secretKey": ""}
            enabled = self._http.put(f"{_PATH}/enable", within=PROBE_SECONDS, **members)
        return _require_webhook(enabled)


@contextmanager
def _probing() -> Iterator[None]:
    """The portal lets an address that gives no answer end the call as a failure of its own."""
    try:
        yield
    except errors.ServerFailed as error:
        raise errors.ProbeFailed("DocSpace asked the webhook's address and got no answer") from error


def _members(hook: Webhook) -> dict[str, Any]:
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
    hook = _webhook(value)
    if hook is None:
        raise errors.Unavailable("DocSpace's answer about the webhook can't be read")
    return hook


def _webhook(value: Any) -> Webhook | None:
    """Read a webhook, as lists and single answers tell it; `None` for what has no number."""
    found = as_object(value)
    config = as_object(found.get("configs")) or found
    identifier = read_number(config, "id")
    if identifier is None:
        return None
    creator = as_object(config.get("createdBy"))
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
