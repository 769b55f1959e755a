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
_SHARED_MEMBERS = PERSON_MEMBERS - {"name"}
"""What stays of a person with another address, also where an id is that of the person who is erased."""
ACCOUNT_ADDRESSES = ("other_emails", "login")
"""What a chat shows of an account that holds addresses."""
WRITINGS = frozenset({"note", "sentence", "error"})
"""Members and columns that hold what someone wrote, and not names or an address alone."""
_EMPTY_MEMBERS: Mapping[str, Any] = {"name": ERASED, "proven_by": {}}


def erase_value(person: ErasedPerson, value: Any, *, texts: Collection[str] = ()) -> Any:
    """Return a value of JSON without the person; a name goes only from persons and from texts by people.

    `texts` are the members that hold such texts, in any depth: elsewhere a name may be one of our own words.
    Names of members are ours.
    """
    match value:
        case str():
            return person.redact_identifiers(value)
        case list():
            return [erase_value(person, each, texts=texts) for each in value]
        case dict():
            is_theirs = is_person_object(value) and person.is_person(value)
            remaining = _SHARED_MEMBERS if _is_of_another(person, value) else ()
            return {
                name: _EMPTY_MEMBERS.get(name)
                if is_theirs and name in PERSON_MEMBERS
                else each
                if name in remaining
                else erase_member(person, name, each, texts=texts)
                for name, each in value.items()
            }
    return value


def erase_member(person: ErasedPerson, name: str, value: Any, *, texts: Collection[str]) -> Any:
    """Return the value of a member, or of a column, without the person."""
    if name in texts and isinstance(value, str):
        return person.redact_writing(value) if name in WRITINGS else person.redact(value)
    if name in texts and isinstance(value, list):
        return [erase_member(person, name, each, texts=texts) for each in value]
    return erase_value(person, value, texts=texts)


def is_theirs_alone(person: ErasedPerson, value: Any) -> bool:
    """Return whether a value that holds one address, id or digest is the person's.

    Of what a chat shows of an account, the members that hold addresses count.
    """
    match value:
        case str():
            return person.is_exactly(value)
        case list():
            return any(is_theirs_alone(person, each) for each in value)
        case dict():
            return any(is_theirs_alone(person, value.get(name)) for name in ACCOUNT_ADDRESSES)
    return False


def erase_from_list(person: ErasedPerson, values: Any) -> Any:
    """Return a list of addresses and ids without those of the person."""
    if not isinstance(values, list):
        return values
    return [each for each in values if not is_theirs_alone(person, each)]


def erase_cause(person: ErasedPerson, cause: str, *, random_part: str) -> str:
    """Return the cause of a bulk review, `actor:FOLDER:PERSON`, without the person.

    Two causes must not become the same, so it gets a random part.
    """
    kind, folder, who = [*cause.split(":", 2), "", ""][:3]
    named = person.is_exactly(who) or person.is_person({"id": None, "email": None, "name": who})
    return f"{kind}:{folder}:{ERASED}:{random_part}" if named else cause


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

    What proved who acted goes with the one who acted, and stays with one who has another address.
    """
    pointers = {pointer for pointer, value in values.items() if _is_of_person(person, pointer, value)}
    actors = [value for pointer in ("/reviewer", "/by") if isinstance(value := values.get(pointer), Mapping)]
    if any(_is_of_another(person, each) for each in actors):
        return pointers - {"/proof"}
    if not pointers.isdisjoint({"/reviewer", "/by"}) and "/proof" in values:
        pointers.add("/proof")
    return pointers


def _is_of_another(person: ErasedPerson, value: Mapping[str, Any]) -> bool:
    return is_person_object(value) and bool(value.get("email")) and not person.has_address(value["email"])


def _is_of_person(person: ErasedPerson, pointer: str, value: Any) -> bool:
    match value:
        case str():
            if pointer.rpartition("/")[2] in WRITINGS:
                return person.is_written_in(value)
            return person.is_identified_by(value) or person.has_name(value)
        case Mapping():
            return person.is_person(value) if is_person_object(value) else identifies(person, dict(value))
    return False
