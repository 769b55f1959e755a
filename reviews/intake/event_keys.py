"""Whether an event that shares the key of another one is a repeat of it, or another action.

Two actions of one person on one file within a second can have the same semantic key, since DocSpace's times
are in whole seconds (facts on DocSpace, 1.6). A restored portal assigns ids again. An event that differs in
meaning is received under keys of its own.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from reviews.kinds import SweepSource
from reviews.ports.past_events import PastEvent, compute_fingerprint, shorten_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reviews.model import ChangeEvent, StoredEvent

    Earlier = StoredEvent | PastEvent


def assign_own_keys(
    event: ChangeEvent, sharing_keys: Sequence[Earlier], *, at: datetime
) -> ChangeEvent | None:
    """Return the event with unique keys; `None` for a repeat of one that shares its keys.

    A free key stays, so that retries are recognized by it. The others are derived from the old key and the
    meaning, so that each repeat gets the same ones. Events that came before they happened get other keys than
    those that came after (`at` is when this one came): no number of forged copies takes the keys of the
    genuine one.
    """
    if any(_is_repeat_of_earlier(event, earlier) for earlier in sharing_keys):
        return None
    taken_keys = {key for earlier in sharing_keys for key in _list_keys(earlier)}
    early = is_too_early(event, at)
    delivery, semantic = (
        _derive_key(key, event, early=early) if shorten_key(key) in taken_keys else key
        for key in (event.delivery_key, event.semantic_key)
    )
    return replace(event, delivery_key=delivery, semantic_key=semantic)


def condense_event(stored: StoredEvent) -> PastEvent:
    """Return what remains stored of an event whose row is removed."""
    event = stored.event
    delivery, semantic = shorten_key(event.delivery_key), shorten_key(event.semantic_key)
    return PastEvent(
        id=stored.id,
        delivery_key=delivery,
        semantic_key=semantic,
        meaning=compute_fingerprint(_list_meaning(event), salt=semantic),
        in_trash=event.in_trash,
        early=is_too_early(event, stored.received_at),
        occurred_at=event.occurred_at,
    )


def _is_repeat_of_earlier(event: ChangeEvent, earlier: Earlier) -> bool:
    """Return whether an event repeats an earlier one that did not come too early."""
    if isinstance(earlier, PastEvent):
        return not earlier.early and _is_repeat_of_past(event, earlier)
    return is_repeat(event, earlier.event) and not is_too_early(earlier.event, earlier.received_at)


def _is_repeat_of_past(event: ChangeEvent, earlier: PastEvent) -> bool:
    if event.found_in is SweepSource.LISTING:
        return True
    return earlier.has_meaning(_list_meaning(event), in_trash=event.in_trash)


def _list_keys(earlier: Earlier) -> tuple[str, str]:
    if isinstance(earlier, PastEvent):
        return earlier.delivery_key, earlier.semantic_key
    return shorten_key(earlier.event.delivery_key), shorten_key(earlier.event.semantic_key)


def is_repeat(event: ChangeEvent, earlier: ChangeEvent) -> bool:
    """Return whether an event says nothing beyond an earlier one with a common key.

    It may say less: the generations of DocSpace's bodies have different content, and a log loses the name of
    an account that was removed. An event that says more is received too, so that an empty forged body hides
    nothing. An event from a listing has no time of its own, and its key contains all of it.
    """
    if event.found_in is SweepSource.LISTING:
        return True
    pairs = zip(_list_meaning(event), _list_meaning(earlier), strict=True)
    return event.in_trash == earlier.in_trash and all(one == other or not one for one, other in pairs)


def is_too_early(event: ChangeEvent, received_at: datetime) -> bool:
    """Return whether an event came before it happened, as only a forged one does.

    It is examined before there is anything to see. If the portal's clock is ahead of ours, this is also true
    of genuine events, and a retry is received once more, before that time and after it.
    """
    return event.occurred_at is not None and received_at < event.occurred_at


def _list_meaning(event: ChangeEvent) -> tuple[object, ...]:
    return (
        event.trigger,
        event.file_id,
        event.parent_id,
        event.title,
        event.actor.id,
        event.version,
        event.occurred_at,
        event.modified_at,
    )


def _derive_key(key: str, event: ChangeEvent, *, early: bool) -> str:
    meaning = [None if part is None else str(part) for part in _list_meaning(event)]
    return hashlib.sha256(json.dumps([key, *meaning, event.in_trash, early]).encode()).hexdigest()
