"""Erasure of a person from the ledger's side: what its entries commit to, with the rows that say the same.

Each step is one transaction: it takes the values away, rewrites the reviews, and says so in the ledger. So
the ledger and the reviews agree after each, also where nothing follows it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.erasure.review_values import RevealedEntries
from reviews.ledger.entries_without_review import build_erased
from reviews.ledger.hash_chain import LedgerBroken
from reviews.ledger.people_commitments import reveal_people
from store.chain import NO_REVIEW, SqlLedgerRepository
from store.disclosures import format_disclosures
from store.engine import MAX_PARAMETERS
from store.erasure.review_rows import lock_reviews, rewrite_review
from store.erasure.stored_entries import (
    PAGE_SIZE,
    SELECT_ENTRY,
    DisclosedEntry,
    find_values,
    read_disclosures,
    read_page,
)
from store.review_batches import count_together
from store.rows import UNREADABLE_ERRORS
from store.schema import ledger, ledger_people

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from reviews.erasure.erased_person import ErasedPerson

MAX_REVIEWS = 200
"""Reviews that one transaction rewrites: meanwhile no other ledger entry is written."""
MAX_ENTRIES = 1000
"""Their entries, which are read at once; a bulk review with more goes in a step of its own."""

# A full read by design: a commitment names no one, so nothing but its value says whose it is.
_PEOPLE = (
    sa.select(ledger_people.c.seq, ledger_people.c.disclosures, ledger.c.review_id)
    .join(ledger, ledger.c.seq == ledger_people.c.seq)
    .order_by(ledger_people.c.seq)
    .limit(PAGE_SIZE)
)


@dataclass(frozen=True, kw_only=True)
class ErasedStep:
    """What one transaction erased: so many values of so many entries, in so many reviews."""

    values: int
    entries: int
    reviews: int


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
        page = read_page(engine, _PEOPLE.where(ledger_people.c.seq > after))
        for row in page:
            if not person.may_be_in(row.disclosures) or not find_values(person, read_disclosures(row)):
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
        rows = read_page(engine, query.where(ledger.c.review_id.in_(part)))
        counts |= {each.review_id: each.entries for each in rows}
    return counts


def _erase_step(
    engine: sa.Engine, person: ErasedPerson, review_ids: Sequence[str], numbers: Sequence[int], at: datetime
) -> ErasedStep:
    with engine.begin() as connection:
        rows_by_id = {row["id"]: row for row in lock_reviews(connection, review_ids)} if review_ids else {}
        belongs = ledger.c.review_id.in_(review_ids) if review_ids else ledger.c.seq.in_(numbers)
        _lock_people(connection, belongs)
        stored_by_review: dict[str, list[DisclosedEntry]] = defaultdict(list)
        stored_rows = connection.execute(SELECT_ENTRY.where(belongs)).all()
        for each in sorted(stored_rows, key=attrgetter("seq")):
            stored_by_review[each.review_id].append(DisclosedEntry.read(each, person))
        changed = [each for entries in stored_by_review.values() for each in entries if each.own_values]
        for stored in changed:
            _write_remaining(connection, stored)
        for review_id, row in rows_by_id.items():
            _rewrite_review(connection, person, row, stored_by_review[review_id])
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


def _rewrite_review(
    connection: sa.Connection, person: ErasedPerson, row: Mapping[str, Any], entries: Sequence[DisclosedEntry]
) -> None:
    try:
        rewrite_review(connection, person, row, _reveal(entries))
    except UNREADABLE_ERRORS as error:
        raise LedgerBroken(f"review {row['id']} holds what was never written there") from error


def _write_remaining(connection: sa.Connection, stored: DisclosedEntry) -> None:
    update = sa.update(ledger_people).where(ledger_people.c.seq == stored.seq)
    connection.execute(update.values(disclosures=format_disclosures(stored.remaining_disclosures)))


def _reveal(entries: Sequence[DisclosedEntry]) -> RevealedEntries:
    return RevealedEntries(
        before=[reveal_people(each.entry, each.disclosures) for each in entries],
        after=[reveal_people(each.entry, each.remaining_disclosures) for each in entries],
    )
