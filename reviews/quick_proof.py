"""The quick way to see that an entry holds: it would be written just so, and its hash belongs to its text.

Nothing is decided here that `reviews.ledger` would decide otherwise: what is not proven at a glance is looked
at there, member by member. Nearly all entries are, and the standard library's JSON does that in C.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, NoReturn

_LONGEST_NUMBER = 15
"""Signs; so short a number has less than the 53 bits that an entry's may have."""
_MOST_BRACKETS = 300
"""Objects and lists; so few can't be nested deeper than the other way can look."""


def prove(text: str) -> dict[str, Any] | None:
    """Return the entry of a text that is canonical and ends up at its own hash; `None` where that is open.

    A text that its entry is written as names no member twice and has no sign too many.
    """
    if not isinstance(text, str) or text.count("[") + text.count("{") > _MOST_BRACKETS:
        return None
    try:
        entry = _DECODER.decode(text)
        if not isinstance(entry, dict) or _ENCODER.encode(entry) != text or not _sorts_alike(text):
            return None
        rest = _cut_hash(text, entry.get("hash"))
        proven = rest is not None and hashlib.sha256(rest.encode()).hexdigest() == entry["hash"]
    except (ValueError, RecursionError):
        return None
    return entry if proven else None


def _refuse(number: str) -> NoReturn:
    raise ValueError(number)


def _read_number(digits: str) -> int:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else _refuse(digits)


_DECODER = json.JSONDecoder(parse_int=_read_number, parse_float=_refuse, parse_constant=_refuse)
_ENCODER = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), check_circular=False, allow_nan=False
)


def _sorts_alike(text: str) -> bool:
    """Tell whether Python's order of names, by code points, is that of RFC 8785, by UTF-16 code units.

    It is where each sign is a single unit.
    """
    return text.isascii() or len(text.encode("utf-16-le")) == 2 * len(text)


def _cut_hash(text: str, claimed: Any) -> str | None:
    """Return a canonical text without its member `hash`, which others follow; `None` where none do.

    An inner object can't have the same: nothing holds its own hash.
    """
    before, _, after = text.partition(f'"hash":"{claimed}"')
    return before + after[1:] if after.startswith(",") else None
