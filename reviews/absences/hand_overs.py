"""The rounds through the reviews of people whose absence begins, changes or ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.absences.resolution import (
    MAX_CHAIN_LENGTH,
    determine_stand_ins,
    plan_following_check,
)
from reviews.absences.stand_in_updates import update_stand_ins
from reviews.identity import join_addresses
from reviews.ports.failure_isolation import propagate_failures
from reviews.ports.listing import ListingQuery, MarkKind, PageTurn, ReviewOrder, make_marks
from reviews.stored_enums import is_known

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.model import Review
    from reviews.ports.absences import Absence
    from reviews.ports.failure_isolation import FailureIsolation
    from reviews.ports.listing import ReviewPage
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Routes

MAX_ABSENCES_AT_ONCE = 20
MAX_REVIEWS_AT_ONCE = 20
"""So many reviews of one absence are gone through until the next ones get their turn."""


@dataclass(frozen=True, kw_only=True)
class HandOvers:
    """Hands the open reviews of absent people over to their stand-ins, and back.

    Any number of workers can run this at once, and each can be killed anywhere. A review is determined anew
    under its own lock, in a transaction of its own; to do that twice is the same as once. How far a
    round has come is stored when that is done.
    """

    transactions: Transactions
    routes: Routes
    clock: Clock

    def process_due(
        self, *, exclude: Collection[str] = (), isolate: FailureIsolation = propagate_failures
    ) -> int:
        """Go on with the absences that are due, at most `MAX_ABSENCES_AT_ONCE`; return their number.

        Each runs inside `isolate`, by its number. Those in `exclude` are skipped.
        """
        with self.transactions(reading=True) as work:
            due = work.absences.list_due_ids(self.clock(), MAX_ABSENCES_AT_ONCE + len(exclude))
        ids = [each for each in due if str(each) not in exclude][:MAX_ABSENCES_AT_ONCE]
        for absence_id in ids:
            with isolate(str(absence_id)):
                self._go_on(absence_id)
        return len(ids)

    def _go_on(self, absence_id: int) -> None:
        """Go through the next reviews of an absence, and store how far the round has come."""
        now = self.clock()
        with self.transactions(reading=True) as work:
            absence = work.absences.get(absence_id)
            if absence is None or absence.check_at is None or absence.check_at > now:
                return  # another worker has gone through them, or it was changed
            page = self._fetch_reviews(work, absence, now)
            pending = [
                entry.review.id for entry in page.entries if self._is_outdated(work, entry.review, now)
            ]
        for review_id in pending:
            self._update_review(review_id)
        self._store_progress(absence, page, now)

    def _is_outdated(self, work: UnitOfWork, review: Review, now: datetime) -> bool:
        """Return whether someone else stands in by now; a review that a newer release wrote is left to it."""
        is_readable = is_known(review.kind) and is_known(review.state)
        return is_readable and determine_stand_ins(work, review, self.routes, at=now) != review.stand_ins

    def _update_review(self, review_id: str) -> None:
        with self.transactions() as work:
            review = work.reviews.get(review_id, lock=True)
            if review is not None:
                update_stand_ins(work, review, self.routes, at=self.clock())
                work.commit()

    def _store_progress(self, absence: Absence, page: ReviewPage, now: datetime) -> None:
        """Store where to go on, or when the next round is; not if the absence was changed meanwhile."""
        if page.next_seq is not None and page.next_seq > absence.checked_seq:
            after = replace(absence, checked_seq=page.next_seq)
        else:
            after = replace(absence, checked_seq=0, check_at=plan_following_check(absence, now=now))
        with self.transactions() as work:
            if work.absences.get(absence.id, lock=True) == absence:
                work.absences.update(after)
                work.commit()

    def _fetch_reviews(self, work: UnitOfWork, absence: Absence, now: datetime) -> ReviewPage:
        """Return the next open reviews that wait for these people, or on whose route one is a deputy."""
        people = self._list_people(work, absence, now)
        addresses = {each.casefold() for each in people}
        deputed = (
            route.name
            for route in self.routes.all
            if any(deputy.casefold() in addresses for deputy in route.deputies)
        )
        marks = (
            *make_marks(MarkKind.WAITING_OWNER, people),
            *make_marks(MarkKind.WAITING_ROUTE, dict.fromkeys(deputed)),
        )
        turn = PageTurn(backward=False, seq=absence.checked_seq) if absence.checked_seq else None
        query = ListingQuery(order=ReviewOrder.OLDEST, marks=(marks,))
        return work.listings.fetch_page(query, MAX_REVIEWS_AT_ONCE, turn)

    def _list_people(self, work: UnitOfWork, absence: Absence, now: datetime) -> tuple[str, ...]:
        """Return the absent person, and those for whom they would stand in, under all of their addresses.

        Their reviews come back from the one who stood in for both.
        """
        people = join_addresses(self.routes.people, (absence.person,))
        for _step in range(MAX_CHAIN_LENGTH):
            naming = work.absences.list_naming(people, not_ended_by=now)
            all_people = join_addresses(self.routes.people, (*people, *(each.person for each in naming)))
            if len(all_people) == len(people):
                break
            people = all_people
        return people
