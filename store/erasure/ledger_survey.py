"""What the ledger says of a person: beside its entries, and in clear in those of earlier versions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from reviews.ledger.hash_chain import parse_entry
from reviews.ledger.people_commitments import commit_people
from store.chain import NO_REVIEW
from store.erasure.stored_entries import (
    PAGE_SIZE,
    SELECT_ENTRY,
    find_values,
    list_routes,
    read_disclosures,
    read_page,
)
from store.schema import ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import sqlalchemy as sa

    from reviews.erasure.erased_person import ErasedPerson

_ENTRIES = SELECT_ENTRY.order_by(ledger.c.seq).limit(PAGE_SIZE)


@dataclass(kw_only=True)
class LedgerSurvey:
    """What the ledger says of a person: entries that can lose them, reviews and routes of all of them.

    `clear_entries` is the number of entries of earlier versions, which name the person for good. `showing`
    are the reviews, and the numbers of entries without one, that say which ids belong to the address;
    `naming` are those that say which names belong to an id, and `in_tables` is the person without the ledger.
    """

    person: ErasedPerson
    in_tables: ErasedPerson
    entries: int = 0
    clear_entries: int = 0
    reviews: set[str] = field(default_factory=set)
    routes: set[str] = field(default_factory=set)
    showing: set[str | int] = field(default_factory=set)
    naming: set[str | int] = field(default_factory=set)


def survey_ledger(
    engine: sa.Engine, person: ErasedPerson, *, show: Callable[[int], None] = lambda _seq: None
) -> LedgerSurvey:
    """Read the whole ledger for a person; what it says of their ids and names is taken in too."""
    in_tables = person
    while True:
        survey = LedgerSurvey(person=person, in_tables=in_tables)
        after = 0
        while page := read_page(engine, _ENTRIES.where(ledger.c.seq > after)):
            for row in page:
                _survey_entry(survey, row)
            after = page[-1].seq
            show(after)
        if survey.person == person:
            return survey
        person = survey.person


def _survey_entry(survey: LedgerSurvey, row: sa.Row[Any]) -> None:
    person = survey.person
    in_clear = person.may_be_in(row.entry)
    beside = row.disclosures is not None and person.may_be_in(row.disclosures)
    if not in_clear and not beside:
        return
    entry = parse_entry(row.entry, label=f"entry {row.seq}")
    disclosures = read_disclosures(row) if beside else {}
    clear = commit_people(entry, make_salt=str)[1] if in_clear else {}
    own_values, clear_values = find_values(person, disclosures), find_values(person, clear)
    own_objects = _list_objects(person, own_values)
    for value in (*own_objects, *_list_objects(person, clear_values)):
        survey.person = survey.person.with_object(value)
    survey.entries += bool(own_values)
    survey.clear_entries += bool(clear_values)
    if own_values or clear_values:
        survey.routes.update(list_routes(entry))
    place = row.seq if row.review_id == NO_REVIEW else row.review_id
    if any(map(person.shows_address, own_objects)):
        survey.showing.add(place)
    elif any(_has_new_name(survey, each) for each in own_objects):
        survey.naming.add(place)
    if own_values and row.review_id != NO_REVIEW:
        survey.reviews.add(row.review_id)


def _list_objects(person: ErasedPerson, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [value for value in values.values() if isinstance(value, dict) and person.is_person(value)]


def _has_new_name(survey: LedgerSurvey, value: Mapping[str, Any]) -> bool:
    """Return whether a stored person, who is this one by an id, has another name than the tables say."""
    by_id = replace(survey.person, names=frozenset())
    return by_id.is_person(value) and survey.in_tables.with_object(value).names != survey.in_tables.names
