"""Search for the person whom an address means, and for what is in the way of erasing them."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import sqlalchemy as sa

from reviews.erasure.erased_person import ErasedPerson, fold_text
from reviews.erasure.stored_values import identifies
from reviews.ports.listing import MarkKind
from store.engine import MAX_PARAMETERS, read_only
from store.erasure.table_pages import iterate_table_rows
from store.marks import format_mark
from store.schema import accounts, docspace_accounts, events, people, review_index, reviews, unrouted_changes
from store.schema.states import OPEN, PENDING

if TYPE_CHECKING:
    from collections.abc import Iterator

_DUTIES = (MarkKind.CONTRIBUTOR, MarkKind.WAITING_OWNER, MarkKind.ANSWERED_BY)
_PENDING_PAGE = 500


def find_person(engine: sa.Engine, address: str) -> ErasedPerson:
    """Return the person of an address in any case, as DocSpace and the chats have shown them.

    An address may be written with other letters, such as `ß` for `ss`: the few rows are read through.
    """
    person = ErasedPerson(address=address)
    whole = person
    for row in iterate_table_rows(engine, people, ("id", "name", "email")):
        if row["email"] and fold_text(row["email"]) == person.address:
            whole = whole.with_account(names=[row["name"]], ids=[row["id"]])
    for row in iterate_table_rows(engine, docspace_accounts, ("address", "account")):
        if row["account"] and fold_text(row["address"]) == person.address:
            whole = whole.with_account(ids=[row["account"]])
    for row in iterate_table_rows(engine, accounts, ("chat", "id", "name", "address", "email", "said")):
        if any(identifies(person, row[name]) for name in ("address", "email", "said")):
            whole = whole.with_account(names=[row["name"]], chats=[(row["chat"], row["id"])])
    return whole


def find_open_reviews(engine: sa.Engine, person: ErasedPerson) -> list[str]:
    """Return the ids of open reviews that need the person: as owner, contributor, or who answered."""
    # Marks are of the address as it was written, composed or not.
    texts = sorted({person.address, normalize("NFD", person.address), *person.ids})
    marks = [format_mark(kind, text) for kind in _DUTIES for text in texts]
    numbers: set[int] = set()
    open_reviews: list[str] = []
    with read_only(engine).connect() as connection:
        for mark in marks:
            query = sa.select(review_index.c.seq).where(review_index.c.value == mark)
            numbers.update(connection.execute(query).scalars())
        for start in range(0, len(numbers), MAX_PARAMETERS):
            part = sorted(numbers)[start : start + MAX_PARAMETERS]
            open_ids = sa.select(reviews.c.id).where(reviews.c.seq.in_(part), reviews.c.state == OPEN)
            open_reviews += connection.execute(open_ids.order_by(reviews.c.seq)).scalars()
    return open_reviews


def count_waiting_changes(engine: sa.Engine, person: ErasedPerson) -> int:
    """Return how many changes by the person wait to be handled, or to be recorded.

    What they lead to would name no one.
    """
    unrecorded = (row["members"] for row in iterate_table_rows(engine, unrouted_changes, ("members",)))
    return sum(identifies(person, each) for each in chain(_iterate_pending(engine), unrecorded))


def _iterate_pending(engine: sa.Engine) -> Iterator[Any]:
    key = (events.c.file_id, events.c.id)
    query = sa.select(*key, events.c.said["actor"].label("actor")).where(events.c.state == PENDING)
    query = query.order_by(*key).limit(_PENDING_PAGE)
    after = ("", 0)
    while True:
        with read_only(engine).connect() as connection:
            page = connection.execute(query.where(sa.tuple_(*key) > after)).all()
        yield from (row.actor for row in page)
        if len(page) < _PENDING_PAGE:
            return
        after = (page[-1].file_id, page[-1].id)
