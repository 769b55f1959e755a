"""Search for the person whom an address means, and for what is in the way of erasing them."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import sqlalchemy as sa

from reviews.erasure.erased_person import ErasedPerson, fold_text
from reviews.erasure.stored_values import erase_value, is_theirs_alone
from reviews.kinds import ReviewState
from reviews.ports.listing import MarkKind
from store.engine import MAX_PARAMETERS, read_only
from store.erasure.table_pages import iterate_table_rows
from store.marks import format_mark
from store.schema import accounts, docspace_accounts, events, people, review_index, reviews, unrouted_changes
from store.schema.states import OPEN, PENDING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_DUTIES = (MarkKind.CONTRIBUTOR, MarkKind.WAITING_OWNER, MarkKind.ANSWERED_BY)
_NEEDS_PEOPLE = sa.or_(
    reviews.c.state == OPEN,
    sa.and_(reviews.c.state == ReviewState.CHANGES_REQUESTED, reviews.c.superseded_by.is_(None)),
)
_PENDING_PAGE = 500


def find_person(engine: sa.Engine, address: str) -> ErasedPerson:
    """Return the person of an address in any case, as DocSpace and the chats have shown them.

    An address may be written with other letters, such as `ß` for `ss`: the few rows are read through.
    """
    person = ErasedPerson(address=address)
    whole = person
    for row in iterate_table_rows(engine, people, ("id", "name", "email")):
        if person.shows_address(row):
            whole = whole.with_account(names=[row["name"]], ids=[row["id"]])
    for row in iterate_table_rows(engine, docspace_accounts, ("address", "account")):
        if row["account"] and fold_text(row["address"]) == person.address:
            whole = whole.with_account(ids=[row["account"]])
    for row in iterate_table_rows(engine, accounts, ("chat", "id", "name", "address", "email", "said")):
        is_theirs = any(is_theirs_alone(person, row[name]) for name in ("address", "email", "said"))
        if is_theirs or (not row["address"] and person.shows_address(row)):
            whole = whole.with_account(names=[row["name"]], chats=[(row["chat"], row["id"])])
    return whole


def find_open_reviews(engine: sa.Engine, person: ErasedPerson, named_in: Collection[str] = ()) -> list[str]:
    """Return the ids of reviews that need the person: as owner, contributor, or who answered.

    They are open or were sent back: the next review of a document takes the people of such a one over.
    Those among `named_in`, whose entries name the person, are needed whatever the entries say: a contributor
    may be known by name alone, or an answer by an account in a chat.
    """
    # Marks are of the address as it was written, composed or not.
    texts = sorted({person.address, normalize("NFD", person.address), *person.ids})
    marks = [format_mark(kind, text) for kind in _DUTIES for text in texts]
    open_reviews: dict[str, int] = {}
    with read_only(engine).connect() as connection:
        numbers: set[int] = set()
        for mark in marks:
            query = sa.select(review_index.c.seq).where(review_index.c.value == mark)
            numbers.update(connection.execute(query).scalars())
        searched = ((reviews.c.seq, sorted(numbers)), (reviews.c.id, sorted(named_in)))
        for column, values in searched:
            for start in range(0, len(values), MAX_PARAMETERS):
                is_named = column.in_(values[start : start + MAX_PARAMETERS])
                query = sa.select(reviews.c.id, reviews.c.seq).where(is_named, _NEEDS_PEOPLE)
                open_reviews |= {row.id: row.seq for row in connection.execute(query)}
    return sorted(open_reviews, key=open_reviews.__getitem__)


def count_waiting_changes(engine: sa.Engine, person: ErasedPerson) -> int:
    """Return how many changes by the person wait to be handled, or to be recorded.

    What they lead to would name no one.
    """
    unrecorded = (row["members"] for row in iterate_table_rows(engine, unrouted_changes, ("members",)))
    return sum(erase_value(person, each) != each for each in chain(_iterate_pending(engine), unrecorded))


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
