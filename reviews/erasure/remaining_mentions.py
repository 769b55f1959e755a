"""What still names a person after an erasure, told apart by where it stands and whom it means.

The search is blind: it knows no places, only what the person is called. Texts are composed (NFC) and
casefolded, and white space counts once. What it finds is *left* unless a reason says why it stays.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reviews.erasure.erased_person import fold_text, is_person_object
from reviews.erasure.readings import list_readings
from reviews.erasure.table_rules import CAMPAIGN_NAME, DOCUMENT, ROUTE, TABLES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from reviews.erasure.erased_person import ErasedPerson

ANOTHER = "another person of this name, or a longer name or address"
WORD = "a word of the program, or a name of one word"
EARLIER_ENTRY = "an entry of an earlier version, which can't be changed, and what follows from it"
_DOCUMENT_MEMBERS = (
    *("title", "titles", "title_before", "path", "path_before", "place", "moved_to", "link"),
    *("folder", "folders", "contents", "subject"),
)
_MEMBER_REASONS: Mapping[str, str] = {
    **dict.fromkeys(_DOCUMENT_MEMBERS, DOCUMENT),
    **dict.fromkeys(("campaign_name", "campaign"), CAMPAIGN_NAME),
    **dict.fromkeys(("route", "routes"), ROUTE),
}
"""Members of stored JSON that say what was reviewed; by any author."""
_STAYING = frozenset({DOCUMENT, CAMPAIGN_NAME, ROUTE})
_ACCOUNT_NAMES = frozenset({("accounts", "name"), ("people", "name")})
"""Rows of the person are gone by their address: who is left with the name has another one."""


_MIN_ID_LENGTH = 6
"""Characters; a shorter id counts only where a value consists of it."""
_JOINT = re.compile(r", | and | und |\n")
"""Between the names of a list in one text."""


class BlindSearch:
    """What a person is called, looked for in any value; `clear_entries` says that old entries name them."""

    def __init__(self, person: ErasedPerson, *, clear_entries: bool) -> None:
        self._person = person
        self._clear_entries = clear_entries
        phrases = {
            person.address,
            *(name for name in person.names if " " in name),
            *person.reversed_names,
            *(each for each in (*person.digests, *person.all_ids) if len(each) >= _MIN_ID_LENGTH),
        }
        self._phrases = frozenset(map(_fold, phrases))
        self._whole = frozenset(map(_fold, (*person.names, *person.all_ids)))

    def find(self, table: str, column: str, value: Any) -> Iterator[str | None]:
        """Yield for each text within a value that names the person why it stays; `None` if it is left."""
        rule = TABLES.get(table)
        why_impersonal = rule.impersonal.get(column) if rule else None
        is_of_another_row = (table, column) in _ACCOUNT_NAMES
        reason = ANOTHER if is_of_another_row else why_impersonal if why_impersonal in _STAYING else None
        keeps_clear = (table, column) == ("ledger", "entry") or (rule and column in rule.with_ledger)
        people_members = rule.texts if rule else None
        parsed = _parse(value)
        is_list = isinstance(parsed, list) and people_members is not None and column not in people_members
        texts = _iterate_texts(self._person, parsed, reason, people_members, is_word=is_list)
        for text, stays, is_word in texts:
            # In a column of our own words a name of one word is one of them.
            if not self._names(text, as_whole=why_impersonal is None):
                continue
            if stays is None and self._clear_entries and keeps_clear:
                yield EARLIER_ENTRY
            elif stays is None and is_word and not self._names(text, as_whole=False):
                yield WORD
            else:
                yield stays or (None if rule is None or self._means_person(text) else ANOTHER)

    def _names(self, text: str, *, as_whole: bool) -> bool:
        for reading in map(_fold, list_readings(text)):
            if any(phrase in reading for phrase in self._phrases):
                return True
            if as_whole and not self._whole.isdisjoint(map(_fold, _JOINT.split(reading))):
                return True
        return False

    def _means_person(self, text: str) -> bool:
        """Return whether a text names this person, and not one of whose name or address theirs is a part."""
        return _fold(text) in self._whole or self._person.is_written_in(" ".join(text.split()))


def _iterate_texts(
    person: ErasedPerson,
    value: Any,
    reason: str | None,
    people_members: Collection[str] | None,
    *,
    is_word: bool = False,
) -> Iterator[tuple[str, str | None, bool]]:
    """Yield the texts of a value: each with the reason why it stays, and whether it may be a word of ours.

    It may be one in a member of ours that is not for people: `people_members` are, and all of a table that is
    not ours, which has none.
    """
    match value:
        case str():
            yield value, reason, is_word
        case list() | tuple():
            for each in value:
                yield from _iterate_texts(person, each, reason, people_members, is_word=is_word)
        case Mapping():
            is_person = is_person_object(value)
            if is_person and value.get("email") and not person.shows_address(value):
                reason = reason or ANOTHER
            for name, each in value.items():
                if " " in name or "@" in name:
                    yield name, reason, False
                is_ours = not is_person and people_members is not None and name not in people_members
                why = reason or _MEMBER_REASONS.get(name)
                yield from _iterate_texts(person, each, why, people_members, is_word=is_ours)


def _fold(text: str) -> str:
    return " ".join(fold_text(text).split())


def _parse(value: Any) -> Any:
    """Return a value with its JSON parsed, also where a column of text holds it, and bytes as text."""
    if isinstance(value, bytes | bytearray | memoryview):
        value = bytes(value).decode(errors="replace")
    if isinstance(value, str) and value[:1] in {"{", "[", '"'}:
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value if isinstance(value, str | list | tuple | Mapping) else str(value)
