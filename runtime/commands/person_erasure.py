"""The order of an erasure: what is in the way is found before anything is changed."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviews.erasure.route_mentions import list_mentions
from store.chain import read_pinned_head
from store.erasure.ledger_erasure import erase_from_ledger
from store.erasure.ledger_survey import LedgerSurvey, survey_ledger
from store.erasure.person_search import count_waiting_changes, find_open_reviews, find_person
from store.erasure.table_rows import count_naming_rows, end_all_sessions, erase_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    import sqlalchemy as sa

    from reviews.erasure.erased_person import ErasedPerson
    from reviews.routes.route import Routes

    Show = Callable[[int, int], None]

PAUSE_SECONDS = 0.05
"""Between two transactions, so that others who wait to write come in between."""
MAX_PASSES = 5
"""Passes over everything, while others may write: each erases what came meanwhile."""


@dataclass(frozen=True, kw_only=True)
class ErasureSurvey:
    """What names a person, and what is in the way of erasing them.

    `mentions` says where the routing file names them, `held_routes` which routes under legal hold do,
    `open_reviews` has the ids of reviews that need them, `waiting_changes` counts changes to be handled.
    """

    ledger: LedgerSurvey
    rows: Mapping[str, int]
    mentions: Sequence[str] = ()
    held_routes: Sequence[str] = ()
    open_reviews: Sequence[str] = ()
    waiting_changes: int = 0

    @property
    def is_unknown(self) -> bool:
        return not self.rows and not self.ledger.entries and not self.ledger.clear_entries

    @property
    def has_obstacles(self) -> bool:
        return bool(self.mentions or self.held_routes or self.open_reviews or self.waiting_changes)


@dataclass(kw_only=True)
class ErasedCounts:
    """What was erased: values of entries, the entries, their reviews, and rows by table.

    It is `complete` once a pass over everything found nothing more.
    """

    complete: bool = False
    values: int = 0
    entries: int = 0
    reviews: int = 0
    rows: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, kw_only=True)
class ErasureOutcome:
    """What was found, and what was erased of it."""

    survey: ErasureSurvey
    erased: ErasedCounts = field(default_factory=ErasedCounts)


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """The erasure of the person whom an address means."""

    engine: sa.Engine
    routes: Routes
    address: str
    clock: Callable[[], datetime]

    def survey(self, show: Show) -> ErasureSurvey:
        """Look for the person everywhere; nothing is written."""
        ledger = survey_ledger(
            self.engine, find_person(self.engine, self.address), show=self._show_entries(show)
        )
        person = ledger.person
        return ErasureSurvey(
            ledger=ledger,
            rows=count_naming_rows(self.engine, person),
            mentions=list_mentions(self.routes, person),
            held_routes=sorted(ledger.routes & self.routes.held),
            open_reviews=find_open_reviews(self.engine, person),
            waiting_changes=count_waiting_changes(self.engine, person),
        )

    def erase(self, person: ErasedPerson, counts: ErasedCounts, show: Show) -> None:
        """Erase the person until a pass finds nothing new, count that, and end all sessions.

        After `MAX_PASSES` that all found something it is not complete: others write faster than that.
        """
        end_all_sessions(self.engine)
        for _ in range(MAX_PASSES):
            rows = erase_rows(self.engine, person)
            counts.rows += rows
            erased_any = self._erase_from_ledger(person, counts, show)
            if not rows and not erased_any:
                counts.complete = True
                break

    def _erase_from_ledger(self, person: ErasedPerson, counts: ErasedCounts, show: Show) -> bool:
        """Erase the person from the ledger's side, and count that; return whether anything was there."""
        before = counts.values
        for step in erase_from_ledger(self.engine, person, now=self.clock, show=self._show_entries(show)):
            counts.values += step.values
            counts.entries += step.entries
            counts.reviews += step.reviews
            time.sleep(PAUSE_SECONDS)
        return counts.values > before

    def _show_entries(self, show: Show) -> Callable[[int], None]:
        total = read_pinned_head(self.engine).seq
        return lambda seq: show(min(seq, total), total)
