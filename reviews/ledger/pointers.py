"""JSON pointers (RFC 6901): the place of a value in an entry."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

_MAX_INDEX_LENGTH = 9
_MAX_POINTER_LENGTH, _MAX_QUOTED_LENGTH = 1_000, 80


def escape_name(name: str) -> str:
    """Return a member's name as a JSON pointer has it."""
    return name.replace("~", "~0").replace("/", "~1")


def split_pointer(pointer: str) -> tuple[tuple[str, int | None], ...]:
    """Return the names in a JSON pointer, each with the index that it is in a list.

    There are none in one that RFC 6901 writes otherwise, of the whole, or of no place in an entry of ours.
    """
    return _split_short_pointer(pointer) if len(pointer) <= _MAX_POINTER_LENGTH else ()


def find_place(whole: Any, pointer: str) -> tuple[Any, str | int] | None:
    """Return what holds the value at a pointer, and its name or index there; `None` without any."""
    place: tuple[Any, str | int] | None = None
    value = whole
    for name, index in split_pointer(pointer):  # as `find_key`, without a call for each name
        if type(value) is dict and name in value:
            place, value = (value, name), value[name]
        elif type(value) is list and index is not None and index < len(value):
            place, value = (value, index), value[index]
        else:
            return None
    return place


def find_key(holder: Any, name: str, index: int | None) -> str | int | None:
    """Return what a name in a pointer is in an object or a list; `None` if it is nothing there."""
    if type(holder) is dict:
        return name if name in holder else None
    return index if type(holder) is list and index is not None and index < len(holder) else None


def quote_pointer(pointer: str) -> str:
    """Return a pointer as a sentence names it, however long it is."""
    return repr(pointer if len(pointer) <= _MAX_QUOTED_LENGTH else f"{pointer[:_MAX_QUOTED_LENGTH]}...")


@lru_cache(maxsize=1_000)  # entries have the same places
def _split_short_pointer(pointer: str) -> tuple[tuple[str, int | None], ...]:
    names = tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])
    is_canonical = "".join(f"/{escape_name(name)}" for name in names) == pointer
    return tuple((name, _find_index(name)) for name in names) if is_canonical else ()


def _find_index(name: str) -> int | None:
    """Return the index that a name is, if it is written in the one way in which RFC 6901 writes it."""
    is_index = len(name) <= _MAX_INDEX_LENGTH and name.isdecimal() and name == str(int(name))
    return int(name) if is_index else None
