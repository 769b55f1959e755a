"""What remains of a stored value once a person is erased from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reviews.erasure.erased_person import is_person_object
from reviews.identity import list_id_members
from reviews.ledger.people_commitments import ERASED

if TYPE_CHECKING:
    from collections.abc import Collection

    from reviews.erasure.erased_person import ErasedPerson

PERSON_MEMBERS = frozenset({"id", "name", "email", "docspace_id", "proven_by", *list_id_members({})})
"""What a stored person says of themselves."""
_EMPTY_MEMBERS: Mapping[str, Any] = {"name": ERASED, "proven_by": {}}


def erase_value(person: ErasedPerson, value: Any) -> Any:
    """Return a value of JSON without the person; texts keep what else they say."""
    match value:
        case str():
            return person.redact(value)
        case list():
            return [erase_value(person, each) for each in value]
        case dict() if is_person_object(value) and person.is_person(value):
            return {
                name: _EMPTY_MEMBERS.get(name) if name in PERSON_MEMBERS else erase_value(person, each)
                for name, each in value.items()
            }
        case dict():
            return {person.redact(name): erase_value(person, each) for name, each in value.items()}
    return value


def identifies(person: ErasedPerson, value: Any) -> bool:
    """Return whether a value of JSON has an id or a digest of the person, or their address, anywhere."""
    match value:
        case str():
            return person.is_identified_by(value)
        case list():
            return any(identifies(person, each) for each in value)
        case dict():
            return any(identifies(person, each) for pair in value.items() for each in pair)
    return False


def find_person_values(person: ErasedPerson, values: Mapping[str, Any]) -> Collection[str]:
    """Return which of the values that an entry commits to are the person's, by their JSON pointer.

    What proved who acted goes with the one who acted.
    """
    pointers = {pointer for pointer, value in values.items() if _is_of_person(person, value)}
    if not pointers.isdisjoint({"/reviewer", "/by"}) and "/proof" in values:
        pointers.add("/proof")
    return pointers


def _is_of_person(person: ErasedPerson, value: Any) -> bool:
    match value:
        case str():
            return person.is_named_in(value)
        case Mapping():
            return person.is_person(value) if is_person_object(value) else identifies(person, dict(value))
    return False
