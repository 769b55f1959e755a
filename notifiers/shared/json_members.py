"""Reading JSON of which nothing is certain: a member may be absent, null, or of another type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def member(value: Any, *path: str) -> Any:
    """Return what stands at the end of the path; `None` where something on the way is no object."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def string(value: Any, *path: str) -> str:
    """Return the text at the end of the path; an empty one where there stands none."""
    found = member(value, *path)
    return found if isinstance(found, str) else ""


def objects(value: Any, *path: str) -> list[Mapping[str, Any]]:
    """Return the objects of the list at the end of the path, without what is none."""
    found = member(value, *path)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []
