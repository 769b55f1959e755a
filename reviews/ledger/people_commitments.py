"""Commitments to people: an entry names no one, and what it commits to stands beside the ledger.

A name or address that is erased there is gone, while the entry with its hash, its proofs and its MAC stays
as it is. The commitment to a value is the SHA-256, in lower-case hex, of the RFC 8785 form of the list
`[salt, value]`. Each mention has a salt of its own, 128 random bits: without the salt no one can find out by
trying addresses whom an entry means, nor whether two entries mean the same person.

Which values are people's is decided here alone, by the name of their member, wherever it stands in an entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from reviews import identity
from reviews.identity import list_id_members
from reviews.ledger.hash_chain import EntryType, encode_canonical
from reviews.ledger.pointers import escape_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.ports.ledger import LedgerEntry

Disclosures = Mapping[str, tuple[str, Any]]
"""What an entry commits to: the salt and the value, by the JSON pointer (RFC 6901) of its place."""

ERASED = identity.ERASED
ERASED_PERSON: Mapping[str, Any] = {"id": None, "name": ERASED, "email": None}
ERASED_ABSENT: Mapping[str, Any] = {"name": ERASED, "email": None}
ERASED_REVIEWER: Mapping[str, Any] = {
    "name": ERASED,
    "email": None,
    "docspace_id": None,
    **list_id_members({}),
}
COMMITMENT = "commitment"
"""The only member of an object that stands in an entry for a value."""
COMMITMENT_START = f'{{"{COMMITMENT}":"'
"""How each commitment begins in a canonical text. In no string: there the first quotation mark is escaped."""
ENCODED_COMMITMENT_START = COMMITMENT_START.encode()
_COMMITMENT_FORM = re.compile("[0-9a-f]{64}")
_REVIEWER_LIST = "acknowledged_by"
_PEOPLE_LISTS = frozenset({"contributors", "people", _REVIEWER_LIST})
_TEXT_LISTS = frozenset({"owners", "reassigned_to", "whom", "from", "to"})
_REVIEWERS = frozenset({"reviewer", "by", "to"})
"""Members that are reviewers where they are objects with a name; `by` and `to` may be a review or a time."""
_ABSENT = "stand_in_for"
"""The member with the person for whom a reviewer stood in."""
_VALUES = frozenset({"owner", "note", "target", "proof"})
_PLACEHOLDERS: Mapping[str, Any] = {
    **dict.fromkeys(_PEOPLE_LISTS, ERASED_PERSON),
    **dict.fromkeys({*_REVIEWERS, _REVIEWER_LIST}, ERASED_REVIEWER),
    _ABSENT: ERASED_ABSENT,
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


def list_erased_commitments(entry: Any) -> list[str]:
    """Return the commitments that an entry `people:erased` lists; another and what is malformed list none."""
    if not isinstance(entry, dict) or entry.get("type") != EntryType.PEOPLE_ERASED:
        return []
    listed = entry.get("commitments")
    return list(filter(_is_digest, listed)) if isinstance(listed, list) else []


def find_mismatches(
    commitments: Mapping[str, str], disclosures: Disclosures
) -> Iterator[tuple[str, str | None]]:
    """Yield where an entry commits to another value than the one disclosed, by pointer, with the commitment.

    It is `None` where the entry commits to nothing.
    """
    for pointer, (salt, value) in disclosures.items():
        commitment = commitments.get(pointer)
        if commitment is None or not _is_committed(commitment, salt, value):
            yield pointer, commitment


def _is_committed(commitment: str, salt: str, value: Any) -> bool:
    try:
        return compute_commitment(salt, value) == commitment
    except (ValueError, RecursionError):  # what no entry of ours can hold
        return False


def compute_commitment(
    salt: str, value: Any, *, encode: Callable[[list[Any]], bytes] = encode_canonical
) -> str:
    """Return the commitment to a value; `ValueError` for a value that no entry may hold.

    `encode` returns the RFC 8785 form of a list.
    """
    return sha256(encode([salt, value])).hexdigest()


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
        if (name in {*_REVIEWERS, _ABSENT} and "name" in value) or _is_commitment(value):
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
        kind = "" if name in _TEXT_LISTS else name  # `to` is a reviewer where it is no list
        return [_reveal(each, f"{pointer}/{index}", kind, reveal) for index, each in enumerate(value)]
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
    return len(value) == 1 and _is_digest(value.get(COMMITMENT))


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and _COMMITMENT_FORM.fullmatch(value) is not None
