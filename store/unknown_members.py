"""JSON members that a newer release wrote: ignored when read, preserved when a row is rewritten."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any

_KEYS = ("id", "name", "kind")
"""Two objects of a list count as the same by the first of these members that both have."""


@cache
def list_field_names(kind: Any) -> frozenset[str]:
    """Return the names of a dataclass's fields."""
    return frozenset(field.name for field in fields(kind))


def select_known(kind: Any, members: dict[str, Any]) -> dict[str, Any]:
    """Return the members that a dataclass of this release has."""
    names = list_field_names(kind)
    return {name: value for name, value in members.items() if name in names}


def keep_unknown(newest: Any, before: Any) -> Any:
    """Return the members to write, together with earlier ones that this release does not have.

    This release writes all of its own members in full; so a missing member is one of a newer release.
    """
    if isinstance(newest, dict) and isinstance(before, dict):
        merged = {name: keep_unknown(value, before.get(name)) for name, value in newest.items()}
        return {**{name: value for name, value in before.items() if name not in newest}, **merged}
    if isinstance(newest, list | tuple) and isinstance(before, list):
        return [keep_unknown(each, _find_same(each, before)) for each in newest]
    return newest


def _find_same(newest: Any, before: list[Any]) -> Any:
    """Return the object of a list that is the same as this one; `None` if there is none."""
    if not isinstance(newest, dict):
        return None
    key = next((name for name in _KEYS if newest.get(name)), None)
    matches = (each for each in before if isinstance(each, dict) and key and each.get(key) == newest[key])
    return next(matches, None)
