"""The only file with DocSpace's webhook JSON, in both of its generations (facts on DocSpace, 2)."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import orjson

from reviews.identity import Person
from reviews.model import ChangeEvent
from reviews.monitoring.canaries import CANARY_ID_PREFIX
from reviews.ports.alarms import CANARY_TRIGGER
from reviews.text import MAX_ID_BYTES, clean_name, clean_title, strip_unstorable
from reviews.tree import FOLDER_ID_PREFIX

MAX_NUMBER = 2**31
MAX_TEXT_LENGTH = 4000
TRASH = 3  # the type of the section that a file is in (facts on DocSpace, 2.2)
_ABOUT_FOLDERS = ("folder.", "room.", "agent.")
_SUBMITTED = "form.submit"
_ABOUT_FILES = ("file.", _SUBMITTED, "form.filled.out")


class NotAnObject(Exception):
    """The body is not a JSON object."""


def parse(body: bytes, *, row_id: str = "") -> ChangeEvent:
    """Read a verified body. Absent or odd members are defaults; `NotAnObject` for anything but an object.

    `row_id` is that of the row in DocSpace's log with the body: a body that was never sent has no event id,
    and the row's id becomes the event's if it is sent after all (facts on DocSpace, 10.3).

    The classic generation identifies people by GUID (`modifiedBy`, `createOn`), the next one by objects
    (`updatedBy`, `created`), and adds the version and the address. Their members distinguish them.
    """
    envelope = _parse_envelope(body)
    event, payload, webhook = (_read_object(envelope, name) for name in ("event", "payload", "webhook"))
    trigger = _read_text(event, "trigger")
    payload = _find_submitted_file(payload) if trigger == _SUBMITTED else payload
    file_id = _build_subject(trigger, _read_identifier(payload, "id"))
    parent_id = _read_identifier(payload, "parentId")
    created, modified = (
        _read_text(event, "createOn"),
        _read_text(payload, "modifiedOn") or _read_text(payload, "updated"),
    )
    webhook_id, event_id, actor = (
        _read_identifier(webhook, "id"),
        _read_identifier(event, "id") or _read_identifier({"id": row_id}, "id"),
        _read_identifier(event, "createBy"),
    )
    unkeyed = () if webhook_id and event_id else (hashlib.sha256(body).hexdigest(),)
    # Without a time, only the delivery itself distinguishes two deletions of one file.
    untimed = () if created else (webhook_id, event_id)
    return ChangeEvent(
        # A restored portal reuses its ids; retries have the event's original time.
        delivery_key=_compute_key("delivery", webhook_id, event_id, created, *unkeyed),
        semantic_key=_compute_key(
            "meaning", trigger, file_id, parent_id, created, actor, modified, *untimed, *unkeyed
        ),
        webhook_id=webhook_id,
        event_id=event_id,
        trigger=trigger,
        file_id=file_id,
        parent_id=parent_id,
        title=clean_title(_read_text(payload, "title")),
        actor=_read_actor(actor, payload),
        occurred_at=parse_time(created),
        modified_at=parse_time(modified),
        version=_read_number(payload, "version"),
        link=_read_text(payload, "webUrl") or None,
        in_trash=_read_number(payload, "rootFolderType") == TRASH,
        unusable=_explain_unusable(trigger, file_id),
    )


def read_target_address(body: bytes) -> str:
    """Return the address of the webhook that a body was made for; `NotAnObject` as with `parse`."""
    return _read_text(_read_object(_parse_envelope(body), "webhook"), "url")


def parse_time(text: str) -> datetime | None:
    """Read one of DocSpace's times, with or without zone and with up to seven decimals; UTC.

    `None` for what is not a time, and for years outside any portal's life, which some databases can't return.
    """
    try:
        at = datetime.fromisoformat(text)
        moment = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if 1970 <= moment.year <= 2200 else None


def _parse_envelope(body: bytes) -> dict[str, Any]:
    try:
        envelope = _load_json(body)
    except (ValueError, RecursionError) as error:
        raise NotAnObject("the body is not JSON") from error
    if not isinstance(envelope, dict):
        raise NotAnObject("the body is not a JSON object")
    return envelope


def _load_json(body: bytes) -> Any:
    """Return the value of a JSON text.

    What orjson refuses, the standard library may accept: half a surrogate pair, another encoding, NaN. orjson
    reads a whole number of more than 64 bits as a float; DocSpace's ids have 32.
    """
    try:
        return orjson.loads(body)
    except ValueError:
        return json.loads(body)


def _build_subject(trigger: str, identifier: str) -> str:
    """Return the subject: DocSpace numbers files and folders apart, so their ids alone can be the same."""
    if trigger == CANARY_TRIGGER:
        return f"{CANARY_ID_PREFIX}{identifier}"
    return (
        f"{FOLDER_ID_PREFIX}{identifier}" if identifier and trigger.startswith(_ABOUT_FOLDERS) else identifier
    )


def _find_submitted_file(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the file that was saved when a form was submitted.

    That is the filled-in copy; the form itself, which has not changed, is beside it. Without a copy both are
    the same file (`GetSubmittedFormData` in DocSpace's WebhookManager). Older bodies are the file itself.
    """
    return _read_object(payload, "submittedForm") or _read_object(payload, "originalForm") or payload


def _explain_unusable(trigger: str, file_id: str) -> str | None:
    if trigger.startswith((*_ABOUT_FILES, *_ABOUT_FOLDERS)) and not file_id:
        return "the payload names no file or folder"
    return None


def _read_actor(guid: str, payload: dict[str, Any]) -> Person:
    """Return the person who acted; the next generation's payload has the last modifier's name too."""
    modifier = _read_object(payload, "updatedBy")
    if guid and _read_text(modifier, "id") == guid:
        name, email = clean_name(_read_text(modifier, "displayName")), _read_identifier(modifier, "email")
        return Person(id=guid, name=name, email=email or None)
    return Person(id=guid or None, name="")


def _compute_key(*parts: str) -> str:
    """Return a short key of fixed length, so that no id is too long for an index."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _read_object(parent: dict[str, Any], name: str) -> dict[str, Any]:
    value = parent.get(name)
    return value if isinstance(value, dict) else {}


def _read_text(parent: dict[str, Any], name: str) -> str:
    value = parent.get(name)
    if not isinstance(value, str):
        return ""
    return strip_unstorable(value)[:MAX_TEXT_LENGTH]


def _read_identifier(parent: dict[str, Any], name: str) -> str:
    """Return an id as text: a number in DocSpace's own storage, a text in connected storage."""
    value = parent.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value) if isinstance(value, int) else _read_text(parent, name)
    # "." and ".." would lead elsewhere in the API's addresses.
    return text if len(text.encode()) <= MAX_ID_BYTES and text not in {".", ".."} else ""


def _read_number(parent: dict[str, Any], name: str) -> int | None:
    value = parent.get(name)
    return (
        value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MAX_NUMBER else None
    )
