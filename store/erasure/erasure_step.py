"""One transaction of an erasure: it takes values away, rewrites the reviews, and says so in the ledger.

So the ledger and the reviews agree after each, also where nothing follows it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.erasure.review_values import RevealedEntries
from reviews.kinds import ReviewState
from reviews.ledger.entries_without_review import build_erased
from reviews.ledger.hash_chain import LedgerBroken
from reviews.ledger.people_commitments import reveal_people
from store.chain import SqlLedgerRepository
from store.disclosures import format_disclosures
from store.erasure.campaign_rows import rewrite_campaigns
from store.erasure.review_rows import lock_reviews, rewrite_review
from store.erasure.stored_entries import SELECT_ENTRY, DisclosedEntry, list_routes, read_disclosures
from store.rows import UNREADABLE_ERRORS
from store.schema import ledger, ledger_people

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from reviews.erasure.erased_person import ErasedPerson
    from store.erasure.precautions import Precautions


@dataclass(frozen=True, kw_only=True)
class ErasedStep:
    """What one transaction erased: so many values of so many entries, in so many reviews.

    Entries and reviews that are postponed count once they lose the rest. Nothing was erased of
    `open_reviews`, which were opened or sent back meanwhile, nor of what `held_routes`, which are under legal
    hold, have recorded meanwhile.
    """

    values: int
    entries: int
    reviews: int
    open_reviews: tuple[str, ...] = ()
    held_routes: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class ErasureStep:
    """One transaction of an erasure."""

    engine: sa.Engine
    person: ErasedPerson
    precautions: Precautions

    def erase_reviews(self, review_ids: Sequence[str], *, at: datetime) -> ErasedStep:
        """Erase the person from reviews and their entries; what is in the way is known under their locks."""
        with self.engine.begin() as connection:
            rows_by_id = {row["id"]: row for row in lock_reviews(connection, review_ids)}
            entries = self._lock_entries(connection, ledger.c.review_id.in_(review_ids))
            entries_by_review: dict[str, list[DisclosedEntry]] = defaultdict(list)
            for each in entries:
                entries_by_review[each.review_id].append(each)
            held_routes = {
                review_id: self._find_held(own_entries, rows_by_id.get(review_id))
                for review_id, own_entries in entries_by_review.items()
            }
            open_ids = [each for each, row in rows_by_id.items() if _needs_people(row)]
            for review_id in [each for each in entries_by_review if held_routes[each] or each in open_ids]:
                del entries_by_review[review_id]
            values, changed = self._erase(connection, chain.from_iterable(entries_by_review.values()), at)
            for review_id, own_entries in entries_by_review.items():
                if review_id in rows_by_id:
                    _rewrite_review(connection, self.person, rows_by_id[review_id], own_entries)
        return ErasedStep(
            values=values,
            entries=changed,
            reviews=len(set(entries_by_review) - self.precautions.showing),
            open_reviews=tuple(open_ids),
            held_routes=frozenset().union(*held_routes.values()),
        )

    def erase_entries(self, numbers: Sequence[int], *, at: datetime) -> ErasedStep:
        """Erase the person from entries without a review."""
        with self.engine.begin() as connection:
            entries = self._lock_entries(connection, ledger.c.seq.in_(numbers))
            held_routes = {each.seq: self._find_held([each], None) for each in entries}
            free_entries = [each for each in entries if not held_routes[each.seq]]
            # First: who answers locks a campaign, and then the ledger's head.
            rewrite_campaigns(connection, self.person, free_entries)
            values, changed = self._erase(connection, free_entries, at)
        all_held = frozenset().union(*held_routes.values())
        return ErasedStep(values=values, entries=changed, reviews=0, held_routes=all_held)

    def _lock_entries(
        self, connection: sa.Connection, belongs: sa.ColumnElement[bool]
    ) -> list[DisclosedEntry]:
        _lock_people(connection, belongs)
        stored_rows = connection.execute(SELECT_ENTRY.where(belongs)).all()
        return [self._read_entry(each) for each in sorted(stored_rows, key=attrgetter("seq"))]

    def _read_entry(self, row: Any) -> DisclosedEntry:
        disclosures = read_disclosures(row)
        own_values = self.precautions.find_values(self.person, row.seq, row.review_id, disclosures)
        return DisclosedEntry.build(row, disclosures, own_values)

    def _find_held(self, entries: Iterable[DisclosedEntry], row: Mapping[str, Any] | None) -> frozenset[str]:
        """Return the routes under hold that have recorded something of the person, or whose the review is."""
        naming_entries = [each.entry for each in entries if each.own_values]
        routes = {route for entry in naming_entries for route in list_routes(entry)}
        return frozenset(
            self.precautions.held & (routes | ({row["route"]} if row and naming_entries else set()))
        )

    def _erase(
        self, connection: sa.Connection, entries: Iterable[DisclosedEntry], at: datetime
    ) -> tuple[int, int]:
        """Take the person's values away and record that; return of how many values and entries."""
        changed = [each for each in entries if each.own_values]
        for stored in changed:
            _write_remaining(connection, stored)
        commitments = [commitment for each in changed for commitment in each.list_commitments()]
        repository = SqlLedgerRepository(connection)
        for entry in build_erased(commitments, at=at):
            repository.append(entry)
        repository.write_waiting()
        whole = [each for each in changed if not self._is_postponed(each)]
        return len(commitments), len(whole)

    def _is_postponed(self, stored: DisclosedEntry) -> bool:
        return self.precautions.is_postponed(stored.seq, stored.review_id)


def _needs_people(row: Mapping[str, Any]) -> bool:
    """Return whether a review is open or sent back: the next review of a document takes its people over."""
    is_sent_back = row["state"] == ReviewState.CHANGES_REQUESTED and row["superseded_by"] is None
    return row["state"] == ReviewState.OPEN or is_sent_back


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
