"""Commitments to people: an entry names no one, and what it commits to stands beside the ledger.

A name or address that is erased there is gone, while the entry with its hash, its proofs and its MAC stays
as it is. The commitment to a value is the SHA-256, in lower-case hex, of the RFC 8785 form of the list
`[salt, value]`. Each mention has a salt of its own, 128 random bits: without the salt no one can find out by
trying addresses whom an entry means, nor whether two entries mean the same person.

Which values are people's is decided here alone, by the name of their member, wherever it stands in an entry.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from reviews.identity import list_id_members
from reviews.ledger.hash_chain import encode_canonical

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.ports.ledger import LedgerEntry

Disclosures = Mapping[str, tuple[str, Any]]
"""What an entry commits to: the salt and the value, by the JSON pointer (RFC 6901) of its place."""

ERASED = "erased"
"""What stands for a name, an address or a text that was erased."""
ERASED_PERSON: Mapping[str, Any] = {"id": None, "name": ERASED, "email": None}
ERASED_REVIEWER: Mapping[str, Any] = {
    "name": ERASED,
    "email": None,
    "docspace_id": None,
    **list_id_members({}),
}
COMMITMENT = "commitment"
"""The only member of an object that stands in an entry for a value."""
_MAX_INDEX_LENGTH = 9
_MAX_POINTER_LENGTH, _MAX_QUOTED_LENGTH = 1_000, 80
_COMMITMENT_FORM = re.compile("[0-9a-f]{64}")
_PEOPLE_LISTS = frozenset({"contributors", "people"})
_TEXT_LISTS = frozenset({"owners", "whom", "acknowledged_by"})
_REVIEWERS = frozenset({"reviewer", "by", "to"})
"""Members that are reviewers where they are objects with a name; `by` and `to` may be a review or a time."""
_VALUES = frozenset({"owner", "note", "target", "proof"})
_PLACEHOLDERS: Mapping[str, Any] = {
    **dict.fromkeys(_PEOPLE_LISTS, ERASED_PERSON),
    **dict.fromkeys(_REVIEWERS, ERASED_REVIEWER),
    "proof": {},
}
"""What stands for an erased value, by the name of its member; for all others it is `ERASED`."""


def commit_people(
    body: LedgerEntry, *, make_salt: Callable[[], str]
) -> tuple[dict[str, Any], dict[str, tuple[str, Any]]]:
    """Return an entry's members with commitments in place of people, and what they commit to.

    `make_salt` returns a new salt for each value: text with at least 128 random bits.
    """
    disclosures: dict[str, tuple[str, Any]] = {}

    def commit(pointer: str, value: Any) -> dict[str, str]:
        salt = make_salt()
        disclosures[pointer] = (salt, value)
        return {COMMITMENT: compute_commitment(salt, value)}

    return _replace_people(body, "", commit), disclosures


def reveal_people(entry: LedgerEntry, disclosures: Disclosures) -> dict[str, Any]:
    """Return an entry with the values that it commits to; what was erased has a placeholder."""

    def reveal(pointer: str, name: str) -> Any:
        return disclosures[pointer][1] if pointer in disclosures else _PLACEHOLDERS.get(name, ERASED)

    return {name: _reveal(value, f"/{escape_name(name)}", name, reveal) for name, value in entry.items()}


def find_commitments(entry: LedgerEntry) -> dict[str, str]:
    """Return the commitments of an entry by the JSON pointer of their place."""
    return dict(_iterate_commitments(entry, ""))


def compute_commitment(
    salt: str, value: Any, *, encode: Callable[[list[Any]], bytes] = encode_canonical
) -> str:
    """Return the commitment to a value; `ValueError` for a value that no entry may hold.

    `encode` returns the RFC 8785 form of a list.
    """
    return hashlib.sha256(encode([salt, value])).hexdigest()


def escape_name(name: str) -> str:
    """Return a member's name as a JSON pointer has it."""
    return name.replace("~", "~0").replace("/", "~1")


def split_pointer(pointer: str) -> tuple[str, ...]:
    """Return the names in a JSON pointer; none in one that RFC 6901 writes otherwise, or of the whole."""
    return _split_short_pointer(pointer) if len(pointer) <= _MAX_POINTER_LENGTH else ()


@lru_cache(maxsize=1_000)  # entries have the same places
def _split_short_pointer(pointer: str) -> tuple[str, ...]:
    names = tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])
    return names if "".join(f"/{escape_name(name)}" for name in names) == pointer else ()


def find_key(holder: Any, name: str) -> str | int | None:
    """Return what a name in a pointer is in an object or a list; `None` if it is nothing there."""
    if type(holder) is dict:
        return name if name in holder else None
    if type(holder) is list and len(name) <= _MAX_INDEX_LENGTH and name.isdecimal():
        index = int(name)
        return index if index < len(holder) and name == str(index) else None
    return None


def quote_pointer(pointer: str) -> str:
    """Return a pointer as a sentence names it, however long it is."""
    return repr(pointer if len(pointer) <= _MAX_QUOTED_LENGTH else f"{pointer[:_MAX_QUOTED_LENGTH]}...")


def _replace_people(
    members: Mapping[str, Any], pointer: str, commit: Callable[[str, Any], dict[str, str]]
) -> dict[str, Any]:
    return {
        name: _replace_value(name, value, f"{pointer}/{escape_name(name)}", commit) if value else value
        for name, value in members.items()
    }


def _replace_value(name: str, value: Any, pointer: str, commit: Callable[[str, Any], dict[str, str]]) -> Any:
    """Return a value that is not empty with commitments; `name` is that of the member that it is."""
    if name in _VALUES:
        return commit(pointer, value)
    if isinstance(value, Mapping):
        # What looks like a commitment is committed to as well: else it would be taken for one.
        if (name in _REVIEWERS and "name" in value) or _is_commitment(value):
            return commit(pointer, value)
        return _replace_people(value, pointer, commit)
    if not isinstance(value, list | tuple):
        return value
    places = [(f"{pointer}/{index}", each) for index, each in enumerate(value)]
    if name in _PEOPLE_LISTS or name in _TEXT_LISTS:
        return [commit(place, each) for place, each in places]
    return [_replace_value("", each, place, commit) if each else each for place, each in places]


def _reveal(value: Any, pointer: str, name: str, reveal: Callable[[str, str], Any]) -> Any:
    """Return a value with what it commits to; `name` is that of the member that it is or stands in."""
    if isinstance(value, Mapping):
        if _is_commitment(value):
            return reveal(pointer, name)
        return {
            key: _reveal(each, f"{pointer}/{escape_name(key)}", key, reveal) for key, each in value.items()
        }
    if isinstance(value, list):
        return [_reveal(each, f"{pointer}/{index}", name, reveal) for index, each in enumerate(value)]
    return value


def _iterate_commitments(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        if _is_commitment(value):
            yield pointer, value[COMMITMENT]
            return
        for name, each in value.items():
            yield from _iterate_commitments(each, f"{pointer}/{escape_name(name)}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _iterate_commitments(each, f"{pointer}/{index}")


def _is_commitment(value: Mapping[str, Any]) -> bool:
    commitment = value.get(COMMITMENT)
    return len(value) == 1 and isinstance(commitment, str) and bool(_COMMITMENT_FORM.fullmatch(commitment))
