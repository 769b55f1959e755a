"""Changes of who stands in on a review: stored, recorded in the ledger, and sent to those they concern."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.absences.resolution import determine_replacements
from reviews.kinds import ReviewState
from reviews.ledger import absence_entries
from reviews.notice import NoticeKind
from reviews.people.answerers import exclude_people
from reviews.people.stand_ins import find_stand_in
from reviews.ports.reminders import QueuedReminder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reviews.absences.resolution import Replacement
    from reviews.model import Review
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Routes


def update_stand_ins(work: UnitOfWork, review: Review, routes: Routes, *, at: datetime) -> Review:
    """Determine anew who stands in on a review that this transaction has locked or added, and return it.

    Where that changes, the row, the entries and what people are told are written in this transaction. A
    review that is answered or replaced stays as it is.
    """
    if review.state is not ReviewState.OPEN or review.superseded_by is not None:
        return review
    replacements = determine_replacements(work, review, routes, at=at)
    stand_ins = tuple(each.stand_in for each in replacements)
    if stand_ins == review.stand_ins:
        return review
    after = replace(review, stand_ins=stand_ins)
    work.reviews.save_stand_ins(after)
    owners = {owner.casefold() for owner in review.owners}
    update = _Update(work=work, before=review, after=after, routes=routes, at=at)
    update.hand_over([each for each in replacements if each.stand_in.absent.casefold() in owners])
    update.hand_back([owner for owner in review.owners if find_stand_in(after.stand_ins, owner) is None])
    work.cards.redraw_later(review.id)
    return after


@dataclass(frozen=True, kw_only=True)
class _Update:
    """The entries and messages of one change."""

    work: UnitOfWork
    before: Review
    after: Review
    routes: Routes
    at: datetime

    def hand_over(self, replacements: Sequence[Replacement]) -> None:
        """Record who answers for whom from now on, and tell those who did not before."""
        for each in replacements:
            former = find_stand_in(self.before.stand_ins, each.stand_in.absent)
            if each.stand_in == former:
                continue
            entry = absence_entries.build_handed_over(
                self.after,
                each.stand_in,
                source=each.absence.source,
                declared_at=each.absence.made_at,
                at=self.at,
            )
            self.work.ledger.append(entry)
            former_people = {person.casefold() for person in former.people} if former else set()
            self._queue(NoticeKind.HANDED_OVER, exclude_people(each.stand_in.people, former_people))

    def hand_back(self, owners: Sequence[str]) -> None:
        """Record which owners answer themselves again, and tell them."""
        for owner in owners:
            former = find_stand_in(self.before.stand_ins, owner)
            if former is not None:
                entry = absence_entries.build_handed_back(
                    self.after, owner=owner, former_people=former.people, at=self.at
                )
                self.work.ledger.append(entry)
                self._queue(NoticeKind.HANDED_BACK, (owner,))

    def _queue(self, kind: NoticeKind, people: tuple[str, ...]) -> None:
        """Queue a message, which is checked again when it is sent."""
        if not people:
            return
        route = self.routes.find_route(self.after.route)
        self.work.queued_reminders.add(
            QueuedReminder(
                review_id=self.after.id,
                kind=kind,
                recipients=people,
                at=self.at,
                urgent=route is not None and route.urgent,
            )
        )
