"""Entries in an export: as they are hashed, with the people that they commit to in clear.

A line is the entry with each value that stands beside the ledger, and with two members that are not hashed:
`salts` has the salt of each of these values, by the JSON pointer of its place, and `erased` the pointers of
the commitments with nothing beside them. An entry that commits to nothing, as all of earlier versions, is its
own line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from reviews.ledger.hash_chain import LedgerBroken, encode_canonical
from reviews.ledger.people_commitments import (
    COMMITMENT,
    ENCODED_COMMITMENT_START,
    compute_commitment,
    find_commitments,
    reveal_people,
)
from reviews.ledger.pointers import find_key, quote_pointer, split_pointer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from reviews.ledger.people_commitments import Disclosures
    from reviews.ports.ledger import LedgerEntry

    Encode = Callable[[Any], bytes]

SALTS, ERASED_PLACES = "salts", "erased"
_ADDED_MEMBERS = (SALTS, ERASED_PLACES)


class RestoredEntry(NamedTuple):
    """An entry of an export.

    Attributes:
        entry: Its members as they are hashed, with commitments in place of people.
        encoded: Their RFC 8785 form, the leaf of the tree; `None` for a value that no entry may hold.
        disclosures: The salt and the value of each commitment that the export names, by its JSON pointer.
        erased: The commitments with nothing beside them, by their JSON pointers.
    """

    entry: LedgerEntry
    encoded: bytes | None
    disclosures: Disclosures
    erased: Mapping[str, str]


def format_exported_entry(entry: LedgerEntry, disclosures: Disclosures) -> dict[str, Any]:
    """Return the members of the line of a stored entry; `LedgerBroken` if it can't have been restored.

    `disclosures` is what stands beside the entry: each has to have a commitment in it.
    """
    label = f"entry {entry.get('seq')}"
    commitments = find_commitments(entry)
    if added := [name for name in _ADDED_MEMBERS if name in entry]:
        raise LedgerBroken(f"{label} has a member {added[0]!r}, which an export adds")
    if astray := sorted(disclosures.keys() - commitments.keys()):
        raise LedgerBroken(f"{label} has no commitment at {astray[0]!r}, and a value stands beside it")
    if not commitments:
        return dict(entry)
    erased = sorted(commitments.keys() - disclosures.keys())
    without = {pointer: ("", {COMMITMENT: commitments[pointer]}) for pointer in erased}
    line = reveal_people(entry, {**disclosures, **without})
    if disclosures:
        line[SALTS] = {pointer: salt for pointer, (salt, _) in disclosures.items()}
    if erased:
        line[ERASED_PLACES] = erased
    return line


def restore_stored_entry(
    line: LedgerEntry, *, label: str, encode: Encode = encode_canonical
) -> RestoredEntry:
    """Return the entry of a line, or raise `LedgerBroken`; `label` names the line in the message.

    Whether the entry has the hash that it claims is not checked. `encode` returns the RFC 8785 form of an
    object or a list, or raises `ValueError`.
    """
    salts, erased = _read_salts(line, label), _read_erased(line, label)
    restoration = _Restoration(line, label)
    disclosures = {}
    try:
        for pointer, salt in salts.items():
            disclosures[pointer] = salt, restoration.commit(pointer, salt, encode)
        encoded = encode(restoration.entry)
    except (ValueError, RecursionError):
        return RestoredEntry(restoration.entry, None, {}, {})
    commitments = {pointer: restoration.read_commitment(pointer) for pointer in erased} if erased else {}
    if encoded.count(ENCODED_COMMITMENT_START) != len(salts) + len(erased):
        restoration.require_listed({*salts, *erased})
    return RestoredEntry(restoration.entry, encoded, disclosures, commitments)


def _read_salts(line: LedgerEntry, label: str) -> dict[str, str]:
    if SALTS not in line:
        return {}
    salts = line[SALTS]
    if not isinstance(salts, dict) or set(map(type, salts.values())) != {str}:
        raise LedgerBroken(f"{label} has {SALTS!r} that are no object of texts")
    return salts


def _read_erased(line: LedgerEntry, label: str) -> list[str]:
    if ERASED_PLACES not in line:
        return []
    erased = line[ERASED_PLACES]
    if not isinstance(erased, list) or set(map(type, erased)) != {str}:
        raise LedgerBroken(f"{label} has {ERASED_PLACES!r} that is no list of texts")
    if len(set(erased)) < len(erased):
        twice = next(pointer for pointer in erased if erased.count(pointer) > 1)
        raise LedgerBroken(f"{label} names {quote_pointer(twice)} twice as erased")
    if erased != sorted(erased):
        raise LedgerBroken(f"{label} names what is erased in another order than an export")
    return erased


class _Restoration:
    """The entry of one line while the commitments are put back in it; the line itself stays as it is."""

    def __init__(self, line: LedgerEntry, label: str) -> None:
        self._line, self._label = line, label
        self.entry = dict(line)
        for name in _ADDED_MEMBERS:
            self.entry.pop(name, None)
        self._own_values: dict[int, Any] = {}
        """Our copies of what commitments stand in, by their identity, which no other value gets meanwhile."""

    def commit(self, pointer: str, salt: str, encode: Encode) -> Any:
        """Put the commitment to a value in its place, and return the value."""
        holder, key = self._find_place(pointer, "has a salt for {}, which is no place in it")
        value = holder[key]
        if type(value) is dict and _read_commitment(value) is not None:
            raise LedgerBroken(f"{self._label} has a salt for {quote_pointer(pointer)}, and no value there")
        within_another = key == COMMITMENT and _read_commitment(holder) is not None
        if within_another or id(value) in self._own_values:
            raise LedgerBroken(f"{self._label} has a salt for {quote_pointer(pointer)} and for a part of it")
        holder[key] = {COMMITMENT: compute_commitment(salt, value, encode=encode)}
        return value

    def read_commitment(self, pointer: str) -> str:
        """Return the commitment at an erased place."""
        holder, key = self._find_place(pointer, "names {} as erased, which is no place in it")
        commitment = _read_commitment(holder[key])
        if commitment is None or pointer in self._line.get(SALTS, {}):
            raise LedgerBroken(
                f"{self._label} names {quote_pointer(pointer)} as erased, and has a value there"
            )
        return commitment

    def require_listed(self, pointers: Iterable[str]) -> None:
        """Require that the entry has no commitments but those in these places."""
        places = find_commitments(self.entry).keys()
        if unlisted := sorted(places - set(pointers)):
            raise LedgerBroken(
                f"{self._label} has no value at {quote_pointer(unlisted[0])}, and does not name it as erased"
            )

    def _find_place(self, pointer: str, absence: str) -> tuple[Any, Any]:
        """Return the object or list that holds a place, ours to change, and the key in it."""
        holder: Any = self.entry
        key: str | int | None = None
        for name, index in split_pointer(pointer):
            if key is not None:
                holder = self._get_own_value(holder, key)
            key = find_key(holder, name, index)
            if key is None:
                break
        if key is None:
            raise LedgerBroken(f"{self._label} {absence.format(quote_pointer(pointer))}")
        return holder, key

    def _get_own_value(self, holder: Any, key: str | int) -> Any:
        value = holder[key]
        if id(value) not in self._own_values and isinstance(value, dict | list):
            value = holder[key] = value.copy()
            self._own_values[id(value)] = value
        return value


def _read_commitment(value: Any) -> str | None:
    """Return the commitment in a place; `None` for a value."""
    is_alone = type(value) is dict and len(value) == 1
    return find_commitments(value).get("") if is_alone else None
