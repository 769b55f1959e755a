"""Repositories of events, reviews, cards and the ledger, one protocol each.

They are parts of one transaction, the `UnitOfWork` of `reviews.ports.unit_of_work`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime, timedelta

    from reviews.kinds import EventState, ReviewState
    from reviews.model import Answer, ChangeEvent, LastReassignment, Post, Review, StoredEvent
    from reviews.notice import Notice
    from reviews.ports.past_events import PastEvent


LedgerEntry = Mapping[str, Any]


class EventRepository(Protocol):
    """The change events that arrived."""

    def add(
        self, events: Sequence[tuple[ChangeEvent, str | None]], *, at: datetime | None = None
    ) -> list[bool]:
        """Insert events; `False` for one whose keys exist already, also from the same call.

        Without `at` they are received now, by the database's clock. An event that comes with a reason is
        ignored for it, the others are received.
        """
        ...

    def list_sharing_keys(self, event: ChangeEvent) -> list[StoredEvent | PastEvent]:
        """Return the events that have one of an event's keys, including those whose rows were removed."""
        ...

    def add_conflicting(self, event: ChangeEvent, reason: str | None, *, at: datetime | None = None) -> bool:
        """Insert and count an event that got keys of its own; `False` where it was inserted before."""
        ...

    def get(self, event_id: int) -> StoredEvent | None: ...

    def list_pending(self, file_id: str) -> list[StoredEvent]:
        """Return the received events of a file that are not settled yet, in the order of arrival."""
        ...

    def list_pending_ids(self, event_id: int) -> list[int]:
        """Return the numbers of the pending events of an event's file; nothing else is read of them."""
        ...

    def find_pending_files(self, file_ids: Sequence[str], *, before: int | None = None) -> set[str]:
        """Return those of the files that have pending received events; with `before`, only of earlier ids."""
        ...

    def has_event_since(self, file_id: str, at: datetime) -> bool:
        """Return whether an event of the file, other than a dead one, happened then or later."""
        ...

    def find_last_reviewed(self, file_id: str) -> int | None:
        """Return the number of a file's newest event that opened or revised a review."""
        ...

    def find_oldest_unsettled(self) -> StoredEvent | None:
        """Return the pending or dead event that happened first."""
        ...

    def is_pending_beneath(self, folder_id: str, *, before: int) -> bool:
        """Return whether files stored in a folder have earlier pending events."""
        ...

    def lower_priority(self, file_ids: Sequence[str]) -> None:
        """Have the pending events of these files wait until others have been handed over."""
        ...

    def has_low_priority(self, event_id: int) -> bool:
        """Return whether an event lets others go first."""
        ...

    def settle(self, ids: Sequence[int], state: EventState, reason: str | None) -> int:
        """Give received events their final state; return how many of them still were received."""
        ...

    def correct_received_at(self, ids: Sequence[int], *, at: datetime) -> None:
        """Set the time of receipt of events, where a clock that was ahead has stored a later time."""
        ...

    def count_failure(self, event_id: int, reason: str) -> int | None:
        """Count a failed attempt and store its reason; `None` for an event that is settled meanwhile."""
        ...

    def reopen(self, event_id: int | None) -> int:
        """Make a dead event received again, or all of them; return how many were dead."""
        ...

    def get_state(self, event_id: int) -> str | None:
        """Return the state of an event in the word that its writer used; `None` where there is no event."""
        ...

    def list_recent(self, limit: int) -> list[StoredEvent]: ...

    def find_last_removed(self) -> int | None:
        """Return the number of the newest event whose row was removed; `None` where none was."""
        ...


