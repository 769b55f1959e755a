"""Erasure of a person from the ledger's side: what its entries commit to, with the rows that say the same.

Each step is one transaction: it takes the values away, rewrites the reviews, and says so in the ledger. So
the ledger and the reviews agree after each, also where nothing follows it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.erasure.review_values import RevealedEntries
from reviews.erasure.stored_values import find_theirs
from reviews.ledger.entries_without_review import build_erased
from reviews.ledger.hash_chain import LedgerBroken, parse_entry
from reviews.ledger.people_commitments import commit_people, compute_commitment, reveal_people
from store.chain import NO_REVIEW, SqlLedgerRepository
from store.disclosures import format_disclosures, parse_disclosures
from store.engine import MAX_PARAMETERS, read_only
from store.erasure.review_rows import lock_reviews, rewrite_review
from store.review_batches import count_together
from store.rows import UNREADABLE_ERRORS
from store.schema import ledger, ledger_people

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from reviews.erasure.erased_person import ErasedPerson
    from reviews.ledger.people_commitments import Disclosures
    from reviews.ports.ledger import LedgerEntry

PAGE_SIZE = 1000
MAX_REVIEWS = 200
"""Reviews that one transaction rewrites: meanwhile no other ledger entry is written."""
MAX_ENTRIES = 1000
"""Their entries, which are read at once; a bulk review with more goes in a step of its own."""

_ENTRY = sa.select(ledger.c.seq, ledger.c.review_id, ledger.c.entry, ledger_people.c.disclosures)
_ENTRY = _ENTRY.outerjoin(ledger_people, ledger_people.c.seq == ledger.c.seq)
_ENTRIES = _ENTRY.order_by(ledger.c.seq).limit(PAGE_SIZE)
# A full read by design: a commitment names no one, so nothing but its value says whose it is.
_PEOPLE = (
    sa.select(ledger_people.c.seq, ledger_people.c.disclosures, ledger.c.review_id)
    .join(ledger, ledger.c.seq == ledger_people.c.seq)
    .order_by(ledger_people.c.seq)
    .limit(PAGE_SIZE)
)


@dataclass(kw_only=True)
class LedgerSurvey:
    """What the ledger says of a person: entries that can lose them, reviews and routes of all of them.

    `clear_entries` is the number of entries of earlier versions, which name the person for good.
    """

    person: ErasedPerson
    entries: int = 0
    clear_entries: int = 0
    reviews: set[str] = field(default_factory=set)
    routes: set[str] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True)
class ErasedStep:
    """What one transaction erased: so many values of so many entries, in so many reviews."""

    values: int
    entries: int
    reviews: int


def survey_ledger(
    engine: sa.Engine, person: ErasedPerson, *, show: Callable[[int], None] = lambda _seq: None
) -> LedgerSurvey:
    """Read the whole ledger for a person; what it says of their ids and names is taken in too."""
    while True:
        survey = LedgerSurvey(person=person)
        after = 0
        while page := _read_page(engine, _ENTRIES.where(ledger.c.seq > after)):
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
    disclosures = _read_disclosures(row) if beside else {}
    clear = commit_people(entry, make_salt=str)[1] if in_clear else {}
    own_values, clear_values = _find_values(person, disclosures), _find_values(person, clear)
    for value in (*own_values.values(), *clear_values.values()):
        if isinstance(value, dict) and person.is_person(value):
            survey.person = survey.person.with_object(value)
    survey.entries += bool(own_values)
    survey.clear_entries += bool(clear_values)
    if own_values or clear_values:
        survey.routes.update(filter(None, [entry.get("route"), *(entry.get("routes") or ())]))
    if own_values and row.review_id != NO_REVIEW:
        survey.reviews.add(row.review_id)


def erase_from_ledger(
    engine: sa.Engine,
    person: ErasedPerson,
    *,
    now: Callable[[], datetime],
    show: Callable[[int], None] = lambda _seq: None,
    max_reviews: int = MAX_REVIEWS,
    max_entries: int = MAX_ENTRIES,
) -> Iterator[ErasedStep]:
    """Erase a person step by step; who stops in between begins again.

    A step is up to `max_reviews`, with up to `max_entries` if it is more than one.
    """
    after: int | None = 0
    while after is not None:
        review_ids, numbers, after = _find_entries(engine, person, after, show)
        sizes = _count_entries(engine, review_ids)
        while review_ids:
            count = count_together(
                [sizes[each] for each in review_ids], max_reviews=max_reviews, max_size=max_entries
            )
            together, review_ids = review_ids[:count], review_ids[count:]
            yield _erase_step(engine, person, together, (), now())
        if numbers:
            yield _erase_step(engine, person, (), numbers, now())


def _find_entries(
    engine: sa.Engine, person: ErasedPerson, after: int, show: Callable[[int], None]
) -> tuple[list[str], list[int], int | None]:
    """Return reviews, and entries without a review, that name the person, from a few pages.

    The last value is where to go on; `None` at the end.
    """
    review_ids: dict[str, None] = {}
    numbers: list[int] = []
    while len(review_ids) < MAX_REVIEWS and len(numbers) < PAGE_SIZE:
        page = _read_page(engine, _PEOPLE.where(ledger_people.c.seq > after))
        for row in page:
            if not person.may_be_in(row.disclosures) or not _find_values(person, _read_disclosures(row)):
                continue
            if row.review_id == NO_REVIEW:
                numbers.append(row.seq)
            else:
                review_ids[row.review_id] = None
        if len(page) < PAGE_SIZE:
            return list(review_ids), numbers, None
        after = page[-1].seq
        show(after)
    return list(review_ids), numbers, after


def _count_entries(engine: sa.Engine, review_ids: Sequence[str]) -> dict[str, int]:
    """Return by review how many entries it has."""
    query = sa.select(ledger.c.review_id, sa.func.count().label("entries")).group_by(ledger.c.review_id)
    counts: dict[str, int] = {}
    for start in range(0, len(review_ids), MAX_PARAMETERS):
        part = review_ids[start : start + MAX_PARAMETERS]
        rows = _read_page(engine, query.where(ledger.c.review_id.in_(part)))
        counts |= {each.review_id: each.entries for each in rows}
    return counts


def _erase_step(
    engine: sa.Engine, person: ErasedPerson, review_ids: Sequence[str], numbers: Sequence[int], at: datetime
) -> ErasedStep:
    with engine.begin() as connection:
        rows_by_id = {row["id"]: row for row in lock_reviews(connection, review_ids)} if review_ids else {}
        belongs = ledger.c.review_id.in_(review_ids) if review_ids else ledger.c.seq.in_(numbers)
        _lock_people(connection, belongs)
        stored_by_review: dict[str, list[_StoredEntry]] = defaultdict(list)
        stored_rows = connection.execute(_ENTRY.where(belongs)).all()
        for each in sorted(stored_rows, key=attrgetter("seq")):
            stored_by_review[each.review_id].append(_StoredEntry.read(each, person))
        changed = [each for entries in stored_by_review.values() for each in entries if each.own_values]
        for stored in changed:
            _write_kept(connection, stored)
        for review_id, row in rows_by_id.items():
            _rewrite(connection, person, row, stored_by_review[review_id])
        commitments = [commitment for each in changed for commitment in each.list_commitments()]
        chain = SqlLedgerRepository(connection)
        for entry in build_erased(commitments, at=at):
            chain.append(entry)
        chain.write_waiting()
    return ErasedStep(values=len(commitments), entries=len(changed), reviews=len(review_ids))


def _lock_people(connection: sa.Connection, belongs: sa.ColumnElement[bool]) -> None:
    """Let no one else change what stands beside these entries until the transaction ends.

    A removed review has no row to lock, nor has an entry without a review. The order is one, as that of
    `lock_reviews`. What the entries say is read afterwards: who was here before may have erased of it.
    """
    query = sa.select(ledger_people.c.seq).join(ledger, ledger.c.seq == ledger_people.c.seq)
    query = query.where(belongs).order_by(ledger_people.c.seq)
    connection.execute(query.with_for_update(of=ledger_people)).all()


def _rewrite(
    connection: sa.Connection, person: ErasedPerson, row: Mapping[str, Any], entries: Sequence[_StoredEntry]
) -> None:
    try:
        rewrite_review(connection, person, row, _reveal(entries))
    except UNREADABLE_ERRORS as error:
        raise LedgerBroken(f"review {row['id']} holds what was never written there") from error


@dataclass(frozen=True, kw_only=True)
class _StoredEntry:
    """An entry as it is stored, what stands beside it, and what of that is the person's, by pointer."""

    seq: int
    entry: LedgerEntry
    disclosures: Disclosures
    own_values: Mapping[str, Any]

    @classmethod
    def read(cls, row: Any, person: ErasedPerson) -> _StoredEntry:
        disclosures = _read_disclosures(row)
        return cls(
            seq=row.seq,
            entry=parse_entry(row.entry, label=f"entry {row.seq}"),
            disclosures=disclosures,
            own_values=_find_values(person, disclosures),
        )

    @property
    def kept_disclosures(self) -> Disclosures:
        return {pointer: pair for pointer, pair in self.disclosures.items() if pointer not in self.own_values}

    def list_commitments(self) -> list[str]:
        """Return the commitments to the person's values.

        They are computed from the values: one that was exchanged is not recorded as the one that was
        committed to, so the check still finds that.
        """
        return [compute_commitment(*self.disclosures[pointer]) for pointer in sorted(self.own_values)]


def _write_kept(connection: sa.Connection, stored: _StoredEntry) -> None:
    update = sa.update(ledger_people).where(ledger_people.c.seq == stored.seq)
    connection.execute(update.values(disclosures=format_disclosures(stored.kept_disclosures)))


def _reveal(entries: Sequence[_StoredEntry]) -> RevealedEntries:
    return RevealedEntries(
        before=[reveal_people(each.entry, each.disclosures) for each in entries],
        after=[reveal_people(each.entry, each.kept_disclosures) for each in entries],
    )


def _find_values(person: ErasedPerson, disclosures: Disclosures) -> dict[str, Any]:
    values = {pointer: value for pointer, (_, value) in disclosures.items()}
    return {pointer: values[pointer] for pointer in find_theirs(person, values)}


def _read_disclosures(row: Any) -> dict[str, tuple[str, Any]]:
    return parse_disclosures(row.disclosures, seq=row.seq)


def _read_page(engine: sa.Engine, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
    with read_only(engine).connect() as connection:
        return connection.execute(query).all()
