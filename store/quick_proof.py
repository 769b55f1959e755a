"""Quick check that an entry holds: its text is canonical, and its hash matches the text.

Nothing is decided here that `reviews.ledger.hash_chain` would decide otherwise: what this check does not
prove is checked there, member by member. It proves nearly all entries, and `orjson` reads and writes them
five times as fast.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import orjson

from reviews.ledger.hash_chain import ReadEntry, parse_entry

if TYPE_CHECKING:
    from collections.abc import Iterable

_MAX_BRACKETS = 300
"""Objects and lists; so few can't be nested deeper than the full check can read."""
_AS_WRITTEN = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


def read_to_verify(text: str, *, label: str) -> ReadEntry:
    """Return the entry in a text, as `verify` needs it, or raise `LedgerBroken`."""
    if (entry := prove(text)) is not None:
        return ReadEntry(entry, proven=True)
    return ReadEntry(parse_entry(text, label=label), proven=False)


def prove(text: str) -> dict[str, Any] | None:
    """Return the entry of a text that is canonical and has its own hash; `None` if that is not proven.

    A text that equals its entry written anew repeats no member and has no extra character.
    """
    if not isinstance(text, str) or text.count("[") + text.count("{") > _MAX_BRACKETS:
        return None
    try:
        encoded = text.encode()
        entry = orjson.loads(encoded)
        if not isinstance(entry, dict) or orjson.dumps(entry, option=_AS_WRITTEN) != encoded:
            return None
    except (ValueError, TypeError):  # no JSON, or a number of 54 to 64 bits; a longer one becomes a float
        return None
    if _contains_float(entry.values()) or not _is_sorted_alike(text):
        return None
    rest = _remove_hash(text, entry.get("hash"))
    proven = rest is not None and hashlib.sha256(rest.encode()).hexdigest() == entry["hash"]
    return entry if proven else None


def _contains_float(values: Iterable[Any]) -> bool:
    for value in values:
        kind = type(value)
        if kind is float or (kind is dict and _contains_float(value.values())):
            return True
        if kind is list and _contains_float(value):
            return True
    return False


def _is_sorted_alike(text: str) -> bool:
    """Return whether sorting names by code points equals RFC 8785's order by UTF-16 code units.

    It does if each character is a single unit.
    """
    return text.isascii() or len(text.encode("utf-16-le")) == 2 * len(text)


def _remove_hash(text: str, expected_hash: Any) -> str | None:
    """Return a canonical text without its member `hash`, if other members follow; else `None`.

    An inner object can't have the same member: nothing contains its own hash.
    """
    before, _, after = text.partition(f'"hash":"{expected_hash}"')
    return before + after[1:] if after.startswith(",") else None
