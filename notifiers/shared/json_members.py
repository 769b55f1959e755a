"""Reading of unchecked JSON: a member may be absent, null, or of another type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def get_member(value: Any, *path: str) -> Any:
    """Return the value at the end of the path; `None` if something on the way is no object."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def get_text(value: Any, *path: str) -> str:
    """Return the text at the end of the path; empty if there is none."""
    text = get_member(value, *path)
    return text if isinstance(text, str) else ""


def list_objects(value: Any, *path: str) -> list[Mapping[str, Any]]:
    """Return the objects of the list at the end of the path, without other items."""
    items = get_member(value, *path)
    return [each for each in items if isinstance(each, Mapping)] if isinstance(items, list) else []
