"""What stands in an entry of the ledger, read so that nothing that somebody spoilt can trip up its reader."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from reviews.acts import Act, ActKind
from reviews.identity import Person
from reviews.text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping


def read_acts(value: Any) -> tuple[Act, ...]:
    found = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    known = (each for each in found if read_text(each, "kind") in set(ActKind))
    return tuple(
        Act(kind=ActKind(read_text(each, "kind")), people=read_people(each.get("people"))) for each in known
    )


def read_people(value: Any) -> tuple[Person, ...]:
    people = value if isinstance(value, list) else []
    return tuple(Person(id=None, name=read_text(each, "name")) for each in people)


def read_number(entry: Mapping[str, Any], name: str) -> str:
    found = entry.get(name)
    return str(found) if isinstance(found, int) else ""


def read_text(value: Any, *path: str) -> str:
    """Return a text as one line; a note keeps its lines. Somebody may have spoilt an entry."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, str):
        return ""
    return value if path == ("note",) else plain(value)


def read_moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
