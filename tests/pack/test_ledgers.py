"""The made-up ledgers: as many reviews as asked for, in each kind of life, and the same each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.ledger.hash_chain import EntryType
from store.ledger_reading import iterate_entries
from tests.pack.ledgers import ROUTE, SINCE, UNTIL, fill_ledger, make_entries

if TYPE_CHECKING:
    import sqlalchemy as sa

WHOLE = 35
"""Reviews of a ledger with each kind of life."""
NOT_IN_LEDGERS = {
    *(EntryType.PEOPLE_ERASED, EntryType.REVIEW_ESCALATED, EntryType.REVIEW_FOLLOWED_UP),
    *(EntryType.REVIEW_HANDED_OVER, EntryType.REVIEW_HANDED_BACK),
    *(EntryType.CAMPAIGN_STARTED, EntryType.CAMPAIGN_ENDED, EntryType.CAMPAIGN_REMOVED),
    EntryType.REVIEW_CLOSED,
}
"""Erasure and campaigns have tests of their own, and so has `climb_ladder`, the life with the other two."""


def count_opened(entries: list[dict[str, object]]) -> int:
    since, until = (at.isoformat() for at in (SINCE, UNTIL))
    return sum(
        entry["type"] == EntryType.REVIEW_OPENED
        and entry["route"] == ROUTE
        and since <= str(entry["at"]) < until
        for entry in entries
    )


def test_a_ledger_has_exactly_so_many_reviews_in_the_year() -> None:
    assert [count_opened(make_entries(count)) for count in (0, 1, WHOLE, 200)] == [0, 1, WHOLE, 200]


def test_a_ledger_has_entries_of_each_type_but_erasure() -> None:
    assert {entry["type"] for entry in make_entries(WHOLE)} == {*EntryType} - NOT_IN_LEDGERS


def test_a_database_has_the_same_entries(engine: sa.Engine) -> None:
    fill_ledger(engine, WHOLE)

    assert [entry["at"] for entry in iterate_entries(engine)] == [e["at"] for e in make_entries(WHOLE)]


def test_the_same_seed_makes_the_same_entries_and_another_seed_makes_others() -> None:
    assert make_entries(60, seed=3) == make_entries(60, seed=3)
    assert make_entries(60, seed=3) != make_entries(60, seed=4)
