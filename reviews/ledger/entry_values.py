"""Reading of values in ledger entries, so that a corrupted entry can't make its reader fail."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from reviews.acts import Act, ActKind
from reviews.identity import Person
from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Mapping


def read_acts(value: Any) -> tuple[Act, ...]:
    act_values = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    known_acts = (item for item in act_values if read_text(item, "kind") in set(ActKind))
    return tuple(
        Act(kind=ActKind(read_text(item, "kind")), people=read_people(item.get("people")))
        for item in known_acts
    )


def read_people(value: Any) -> tuple[Person, ...]:
    people = value if isinstance(value, list) else []
    names = (clean_text(item) if isinstance(item, str) else read_text(item, "name") for item in people)
    return tuple(Person(id=None, name=name) for name in names)


def read_number(entry: Mapping[str, Any], name: str) -> str:
    number = entry.get(name)
    return str(number) if isinstance(number, int) else ""


def read_text(value: Any, *path: str) -> str:
    """Return a text as one line; a note keeps its lines. An entry may be corrupted."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, str):
        return ""
    return value if path == ("note",) else clean_text(value)


def read_absent(entry: Mapping[str, Any]) -> str | None:
    """Return the address of the person for whom a reviewer stood in, as an answer has it.

    It is `ERASED` if they were erased, and `None` in the entry of any other answer.
    """
    absent = entry.get("stand_in_for")
    if not isinstance(absent, dict):
        return None
    address = absent.get("email") or absent.get("name")
    return address if isinstance(address, str) else None


def read_moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
