"""Hostile bodies: any bytes are an event or no object, and every event can be written down and read back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.unit_of_work import SqlUnitOfWork
from tests.fuzz.values import anything
from tests.fuzz.webhooks import envelopes
from tests.reviews.samples import START
from webhook.payload import NotAnObject, parse

if TYPE_CHECKING:
    import sqlalchemy as sa

    from reviews.model import ChangeEvent


@settings(deadline=None, max_examples=200)
@given(body=st.binary(max_size=200) | anything.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_an_event_or_no_object(body: bytes) -> None:
    try:
        event = parse(body)
    except NotAnObject:
        return

    assert len(event.delivery_key) == len(event.semantic_key) == 64


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(envelope=envelopes)
def test_any_object_is_an_event_that_can_be_stored(engine: sa.Engine, envelope: dict[str, Any]) -> None:
    event = parse(json.dumps(envelope).encode())

    assert _written_and_read(engine, event) == event


def test_the_first_and_the_last_moment_can_be_stored(engine: sa.Engine) -> None:
    for created, modified in (
        ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z"),
        ("0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59.0000000Z"),
    ):
        body = {"event": {"id": 1, "createOn": created}, "payload": {"id": 1, "modifiedOn": modified}}
        event = parse(json.dumps(body).encode())

        assert _written_and_read(engine, event) == event


def _written_and_read(engine: sa.Engine, event: ChangeEvent) -> ChangeEvent:
    """Return the event as the database gives it back; nothing stays there."""
    with SqlUnitOfWork(engine) as work:
        work.events.add([(event, event.unusable)], at=START)
        [stored] = work.events.list_recent(1)
    return _with_reason(stored.event, stored.reason)


def _with_reason(event: ChangeEvent, reason: str | None) -> ChangeEvent:
    """A stored event keeps why it is unusable as its reason."""
    return type(event)(**{**vars(event), "unusable": reason})
