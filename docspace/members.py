"""Reading JSON of which nothing is certain: absent members, and those of another type, are defaults."""

from __future__ import annotations

from typing import Any


def as_object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def text(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    return str(value) if isinstance(value, str | int) else ""


def number(row: dict[str, Any], key: str) -> int | None:
    value = row.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
