"""What is preserved of removed events: read here, written when their rows are removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.ports.past_events import PastEvent, shorten_key
from store.schema import past_events, past_files

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.model import ChangeEvent

# Two queries instead of one with OR, so that each uses its index.
_BY_DELIVERY = sa.select(past_events).where(past_events.c.delivery_key == sa.bindparam("delivery"))
_BY_MEANING = sa.select(past_events).where(past_events.c.semantic_key == sa.bindparam("semantic"))
_SHARING = _BY_DELIVERY.union(_BY_MEANING)


def find_sharing_keys(connection: sa.Connection, event: ChangeEvent) -> list[PastEvent]:
    """Return the removed events that have one of an event's keys: two at most."""
    keys = {"delivery": shorten_key(event.delivery_key), "semantic": shorten_key(event.semantic_key)}
    return [PastEvent(**row) for row in connection.execute(_SHARING, keys).mappings()]


def was_compared_since(connection: sa.Connection, file_id: str, at: datetime) -> bool:
    """Return whether a removed event that caused a comparison of the file happened then or later."""
    query = sa.select(past_files.c.compared_to).where(past_files.c.file_id == file_id)
    compared_to = connection.execute(query).scalar_one_or_none()
    return compared_to is not None and compared_to >= at


def find_last_reviewed(connection: sa.Connection, file_id: str) -> int | None:
    """Return the number of a file's newest removed event that opened or revised a review."""
    query = sa.select(past_files.c.reviewed_by).where(past_files.c.file_id == file_id)
    return connection.execute(query).scalar_one_or_none()


def find_last_removed(connection: sa.Connection) -> int | None:
    """Return the number of the newest removed event; `None` if none was removed."""
    last: int | None = connection.execute(sa.select(sa.func.max(past_events.c.id))).scalar_one()
    return last
