"""The order of an erasure: what is in the way is found before anything is changed."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reviews.erasure.route_mentions import list_mentions
from runtime.evidence.key_presence import lacks_ledger_key, may_be_unknown_to_others
from store.chain import read_pinned_head
from store.erasure.blind_search import find_mentions
from store.erasure.former_tables import list_former_tables
from store.erasure.ledger_erasure import erase_from_ledger
from store.erasure.ledger_survey import LedgerSurvey, survey_ledger
from store.erasure.person_search import count_waiting_changes, find_open_reviews, find_person
from store.erasure.precautions import Precautions
from store.erasure.table_rows import count_naming_rows, end_all_sessions, erase_identity, erase_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    import sqlalchemy as sa

    from reviews.erasure.erased_person import ErasedPerson
    from reviews.routes.route import Routes
    from runtime.evidence.ledger_key import LedgerKeys
    from store.erasure.blind_search import Mention

    Show = Callable[[int, int], None]

PAUSE_SECONDS = 0.05
"""Between two transactions, so that others who wait to write come in between."""
MAX_PASSES = 5
"""Passes over everything, while others may write: each erases what came meanwhile."""


@dataclass(frozen=True, kw_only=True)
class Obstacles:
    """What is in the way of erasing a person; false if nothing is.

    `mentions` says where the routing file names them, `held_routes` which routes under legal hold do,
    `open_reviews` has the ids of reviews that name them and are open or sent back, `waiting_changes` counts
    changes to be handled.
    With `lacks_key` the entry that records the erasure could not be authenticated as the others are; with
    `has_unused_key` it could, and running processes may know only the key before.
    """

    mentions: Sequence[str] = ()
    held_routes: Sequence[str] = ()
    open_reviews: Sequence[str] = ()
    waiting_changes: int = 0
    lacks_key: bool = False
    has_unused_key: bool = False

    def __bool__(self) -> bool:
        return any(vars(self).values())


NO_OBSTACLES = Obstacles()


@dataclass(frozen=True, kw_only=True)
class ErasureSurvey:
    """What names a person, and what is in the way of erasing them; `former_tables` may name them too."""

    ledger: LedgerSurvey
    rows: Mapping[str, int]
    former_tables: Sequence[str] = ()
    obstacles: Obstacles = NO_OBSTACLES

    @property
    def is_unknown(self) -> bool:
        return not self.rows and not self.ledger.entries and not self.ledger.clear_entries


@dataclass(kw_only=True)
class ErasedCounts:
    """What was erased: values of entries, the entries, their reviews, and rows by table.

    It is `complete` once a pass over everything found nothing more, nothing had come in the way, and a blind
    search of the whole database found no mention that is left. `mentions` are those that it found.
    """

    complete: bool = False
    mentions: Sequence[Mention] = ()
    obstacles: Obstacles = NO_OBSTACLES
    values: int = 0
    entries: int = 0
    reviews: int = 0
    rows: Counter[str] = field(default_factory=Counter)

    @property
    def left(self) -> list[Mention]:
        return [each for each in self.mentions if each.reason is None]


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
    keys: LedgerKeys

    def survey(self, show: Show) -> ErasureSurvey:
        """Look for the person everywhere; nothing is written."""
        ledger = survey_ledger(
            self.engine, find_person(self.engine, self.address), show=self._show_entries(show)
        )
        person = ledger.person
        return ErasureSurvey(
            ledger=ledger,
            rows=count_naming_rows(self.engine, person),
            former_tables=list_former_tables(self.engine),
            obstacles=Obstacles(
                mentions=list_mentions(self.routes, person),
                held_routes=sorted(ledger.routes & self.routes.held),
                open_reviews=find_open_reviews(self.engine, person, ledger.reviews),
                waiting_changes=count_waiting_changes(self.engine, person),
                lacks_key=lacks_ledger_key(self.engine, self.keys),
                has_unused_key=may_be_unknown_to_others(self.engine, self.keys),
            ),
        )

    def erase(self, survey: LedgerSurvey, counts: ErasedCounts, show: Show) -> None:
        """Erase the person until a pass finds nothing new, and count that.

        What shows who the person is goes at the end, so that who was stopped before can begin again. The end
        is not reached where something came in the way meanwhile, nor after `MAX_PASSES` that all found
        something: others write faster than that.
        """
        person = survey.person
        precautions = Precautions(
            held=self.routes.held,
            showing=survey.showing | survey.naming,
            in_tables=survey.in_tables,
            keeps_people=True,
        )
        for _ in range(MAX_PASSES):
            erased_any = self._erase_from_ledger(person, precautions, counts, show)
            if counts.obstacles:
                return
            if self._erase_rows(person, counts) or erased_any:
                continue
            if self._find_waiting_changes(person, counts):
                return
            # Where something is left, who the person is stays too: the next run has to find the same names.
            counts.mentions = [each for each in self._search(survey) if not each.goes_last]
            if not counts.left:
                self._erase_what_shows_them(survey, counts, show)
            return

    def _find_waiting_changes(self, person: ErasedPerson, counts: ErasedCounts) -> bool:
        """Return whether changes by the person wait, which is in the way."""
        waiting_changes = count_waiting_changes(self.engine, person)
        counts.obstacles = replace(counts.obstacles, waiting_changes=waiting_changes)
        return waiting_changes > 0

    def _erase_what_shows_them(self, survey: LedgerSurvey, counts: ErasedCounts, show: Show) -> None:
        """Erase who the person is: first from the ledger, and where nothing is in the way from the tables.

        The ledger takes long, and without what shows them no one finds again what was written meanwhile. Of
        the ledger, what says the names of an id goes before what says that the id is the person's.
        """
        person, held = survey.person, self.routes.held
        precautions = [Precautions(held=held)]
        if person != survey.in_tables:
            names_first = Precautions(held=held, showing=survey.showing, in_tables=survey.in_tables)
            precautions.insert(0, names_first)
        for each in precautions:
            self._erase_from_ledger(person, each, counts, show)
            if counts.obstacles:
                return
        end_all_sessions(self.engine)
        self._erase_rows(person, counts)
        if self._find_waiting_changes(person, counts):
            return
        counts.mentions = [each for each in self._search(survey) if not each.shows_person]
        if counts.left:
            return
        counts.rows += erase_identity(self.engine, person)
        counts.mentions = self._search(survey)
        counts.complete = not counts.left

    def search_unknown(self, survey: LedgerSurvey) -> ErasedCounts:
        """Search the whole database for an address that our own columns do not have."""
        counts = ErasedCounts(mentions=self._search(survey))
        counts.complete = not counts.left
        return counts

    def _search(self, survey: LedgerSurvey) -> Sequence[Mention]:
        return find_mentions(self.engine, survey.person, clear_entries=survey.clear_entries > 0)

    def _erase_from_ledger(
        self, person: ErasedPerson, precautions: Precautions, counts: ErasedCounts, show: Show
    ) -> bool:
        """Erase the person from the ledger's side, and count that; return whether anything was there."""
        before, open_reviews, held_routes = counts.values, set[str](), set[str]()
        steps = erase_from_ledger(
            self.engine, person, now=self.clock, precautions=precautions, show=self._show_entries(show)
        )
        for step in steps:
            counts.values += step.values
            counts.entries += step.entries
            counts.reviews += step.reviews
            open_reviews.update(step.open_reviews)
            held_routes.update(step.held_routes)
            time.sleep(PAUSE_SECONDS)
        counts.obstacles = Obstacles(open_reviews=sorted(open_reviews), held_routes=sorted(held_routes))
        return counts.values > before

    def _erase_rows(self, person: ErasedPerson, counts: ErasedCounts) -> bool:
        """Erase the person from the tables, and count that; return whether anything was there."""
        before = counts.rows.total()
        for name, number in erase_rows(self.engine, person):
            counts.rows[name] += number
        return counts.rows.total() > before

    def _show_entries(self, show: Show) -> Callable[[int], None]:
        total = read_pinned_head(self.engine).seq
        return lambda seq: show(min(seq, total), total)
