"""Payloads in which one member at a time is not what it should be."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ABSENT = object()
ODD: list[Any] = [ABSENT, None, [], {}, "x", 5, [None], [5], [[]], {"id": 5}]


def variants(whole: dict[str, Any], *more: Any, part: dict[str, Any] | None = None) -> Iterator[Any]:
    """Put each odd thing, and `more`, in the place of each member, or of each that is in the `part`."""
    for path in paths(whole if part is None else part):
        for odd in (*ODD, *more):
            yield replaced(whole, path, odd)


def paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a payload, the outer ones first."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inside:
        yield (*before, name)
        yield from paths(each, (*before, name))


def replaced(whole: Any, path: tuple[Any, ...], by: Any) -> Any:
    changed = deepcopy(whole)
    holder = changed
    for name in path[:-1]:
        holder = holder[name]
    if by is ABSENT:
        del holder[path[-1]]
    else:
        holder[path[-1]] = by
    return changed
