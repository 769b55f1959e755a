"""The members of DocSpace's answers. Absent members, and those of another type, are defaults."""

from __future__ import annotations

from typing import Any

from reviews.text import MAX_ID_BYTES

MAX_TEXT_LENGTH = 4000


def read_object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def read_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def read_text(row: dict[str, Any], key: str, *, max_length: int = MAX_TEXT_LENGTH) -> str:
    """Return a text, cut to the longest length."""
    value = row.get(key)
    return str(value)[:max_length] if isinstance(value, str | int) else ""


def read_id(row: dict[str, Any], key: str) -> str:
    """Return an id or an address; one that is too long is empty, since a cut would make it another one."""
    value = read_text(row, key, max_length=MAX_ID_BYTES + 1)
    return value if len(value.encode("utf-8", "replace")) <= MAX_ID_BYTES else ""


def read_number(row: dict[str, Any], key: str) -> int | None:
    value = row.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
