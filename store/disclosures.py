"""What the commitments of entries stand for: the rows of `ledger_people`, written, read and revealed.

A row is the RFC 8785 form of `{pointer: [salt, value]}`, always as `format_disclosures` writes it.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson

from reviews.ledger.hash_chain import LedgerBroken, encode_canonical, parse_entry
from reviews.ledger.people_commitments import COMMITMENT, escape_name, reveal_people
from store.engine import read_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviews.ledger.people_commitments import Disclosures

_START = f'{{"{COMMITMENT}":"'
"""How each commitment begins in an entry's canonical form, where quotes in a text are escaped."""
_AS_WRITTEN = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
_MAX_INDEX_LENGTH = 9


def format_disclosures(disclosures: Disclosures) -> str:
    """Return what stands beside an entry as the row holds it."""
    return encode_canonical({pointer: list(pair) for pointer, pair in disclosures.items()}).decode()


def parse_disclosures(text: str | None, *, seq: int) -> dict[str, tuple[str, Any]]:
    """Return what stands beside entry `seq`; without a row that is nothing. Raise `LedgerBroken`."""
    if text is None:
        return {}
    label = f"what stands beside entry {seq}"
    disclosures = {}
    for pointer, pair in parse_entry(text, label=label, kind="object").items():
        if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], str):
            raise LedgerBroken(f"{label} is no list of salts and values")
        disclosures[pointer] = (pair[0], pair[1])
    if not _is_as_written(text, disclosures):
        raise LedgerBroken(f"{label} is not spelled as it was written")
    return disclosures


def reveal_row(entry: dict[str, Any], *, text: str, people: str | None) -> dict[str, Any]:
    """Return the entry of a text with what stands beside it; `entry` may be changed.

    What can't be read is as if it were erased: the check of the ledger reports it.
    """
    count = text.count(_START) if isinstance(text, str) else 0
    if not count:
        return entry
    disclosures = _read_leniently(people)
    places = [find_place(entry, pointer) for pointer in disclosures]
    if len(places) != count or None in places:
        return reveal_people(entry, disclosures)
    for (holder, name), (_, value) in zip(places, disclosures.values(), strict=True):  # type: ignore[misc]
        holder[name] = value
    return entry


def is_disclosed(entry: Mapping[str, Any], *, text: str, people: str | None) -> bool:
    """Return whether all that a canonical entry commits to certainly stands beside it, and nothing else.

    Where it is not certain, `reviews.ledger.people_checks` decides. If the hash of other bytes than those of
    RFC 8785 equals a commitment, then they are the bytes that were committed to.
    """
    count = text.count(_START)
    if people is None:
        return count == 0
    try:
        disclosures = orjson.loads(people)
        if len(disclosures) != count:
            return False
        pieces = []
        for pointer, pair in disclosures.items():
            written, place = orjson.dumps(pair, option=_AS_WRITTEN), find_place(entry, pointer)
            if place is None or place[0][place[1]][COMMITMENT] != hashlib.sha256(written).hexdigest():
                return False
            pieces.append(b'"%b":%b' % (pointer.encode(), written))
    except (ValueError, TypeError, AttributeError):
        return False
    return b"{%b}" % b",".join(pieces) == people.encode() and [*disclosures] == sorted(disclosures)


def find_place(entry: Any, pointer: str) -> tuple[Any, str | int] | None:
    """Return what holds the commitment at a pointer, and its name or index there; `None` without any."""
    place: tuple[Any, str | int] | None = None
    value = entry
    for name, index in _split_pointer(pointer):
        if type(value) is dict and name in value:
            place, value = (value, name), value[name]
        elif type(value) is list and index is not None and index < len(value):
            place, value = (value, index), value[index]
        else:
            return None
    return place if type(value) is dict and len(value) == 1 and COMMITMENT in value else None


@lru_cache(maxsize=1_000)  # entries have the same places
def _split_pointer(pointer: str) -> tuple[tuple[str, int | None], ...]:
    """Return the names in a JSON pointer, each with the index that it is in a list.

    There are none in one that RFC 6901 writes otherwise, or of the whole.
    """
    names = tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])
    is_canonical = "".join(f"/{escape_name(name)}" for name in names) == pointer
    return tuple((name, _find_index(name)) for name in names) if is_canonical else ()


def _find_index(name: str) -> int | None:
    """Return the index that a name is, if it is written in the one way in which RFC 6901 writes it."""
    is_index = len(name) <= _MAX_INDEX_LENGTH and name.isdecimal() and name == str(int(name))
    return int(name) if is_index else None


def _is_as_written(text: str, disclosures: Disclosures) -> bool:
    try:
        return format_disclosures(disclosures) == text
    except (ValueError, RecursionError):  # what no entry of ours can hold
        return False


def _read_leniently(people: str | None) -> dict[str, tuple[str, Any]]:
    try:
        pairs = read_json(people).items() if people is not None else ()
        return {pointer: (salt, value) for pointer, (salt, value) in pairs}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return {}
