"""Members of ledger entries as a pack needs them; what can't be read is missing, and never makes it fail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from reviews.identity import Identity, Person, Reviewer
from reviews.kinds import Decision
from reviews.ledger.entry_values import read_moment, read_text
from reviews.ledger.hash_chain import EntryType
from reviews.model import Answer
from reviews.opening import OpenedItem
from reviews.stored_enums import read_enum
from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviews.ports.ledger import LedgerEntry

DECISIONS: Mapping[str, Decision] = {
    EntryType.REVIEW_ACKNOWLEDGED: Decision.ACKNOWLEDGE,
    EntryType.REVIEW_CHANGES_REQUESTED: Decision.REQUEST_CHANGES,
}
"""The decision that each type of an answer's entry records."""


def read_time(value: Any) -> datetime | None:
    """Return a time in UTC; `None` for one without a zone, which can't be compared with others."""
    at = read_moment(value)
    if at is None or at.tzinfo is None:
        return None
    try:
        return at.astimezone(UTC)
    except OverflowError:  # in another zone it is the year 10000
        return None


def read_count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def read_texts(value: Any) -> tuple[str, ...]:
    return (
        tuple(clean_text(each) for each in value if isinstance(each, str)) if isinstance(value, list) else ()
    )


def read_contributors(value: Any) -> tuple[Person, ...]:
    """Return who wrote what is under review, with the addresses by which the quorum leaves them out."""
    people = value if isinstance(value, list) else []
    return tuple(
        Person(id=None, name=read_text(each, "name"), email=read_text(each, "email") or None)
        for each in people
    )


def read_required(entry: Mapping[str, Any]) -> int | None:
    """Return how many people have to acknowledge; `None` is each owner. Old entries say nothing: one."""
    required = entry.get("required", 1)
    return None if required is None else read_count(required) or 1


def read_answer(entry: LedgerEntry, *, decision: Decision) -> Answer | None:
    """Return the answer of an entry; `None` without a time, with which no answer was ever recorded."""
    at = read_time(entry.get("at"))
    if at is None:
        return None
    return Answer(
        decision=decision,
        reviewer=Reviewer(
            name=read_text(entry, "reviewer", "name"), email=read_text(entry, "reviewer", "email") or None
        ),
        identity=read_enum(Identity, read_text(entry, "identity")),
        revision=read_count(entry.get("revision")) or 0,
        version=read_count(entry.get("version")),
        at=at,
        note=read_text(entry, "note") or None,
        late=entry.get("late") is True,
        own_change=entry.get("own_change") is True,
        owner=read_text(entry, "owner") or None,
        stand_in_for=read_text(entry, "stand_in_for", "email") or None,
    )


def read_opened(entry: LedgerEntry) -> dict[str, datetime | None] | None:
    """Return when each item was first opened before an answer; `None` where that was not recorded."""
    opened = entry.get("opened")
    if not isinstance(opened, dict):
        return None
    return {item.value: read_time(opened.get(item)) for item in OpenedItem}
