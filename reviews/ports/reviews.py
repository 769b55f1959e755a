"""The repository of reviews with their answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from reviews.identity import Reviewer
    from reviews.kinds import ReviewState
    from reviews.model import Answer, CarriedAcknowledgement, Review


@dataclass(frozen=True, kw_only=True)
class ReviewSubject:
    """What a review is about, without what is stored as JSON: it can be read where the review can't."""

    id: str
    route: str
    file_id: str
    title: str
    revision: int


class ReviewRepository(Protocol):
    """The reviews with their answers and cards."""

    def add(self, review: Review) -> None:
        """Store a new review, which has no answers; raise `Conflict` if one of its file is open."""
        ...

    def get(self, review_id: str, *, lock: bool = False) -> Review | None:
        """Return a review; with `lock`, no other transaction changes it until this one ends."""
        ...

    def lock(self, review_id: str) -> Review | None:
        """Lock a review as `get` does; return it with its answers, without its cards and files."""
        ...

    def get_subject(self, review_id: str) -> ReviewSubject | None:
        """Return what a review is about, from its plain columns alone."""
        ...

    def get_many(self, review_ids: Sequence[str]) -> list[Review]:
        """Return the reviews with these ids, in any order; unknown ids are skipped."""
        ...

    def find_latest(self, file_id: str, *, route: str | None = None) -> Review | None:
        """Return the newest review of a file, on any route or on one.

        A bulk review is returned as that file sees it. Among those of several routes it counts as opened when
        the file joined it.
        """
        ...

    def find_latest_on_route(self, file_id: str, route: str, *, lock: bool = False) -> Review | None:
        """Return the newest review of a file on a route, without its answers, its cards and other files.

        With `lock` it is locked and returned as by that method.
        """
        ...

    def supersede(self, review_id: str, newer_id: str) -> bool:
        """Store that a newer review superseded an answered one; `False` if that was stored before."""
        ...

    def find_predecessors(self, review_ids: Sequence[str]) -> dict[str, Review]:
        """Return the reviews that these superseded, by the ids of these.

        For a file that left a bulk review it is the last review that requested changes: that one, or one
        before it.
        """
        ...

    def relabel(self, review: Review) -> bool:
        """Store the title and place of an open review's document.

        `False` if they are unchanged, or the review is not open.
        """
        ...

    def revise(self, review: Review) -> bool:
        """Store a review whose revision went up by one; `False` if the stored one is no longer its base."""
        ...

    def record_answer(
        self, review_id: str, answer: Answer, state: ReviewState, *, remind_at: datetime | None = None
    ) -> bool:
        """Set the open review's state at the answer's revision and store the answer; `False` if too late.

        `remind_at` is when the clock looks at the review next.

        One conditional UPDATE: of any number of concurrent callers that end the review exactly one gets
        `True`.
        """
        ...

    def carry(self, review: Review, carried: CarriedAcknowledgement) -> bool:
        """Close an open review that needs no answer, at its revision; `False` if too late."""
        ...

    def close(self, review_id: str, *, at: datetime) -> bool:
        """Close an open review that is no longer asked for; `False` if it is not open."""
        ...

    def withdraw(
        self, review_id: str, answer: Answer, state: ReviewState, *, remind_at: datetime | None
    ) -> None:
        """Store when an answer was withdrawn, the state without it, and when the clock looks at it again.

        Raises `Conflict` where a newer review has superseded this one.
        """
        ...

    def reassign(self, review: Review) -> None:
        """Store the owners of a review that this transaction has locked, and how it was reassigned last."""
        ...

    def save_stand_ins(self, review: Review) -> None:
        """Store who stands in for whom on a review that this transaction has locked."""
        ...

    def snooze(
        self, review_id: str, until: datetime, *, snoozed_by: Reviewer, remind_at: datetime | None
    ) -> None:
        """Store until when the reminders are snoozed, and when the clock looks at the review next."""
        ...

    def list_due_ids(self, now: datetime, limit: int, *, exclude: Collection[str] = ()) -> list[str]:
        """Return the ids of reviews that the clock should look at by now, the longest due first.

        Those in `exclude`, of which there are few, are left out.
        """
        ...

    def list_ids_without_look(self, reminding_routes: Collection[str]) -> list[str]:
        """Return the ids of open reviews that the clock never looks at, though something may be due.

        They have a deadline that did not lapse, a snooze, or a route that reminds at intervals.
        """
        ...

    def save_clock(self, review: Review) -> None:
        """Store what the clock did for a review that this transaction has locked, and when it looks next."""
        ...

    def list_recent(
        self, limit: int, *, state: str | None = None, route: str | None = None, oldest_first: bool = False
    ) -> list[Review]: ...