class ReviewRepository(Protocol):
    """The reviews with their answers and cards."""

    def add(self, review: Review) -> None:
        """Store a new review, which has no answers; raise `Conflict` if one of its file is open."""
        ...

    def get(self, review_id: str, *, lock: bool = False) -> Review | None:
        """Return a review; with `lock`, no other transaction changes it until this one ends."""
        ...

    def get_route(self, review_id: str) -> str | None:
        """Return the route of a review; nothing else is read of it."""
        ...

    def get_many(self, review_ids: Sequence[str]) -> list[Review]:
        """Return the reviews with these ids, in any order; unknown ids are skipped."""
        ...

    def find_latest(self, file_id: str, *, route: str | None = None, lock: bool = False) -> Review | None:
        """Return the newest review of a file, on any route or on one; `lock` as with `get`.

        A bulk review is returned as that file sees it. Among those of several routes it counts as opened when
        the file joined it.
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

    def answer(self, review_id: str, answer: Answer, state: ReviewState) -> bool:
        """Set the open review's state at the answer's revision and store the answer; `False` if too late.

        One conditional UPDATE: of any number of concurrent callers that end the review exactly one gets
        `True`.
        """
        ...

    def withdraw(
        self, review_id: str, answer: Answer, state: ReviewState, *, remind_at: datetime | None
    ) -> None:
        """Store when an answer was withdrawn, the state without it, and when the clock looks at it again.

        Raises `Conflict` where a newer review has superseded this one.
        """
        ...

    def reassign(self, review_id: str, owners: Sequence[str], reassignment: LastReassignment) -> None: ...

    def snooze(self, review_id: str, until: datetime, *, snoozed_by: str, remind_at: datetime | None) -> None:
        """Store until when the reminders are snoozed, and when the clock looks at the review next."""
        ...

    def list_due_ids(self, now: datetime, limit: int, *, exclude: Collection[str] = ()) -> list[str]:
        """Return the ids of open reviews that the clock should look at by now, the longest due first.

        Those in `exclude`, of which there are few, are left out.
        """
        ...

    def save_reminder(
        self, review_id: str, *, next_at: datetime | None, reminders: int, lapsed_at: datetime | None
    ) -> None:
        """Store the reminders of a review that this transaction has locked."""
        ...

    def list_recent(
        self, limit: int, *, state: str | None = None, route: str | None = None, oldest_first: bool = False
    ) -> list[Review]: ...


class CardRepository(Protocol):
    """The cards that are owed, posted and updated."""

    def owe(
        self, review_id: str, targets: Iterable[tuple[str, str]], *, caused_at: datetime | None = None
    ) -> None:
        """Owe the review's card to each (notifier, target); once only for each of them.

        `caused_at` is when the event arrived that the review is about.
        """
        ...

    def redraw(self, review_id: str) -> None:
        """Request an update of every card of the review, for a person who waits for it."""
        ...

    def redraw_later(self, review_id: str) -> None:
        """Request the same where no one waits for it: updates that people wait for come first."""
        ...

    def redraw_predecessors(self, review_id: str) -> None:
        """Request the same for all reviews that this one superseded."""
        ...

    def redraw_if_not_due(self, review_id: str) -> None:
        """Request an update of those cards of the review for which none is due.

        The caller has locked the review, and so has the writer that stores that a card of a bulk review was
        drawn: an update in progress shows the review as it was.
        """
        ...

    def redraw_in_channel(self, review_id: str, notifier: str, *, max_requests: int) -> None:
        """Request an update of the review's cards in one channel, at most `max_requests` times."""
        ...

    def get_without_notice(self, card_id: int) -> Post | None:
        """Return a card from its plain columns alone, as if it had no notice."""
        ...

    def owe_notices(self, review_id: str, notice: Notice, *, cause: str) -> None:
        """Owe a notice beside each card of the review; once only for each cause."""
        ...

    def owe_notice(
        self, target: tuple[str, str], notice: Notice, *, cause: str, review_id: str | None = None
    ) -> bool:
        """Owe a notice to one (notifier, target); once only for each cause, `False` after that."""
        ...

    def find_thread_card(self, post: Post) -> Post | None:
        """Return the card beside which a notice belongs; for a person's notice the first in its channel."""
        ...

    def list_causes(self, review_id: str, prefix: str) -> list[str]:
        """Return the causes of a review's notices with this prefix, in the order in which they were owed."""
        ...

    def readdress(self, card_id: int, job: str, *, target: str) -> bool:
        """Owe a notice that was surely not sent to another target; `False` if the owner lost it."""
        ...

    def get(self, card_id: int) -> Post | None: ...

    def find_by_message(self, notifier: str, target: str, message_id: str) -> Post | None:
        """Return the card that was posted as this message; `None` for any other message."""
        ...

    def claim(self, card_id: int, job: str) -> bool:
        """Claim the card for one job; `False` while another job has it, and for a dead card.

        The same owner may claim again.
        """
        ...

    def save_queue_place(self, card_id: int, job: str, *, not_before: datetime) -> bool:
        """Store the card's place in its channel's queue, and release it; `False` if the owner lost it."""
        ...

    def mark_attempted(self, card_id: int, job: str, *, at: datetime, maybe_posted: bool) -> bool:
        """Store, before it is done, that the card is posted now; `False` if the owner lost the card."""
        ...

    def mark_found(self, card_id: int, job: str, *, message_id: str) -> bool:
        """Store that a post whose outcome was unknown exists; `False` if the owner lost it."""
        ...

    def owe_again(self, card_id: int, job: str) -> bool:
        """Owe the card anew: its message was deleted; `False` if the owner lost it."""
        ...

    def mark_drawn(self, card_id: int, job: str, *, message_id: str, drawing: int, at: datetime) -> bool:
        """Store that a drawing reached the remote service, and release the card.

        `False`, and nothing stored, where the owner no longer has the card: it was presumed dead.
        """
        ...

    def mark_failed(
        self, card_id: int, job: str, error: str, *, count_attempt: bool, dead: bool, unknown: bool
    ) -> int | None:
        """Store a failed attempt, release the card, return the attempts; `None` if the owner lost it.

        Without `count_attempt`, the card comes no nearer to its limit of attempts. `unknown` leaves it marked
        as possibly posted.
        """
        ...

    def reopen(self, card_id: int | None) -> int:
        """Make a dead card owed again, or all that are not claimed; return how many were dead."""
        ...

    def find_dead(self) -> list[int]:
        """Return the ids of all dead cards, in their order."""
        ...

    def list_recent(self, limit: int, *, state: str | None = None) -> list[Post]: ...


