"""What the commitments of entries stand for: the rows of `ledger_people`, written, read and revealed.

A row is the RFC 8785 form of `{pointer: [salt, value]}`, always as `format_disclosures` writes it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from reviews.ledger.hash_chain import LedgerBroken, encode_canonical, parse_entry
from reviews.ledger.people_commitments import COMMITMENT, COMMITMENT_START, reveal_people
from reviews.ledger.pointers import find_place
from store.engine import read_json, read_only
from store.quick_proof import encode_plain
from store.schema import ledger, ledger_people

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reviews.ledger.people_commitments import Disclosures

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
    count = text.count(COMMITMENT_START) if isinstance(text, str) else 0
    if not count:
        return entry
    disclosures = _read_leniently(people)
    places = find_commitment_places(entry, disclosures) if len(disclosures) == count else None
    if places is None:
        return reveal_people(entry, disclosures)
    for (holder, name), (_, value) in zip(places, disclosures.values(), strict=True):
        holder[name] = value
    return entry


def is_disclosed(entry: Mapping[str, Any], *, text: str, people: str | None) -> bool:
    """Return whether all that a canonical entry commits to certainly stands beside it, and nothing else.

    Where it is not certain, `reviews.ledger.people_checks` decides. If the hash of other bytes than those of
    RFC 8785 equals a commitment, then they are the bytes that were committed to.
    """
    count = text.count(COMMITMENT_START)
    if people is None:
        return count == 0
    try:
        disclosures = orjson.loads(people)
        if len(disclosures) != count:
            return False
        pieces = []
        for pointer, pair in disclosures.items():
            written, place = encode_plain(pair), find_place(entry, pointer)
            if place is None or place[0][place[1]] != {COMMITMENT: hashlib.sha256(written).hexdigest()}:
                return False
            pieces.append(b'"%b":%b' % (pointer.encode(), written))
    except (ValueError, TypeError, AttributeError):
        return False
    return b"{%b}" % b",".join(pieces) == people.encode() and [*disclosures] == sorted(disclosures)


def find_commitment_places(entry: Any, pointers: Iterable[str]) -> list[tuple[Any, str | int]] | None:
    """Return what holds the commitment at each pointer, and its key there; `None` if one has none."""
    places = []
    for pointer in pointers:
        place = find_place(entry, pointer)
        if place is None:
            return None
        value = place[0][place[1]]
        if type(value) is not dict or len(value) != 1 or COMMITMENT not in value:
            return None
        places.append(place)
    return places


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
