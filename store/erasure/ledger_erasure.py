"""Erasure of a person from the ledger's side: what its entries commit to, with the rows that say the same.

It goes in steps, each one transaction: who is stopped in between begins again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from store.chain import NO_REVIEW
from store.engine import MAX_PARAMETERS
from store.erasure.erasure_step import ErasureStep
from store.erasure.precautions import NO_PRECAUTIONS, Precautions
from store.erasure.stored_entries import PAGE_SIZE, read_disclosures, read_page
from store.review_batches import count_together
from store.schema import ledger, ledger_people

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from reviews.erasure.erased_person import ErasedPerson
    from store.erasure.erasure_step import ErasedStep

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


class StepLimits(NamedTuple):
    """How much one transaction rewrites: so many reviews, with so many entries if it is more than one."""

    reviews: int = MAX_REVIEWS
    entries: int = MAX_ENTRIES


DEFAULT_LIMITS = StepLimits()


def erase_from_ledger(
    engine: sa.Engine,
    person: ErasedPerson,
    *,
    now: Callable[[], datetime],
    precautions: Precautions = NO_PRECAUTIONS,
    show: Callable[[int], None] = lambda _seq: None,
    limits: StepLimits = DEFAULT_LIMITS,
) -> Iterator[ErasedStep]:
    """Erase a person step by step; who stops in between begins again.

    Each step looks again for what is in the way: open reviews, and routes under legal hold.
    """
    step = ErasureStep(engine=engine, person=person, precautions=precautions)
    for review_ids, numbers in _iterate_found(engine, person, precautions, show):
        sizes, rest = _count_entries(engine, review_ids), review_ids
        while rest:
            count = count_together(
                [sizes[each] for each in rest], max_reviews=limits.reviews, max_size=limits.entries
            )
            together, rest = rest[:count], rest[count:]
            yield step.erase_reviews(together, at=now())
        if numbers:
            yield step.erase_entries(numbers, at=now())


def _iterate_found(
    engine: sa.Engine, person: ErasedPerson, precautions: Precautions, show: Callable[[int], None]
) -> Iterator[tuple[list[str], list[int]]]:
    """Yield reviews, and entries without a review, of which something of the person goes."""
    after: int | None = 0
    while after is not None:
        review_ids, numbers, after = _find_entries(engine, person, precautions, after, show)
        yield review_ids, numbers


def _find_entries(
    engine: sa.Engine,
    person: ErasedPerson,
    precautions: Precautions,
    after: int,
    show: Callable[[int], None],
) -> tuple[list[str], list[int], int | None]:
    """Return reviews, and entries without a review, of which something of the person goes, from a few pages.

    The last value is where to go on; `None` at the end.
    """
    review_ids: dict[str, None] = {}
    numbers: list[int] = []
    while len(review_ids) < MAX_REVIEWS and len(numbers) < PAGE_SIZE:
        page = read_page(engine, _PEOPLE.where(ledger_people.c.seq > after))
        for row in page:
            if not person.may_be_in(row.disclosures):
                continue
            if not precautions.find_values(person, row.seq, row.review_id, read_disclosures(row)):
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
