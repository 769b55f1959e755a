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

_MAX_DEPTH = 50
"""Levels of objects and lists in each other; the full check can read more."""
_AS_WRITTEN = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


def read_to_verify(text: str, *, label: str) -> ReadEntry:
    """Return the entry in a text, as `verify` needs it, or raise `LedgerBroken`."""
    # SQLite may hold bytes and numbers in a column of texts. Half a surrogate pair becomes invalid UTF-8.
    if isinstance(text, str) and (entry := prove(text.encode(errors="surrogatepass"))) is not None:
        return ReadEntry(entry, proven=True)
    return ReadEntry(parse_entry(text, label=label), proven=False)


def prove(encoded: bytes) -> dict[str, Any] | None:
    """Return the entry of a text that is canonical and has its own hash; `None` if that is not proven."""
    entry = read_canonical(encoded)
    return entry if entry is not None and has_own_hash(encoded, entry.get("hash")) else None


def read_canonical(encoded: bytes) -> dict[str, Any] | None:
    """Return the members of a text that is canonical; `None` if that is not proven.

    A text that equals its members written anew repeats none and has no extra character.
    """
    try:
        entry = orjson.loads(encoded)
        if not isinstance(entry, dict) or encode_plain(entry) != encoded:
            return None
    except (ValueError, TypeError):  # no JSON, or a number of 54 to 64 bits; a longer one becomes a float
        return None
    if not _is_plain(entry.values(), _MAX_DEPTH) or not _is_sorted_alike(encoded):
        return None
    return entry


def encode_plain(value: Any) -> bytes:
    """Return the canonical encoding of what was read from a canonical text, or of a part of it."""
    return orjson.dumps(value, option=_AS_WRITTEN)


def _is_plain(values: Iterable[Any], depth: int) -> bool:
    """Return whether the values hold no float, and no more than `depth` levels of objects and lists."""
    for value in values:
        kind = type(value)
        if kind is str or kind is int:  # most are
            continue
        if kind is float:
            return False
        if kind is dict or kind is list:
            inner = value.values() if kind is dict else value
            if depth == 0 or not _is_plain(inner, depth - 1):
                return False
    return True


def _is_sorted_alike(encoded: bytes) -> bool:
    """Return whether sorting names by code points equals RFC 8785's order by UTF-16 code units.

    It does if each character is a single unit.
    """
    if encoded.isascii():
        return True
    text = encoded.decode()
    return len(text.encode("utf-16-le")) == 2 * len(text)


def has_own_hash(encoded: bytes, claimed_hash: Any) -> bool:
    """Return whether a canonical text without its member `hash` has that hash.

    An inner object can't have the same member: nothing contains its own hash. If no other member follows,
    it is not proven.
    """
    if not isinstance(claimed_hash, str):
        return False
    before, member, after = encoded.partition(b'"hash":"%b",' % claimed_hash.encode())
    return bool(member) and hashlib.sha256(before + after).hexdigest() == claimed_hash
