"""What the commitments of entries stand for: the rows of `ledger_people`, written, read and revealed.

A row is the RFC 8785 form of `{pointer: [salt, value]}`, always as `format_disclosures` writes it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from reviews.ledger.hash_chain import LedgerBroken, encode_canonical, parse_entry
from reviews.ledger.people_commitments import COMMITMENT, reveal_people, split_pointer
from store.engine import read_json, read_only
from store.schema import ledger, ledger_people

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviews.ledger.people_commitments import Disclosures

_START = f'{{"{COMMITMENT}":"'
"""How each commitment begins in an entry's canonical form, where quotes in a text are escaped."""
_AS_WRITTEN = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
_LAST = sa.select(sa.func.coalesce(sa.func.max(ledger.c.seq), 0)).scalar_subquery()
_SEQ = ledger_people.c.seq
# Each of these is found by the index; one query for all would read through the table.
_STRAYS = tuple(
    sa.select(_SEQ).where(condition).order_by(_SEQ).limit(sa.bindparam("most"))
    for condition in (_SEQ.is_(None), _SEQ < 1, _SEQ > _LAST)
)


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
    for name, index in split_pointer(pointer):
        if type(value) is dict and name in value:
            place, value = (value, name), value[name]
        elif type(value) is list and index is not None and index < len(value):
            place, value = (value, index), value[index]
        else:
            return None
    return place if type(value) is dict and len(value) == 1 and COMMITMENT in value else None


def find_stray_disclosures(engine: sa.Engine, limit: int) -> list[int | None]:
    """Return the numbers of rows of people before the first entry and after the last; usually there are none.

    `None` is that of a row without a number. There are at most `limit` of each. In between there is an entry
    for each number, or the chain has a gap.
    """
    with read_only(engine).connect() as connection:
        return [seq for query in _STRAYS for seq in connection.execute(query, {"most": limit}).scalars()]


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
