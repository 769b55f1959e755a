"""An event that the store has taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reviews.samples import START, event

if TYPE_CHECKING:
    from store.unit_of_work import SqlUnitOfWork


def receive_event(work: SqlUnitOfWork, **more: object) -> int:
    """Add an event with these members and return its number."""
    work.events.add([(event(**more), None)], at=START)
    return work.events.list_recent(1)[0].id
