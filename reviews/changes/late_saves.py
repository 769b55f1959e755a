"""Saves that are reported after something newer of their file was handled.

Comparing the file with its stored state says nothing about them: what they brought is stored already. A
review shows it too, but may lack the person who wrote it: the first review of a file has the editors of its
newest version alone, and DocSpace may not show the file's versions.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.changes.burst import find_event_time
from reviews.changes.classification import SAVE_TRIGGERS
from reviews.changes.contributors import complete_person
from reviews.kinds import ChangeKind
from reviews.ports.docspace_logs import LOG_LAG

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from reviews.changes.burst import Burst
    from reviews.identity import Person
    from reviews.model import Review
    from reviews.ports.portal import Portal
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Route
    from reviews.tree import FileState

CONTENT_KINDS = frozenset({ChangeKind.CREATED, ChangeKind.CONTENT, ChangeKind.MOVED_IN, ChangeKind.RESTORED})


@dataclass(frozen=True, kw_only=True)
class LateSaves:
    """Decides whether late saves of a file need a review, though nothing differs any more."""

    transactions: Transactions
    portal: Portal

    def has_unreviewed(self, burst: Burst, before: FileState, route: Route) -> bool:
        """Return whether no review on the route has the content of a late save, or has its author."""
        late = [
            stored
            for stored in burst.events
            if stored.event.trigger in SAVE_TRIGGERS
            and before.is_newer_than(find_event_time(stored))
            and not before.has_arrived_after(find_event_time(stored))
        ]
        if not late:
            return False
        ended_at = find_event_time(late[-1])
        with self.transactions(reading=True) as work:
            review = work.reviews.find_latest_on_route(burst.subject, route.name)
            if review is None or review.kind not in CONTENT_KINDS or not _is_as_new(review, ended_at):
                return True
            contributors = _list_contributors(work, review, ended_at)
        people = [stored.event.actor for stored in late]
        unnamed = self._count_unnamed(people, contributors, attempts=burst.first_event.attempts)
        return bool(unnamed) and self._may_have_saved(burst, unnamed)

    def _count_unnamed(
        self, people: Iterable[Person], contributors: Iterable[Person], *, attempts: int
    ) -> Counter[str | None]:
        """Count the events of each person who is not among the contributors, by the person's id.

        The API key's user is left out: their comments are in no log, and they answer no reviews.
        """
        keys = {key for who in contributors for key in (who.id, who.name)}
        unnamed = [who for who in people if (who.id or who.name) not in keys]
        own_id = self.portal.get_own_id() if unnamed else None
        others = [who for who in unnamed if own_id is None or who.id != own_id]
        completed = {who: complete_person(self.portal, who, attempts=attempts) for who in others}
        return Counter(who.id for who in others if (completed[who].id or completed[who].name) not in keys)

    def _may_have_saved(self, burst: Burst, events: Counter[str | None]) -> bool:
        """Return whether the file's log leaves open that one of these events of these people is a save."""
        log = self.portal.get_file_log(burst.subject, since=burst.began_at - LOG_LAG)
        return log is None or not all(log.is_without_content(who, count) for who, count in events.items())


def _is_as_new(review: Review, at: datetime) -> bool:
    """Return whether a review shows content of that time or newer."""
    return review.modified_at is not None and review.modified_at >= at


def _list_contributors(work: UnitOfWork, latest: Review, at: datetime) -> list[Person]:
    """Return who contributed content to the reviews that show content of that time or newer."""
    contributors: list[Person] = []
    review: Review | None = latest
    while review is not None and _is_as_new(review, at):
        contributors += review.contributors if review.content else ()
        has_own_row = not review.is_file_view
        review = work.reviews.find_predecessors([review.id]).get(review.id) if has_own_row else None
    return contributors