class GateRepository(Protocol):
    """The remote services' rate limits, shared by all workers: a minimum interval for each channel.

    A transaction that locks a gate and cards locks the gate first.
    """

    def take_next_slot(self, name: str, now: datetime, *, interval: timedelta) -> datetime:
        """Return the next free slot in the queue, and take it."""
        ...

    def pass_or_wait(self, name: str, now: datetime, *, interval: timedelta) -> timedelta:
        """Pass the gate and return zero, or return how long it stays closed."""
        ...

    def close(self, name: str, until: datetime) -> None:
        """Close the gate until then: the remote service requires it."""
        ...

    def find_opening(self, name: str, now: datetime) -> datetime:
        """Return until when the gate is closed; `now` where it is open."""
        ...


class LedgerRepository(Protocol):
    """The append-only chain."""

    def append(self, body: Mapping[str, Any]) -> None:
        """Write an entry as part of the transaction; numbered and chained when it commits."""
        ...

    def list_entries(
        self, review_id: str, *, skip: int = 0, limit: int | None = None
    ) -> list[Mapping[str, Any]]:
        """Return the entries of a review, the oldest first, without `skip` at the beginning.

        An entry that can't be read any more is left out: the check of the ledger reports it.
        """
        ...

    def list_last_entries(self, review_id: str, limit: int) -> list[Mapping[str, Any]]:
        """Return at most `limit` of the last entries of a review, the oldest of them first."""
        ...

    def get_last_seq(self) -> int:
        """Return the number of the last entry, which every event of a review increments."""
        ...
