"""Rewriting of campaigns of whom a person is erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.erasure.review_values import find_campaign_changes
from reviews.ledger.hash_chain import EntryType, LedgerBroken
from reviews.ledger.people_commitments import reveal_people
from store.rows import UNREADABLE_ERRORS
from store.schema import campaigns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviews.erasure.erased_person import ErasedPerson
    from reviews.ports.ledger import LedgerEntry
    from store.erasure.stored_entries import DisclosedEntry


def rewrite_campaigns(
    connection: sa.Connection, person: ErasedPerson, entries: Iterable[DisclosedEntry]
) -> None:
    """Take the person out of each campaign whose entry no longer names them; a removed one has no row.

    The campaigns are locked in one order for all transactions, so that they can't deadlock.
    """
    started = (each for each in entries if each.entry.get("type") == EntryType.CAMPAIGN_STARTED)
    naming = [each for each in started if each.own_values]
    for stored in sorted(naming, key=lambda each: _get_campaign_id(each.entry)):
        _rewrite(connection, person, stored)


def _get_campaign_id(entry: LedgerEntry) -> str:
    return str((entry.get("campaign") or {}).get("id"))


def _rewrite(connection: sa.Connection, person: ErasedPerson, stored: DisclosedEntry) -> None:
    is_same = campaigns.c.id == _get_campaign_id(stored.entry)
    query = sa.select(campaigns.c.people, campaigns.c.starter).where(is_same).with_for_update()
    try:
        row = connection.execute(query).mappings().first()
    except UNREADABLE_ERRORS as error:
        raise LedgerBroken("a campaign holds what was never written there") from error
    if row is None:
        return
    before, after = (
        reveal_people(stored.entry, each) for each in (stored.disclosures, stored.remaining_disclosures)
    )
    if changes := find_campaign_changes(person, dict(row), before=before, after=after):
        connection.execute(sa.update(campaigns).where(is_same).values(changes))
