"""What the product asks of the place where things are written down, a protocol a kind of thing.

All of them are parts of one transaction, the `UnitOfWork` of `reviews.ports.unit_of_work`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime, timedelta

    from reviews.kinds import EventState, ReviewState
    from reviews.model import Answer, CardPost, ChangeEvent, LastReassignment, Review, StoredEvent
    from reviews.notice import Notice
    from reviews.ports.past_events import PastEvent


LedgerEntry = Mapping[str, Any]


class EventRepository(Protocol):
    """The change events that arrived."""

    def add(
        self, events: Sequence[tuple[ChangeEvent, str | None]], *, at: datetime | None = None
    ) -> list[bool]:
        """Insert events; `False` for one whose keys are known already, be it from the same call.

        Without `at` they are received now, by the database's clock.
        An event that comes with a reason is ignored for it, the others are received.
        """
        ...

    def list_sharing_keys(self, event: ChangeEvent) -> list[StoredEvent | PastEvent]:
        """Return the events that have one of an event's keys, also those whose rows were removed."""
        ...

    def add_conflicting(self, event: ChangeEvent, reason: str | None, *, at: datetime | None = None) -> bool:
        """Insert and count an event that was given keys of its own; `False` where it was inserted before."""
        ...

    def get(self, event_id: int) -> StoredEvent | None: ...

    def list_pending(self, file_id: str) -> list[StoredEvent]:
        """Return the received events of a file that nothing has become of yet, in the order of arrival."""
        ...

    def list_pending_ids(self, event_id: int) -> list[int]:
        """Return the numbers of what is pending of an event's file; nothing else is read of them."""
        ...

    def find_pending_files(self, file_ids: Sequence[str], *, before: int | None = None) -> set[str]:
        """Return those of the files of which received events are pending; only events before that id."""
        ...

    def has_event_since(self, file_id: str, at: datetime) -> bool:
        """Tell whether an event of the file, which was not given up, happened then or later."""
        ...

    def find_last_reviewed(self, file_id: str) -> int | None:
        """Return the number of a file's newest event that opened or revised a review."""
        ...

    def find_oldest_unsettled(self) -> StoredEvent | None:
        """Return which of the pending and the dead events happened first."""
        ...

    def is_pending_beneath(self, folder_id: str, *, before: int) -> bool:
        """Tell whether earlier events are pending of files that are known to be in a folder."""
        ...

    def lower_priority(self, file_ids: Sequence[str]) -> None:
        """Have the pending events of these files wait until others have been handed over."""
        ...

    def has_low_priority(self, event_id: int) -> bool:
        """Tell whether an event lets others go first."""
        ...

    def settle(self, ids: Sequence[int], state: EventState, reason: str | None) -> int:
        """Give received events their end; return how many of them still were received."""
        ...

    def correct_received_at(self, ids: Sequence[int], *, at: datetime) -> None:
        """Note that events were received then, where a clock that was ahead has noted a later time."""
        ...

    def count_failure(self, event_id: int, reason: str) -> int | None:
        """Count a failed attempt and keep its reason; `None` for an event that is settled meanwhile."""
        ...

    def reopen(self, event_id: int | None) -> int:
        """Make a dead event received again, or all of them; return how many were dead."""
        ...

    def get_state(self, event_id: int) -> str | None:
        """Return the state of an event in the word of whoever wrote it; `None` where there is none."""
        ...

    def list_recent(self, limit: int) -> list[StoredEvent]: ...

    def find_last_removed(self) -> int | None:
        """Return the number of the newest event whose row was removed; `None` where none was."""
        ...


class ReviewRepository(Protocol):
    """The reviews with their answers and cards."""

    def add(self, review: Review) -> None: ...

    def get(self, review_id: str, *, lock: bool = False) -> Review | None:
        """Return a review; with `lock`, nobody else changes it until the transaction ends."""
        ...

    def get_route(self, review_id: str) -> str | None:
        """Return the route of a review; nothing else is read of it."""
        ...

    def get_many(self, review_ids: Sequence[str]) -> list[Review]:
        """Return the reviews of these ids that are known, in any order."""
        ...

    def find_latest(self, file_id: str, *, route: str | None = None, lock: bool = False) -> Review | None:
        """Return the newest review of a file, on any route or on one; `lock` as with `get`.

        A bulk review is returned as that file sees it. Among those of several routes it counts as opened when
        the file joined it.
        """
        ...

    def supersede(self, review_id: str, by: str) -> bool:
        """Note that a newer review took the place of an answered one; `False` if that was noted before."""
        ...

    def find_predecessors(self, review_ids: Sequence[str]) -> dict[str, Review]:
        """Return the reviews that these superseded, by the ids of these.

        Of a file that left a bulk review that is what was asked for last: in that one, or in one before it.
        """
        ...

    def relabel(self, review: Review) -> bool:
        """Write what the document of an open review is called and where it is.

        `False` if that is what stands there, or the review is not open.
        """
        ...

    def revise(self, review: Review) -> bool:
        """Write a review whose revision went up by one; `False` if the stored one is no longer its base."""
        ...

    def answer(self, review_id: str, answer: Answer, state: ReviewState) -> bool:
        """Give the open review this state at the answer's revision and keep the answer; `False` if too late.

        One conditional UPDATE: of any number of concurrent callers that end the review exactly one gets
        `True`.
        """
        ...

    def withdraw(
        self, review_id: str, answer: Answer, state: ReviewState, *, remind_at: datetime | None
    ) -> None:
        """Note when an answer was taken back, the state without it, and when the clock looks at it again.

        Raises `Conflict` where a newer review has taken the place of this one.
        """
        ...

    def reassign(self, review_id: str, owners: Sequence[str], handed_over: LastReassignment) -> None: ...

    def snooze(self, review_id: str, until: datetime, *, by: str, remind_at: datetime | None) -> None:
        """Write down until when the reminders rest, and when the clock looks at the review next."""
        ...

    def list_due_ids(self, now: datetime, limit: int, *, without: Collection[str] = ()) -> list[str]:
        """Return the ids of open reviews at which the clock should look by now, the longest due first.

        Those `without`, of which there are few, are left out.
        """
        ...

    def save_reminder(
        self, review_id: str, *, next_at: datetime | None, reminders: int, lapsed_at: datetime | None
    ) -> None:
        """Write down what the clock has told of a review that this transaction has locked."""
        ...

    def list_recent(
        self, limit: int, *, state: str | None = None, route: str | None = None, oldest_first: bool = False
    ) -> list[Review]: ...


class CardRepository(Protocol):
    """The cards that are owed, posted and redrawn."""

    def owe(
        self, review_id: str, targets: Iterable[tuple[str, str]], *, caused_at: datetime | None = None
    ) -> None:
        """Owe the review's card to each (notifier, target); once only for each of them.

        `caused_at` is when the event arrived that the review is about.
        """
        ...

    def redraw(self, review_id: str) -> None:
        """Ask for every card of the review to be drawn again: somebody waits for it."""
        ...

    def redraw_later(self, review_id: str) -> None:
        """Ask for the same where nobody waits for it: those that somebody waits for come first."""
        ...

    def redraw_predecessors(self, review_id: str) -> None:
        """Ask for the same of all reviews that this one superseded."""
        ...

    def redraw_if_not_due(self, review_id: str) -> None:
        """Ask for those cards of the review to be drawn again that no drawing is due of.

        The caller has locked the review, as has whoever writes down that a card of a bulk review was drawn: a
        drawing that is under way is of the review as it was.
        """
        ...

    def redraw_in_channel(self, review_id: str, notifier: str, *, most: int) -> None:
        """Ask for the review's cards in one channel to be drawn again, unless that was asked `most` times."""
        ...

    def get_without_notice(self, card_id: int) -> CardPost | None:
        """Return a card by its plain columns alone, as if it had no notice."""
        ...

    def owe_notices(self, review_id: str, notice: Notice, *, cause: str) -> None:
        """Owe a notice beside each card of the review; once only for each cause."""
        ...

    def owe_notice(
        self, target: tuple[str, str], notice: Notice, *, cause: str, review_id: str | None = None
    ) -> bool:
        """Owe a notice to one (notifier, target); once only for each cause, `False` after that."""
        ...

    def find_thread_card(self, post: CardPost) -> CardPost | None:
        """Return the card beside which a notice belongs; of a person's, the first in the same channel."""
        ...

    def list_causes(self, review_id: str, beginning: str) -> list[str]:
        """Return the causes of a review's notices that begin so, in the order in which they were owed."""
        ...

    def readdress(self, card_id: int, owner: str, *, target: str) -> bool:
        """Owe a notice that was surely not told to another target; `False` if the owner lost it."""
        ...

    def get(self, card_id: int) -> CardPost | None: ...

    def find_by_message(self, notifier: str, target: str, message_id: str) -> CardPost | None:
        """Return the card that stands there; `None` for any other message."""
        ...

    def claim(self, card_id: int, owner: str) -> bool:
        """Take the card for one job; `False` while another job has it, and for a dead card.

        The same owner may claim again.
        """
        ...

    def save_queue_place(self, card_id: int, owner: str, *, not_before: datetime) -> bool:
        """Remember the card's place in its channel's line, and let go of it; `False` if the owner lost it."""
        ...

    def mark_attempted(self, card_id: int, owner: str, *, at: datetime, maybe_posted: bool) -> bool:
        """Write down, before it is done, that the card is posted now; `False` if the owner lost the card."""
        ...

    def mark_found(self, card_id: int, owner: str, *, message_id: str) -> bool:
        """Write down that a post whose outcome was unknown stands there; `False` if the owner lost it."""
        ...

    def owe_again(self, card_id: int, owner: str) -> bool:
        """Owe the card anew: its message was deleted; `False` if the owner lost it."""
        ...

    def mark_drawn(self, card_id: int, owner: str, *, message_id: str, drawing: int, at: datetime) -> bool:
        """Write down that a drawing reached the far side, and let go of the card.

        `False`, and nothing written, where the owner no longer has the card: it was believed dead.
        """
        ...

    def mark_failed(
        self, card_id: int, owner: str, error: str, *, counted: bool, dead: bool, unknown: bool
    ) -> int | None:
        """Note a failed attempt, let go of the card, return their count; `None` where the owner lost it.

        One that is not `counted` does not bring the card nearer to being given up. `unknown` keeps the note
        that it may have been posted.
        """
        ...

    def reopen(self, card_id: int | None) -> int:
        """Make a dead card owed again, or all that nobody has in hand; return how many were dead."""
        ...

    def find_dead(self) -> list[int]:
        """Return the ids of all dead cards, in their order."""
        ...

    def list_recent(self, limit: int, *, state: str | None = None) -> list[CardPost]: ...


class GateRepository(Protocol):
    """The far sides' limits, kept among all workers: one message every so often to one channel.

    Whoever locks a gate and cards in one transaction locks the gate first.
    """

    def take_next_slot(self, name: str, now: datetime, *, apart: timedelta) -> datetime:
        """Return the next free place in the line, and take it."""
        ...

    def pass_or_wait(self, name: str, now: datetime, *, apart: timedelta) -> timedelta:
        """Pass the gate and return zero, or return how long it stays shut."""
        ...

    def close(self, name: str, until: datetime) -> None:
        """Keep everybody out until then: the far side has asked for it."""
        ...

    def find_opening(self, name: str, now: datetime) -> datetime:
        """Return until when everybody is kept out; `now` where nobody is."""
        ...


class LedgerRepository(Protocol):
    """The append-only chain."""

    def append(self, body: Mapping[str, Any]) -> None:
        """Write an entry as part of the transaction; numbered and chained when it commits."""
        ...

    def list_entries(
        self, review_id: str, *, skip: int = 0, limit: int | None = None
    ) -> list[Mapping[str, Any]]:
        """Return the entries of a review, the oldest first, without so many at the beginning.

        One that can't be read any more is missing: that is for the check of the record to tell.
        """
        ...

    def list_last_entries(self, review_id: str, limit: int) -> list[Mapping[str, Any]]:
        """Return at most so many of the last entries of a review, the oldest of them first."""
        ...

    def get_last_seq(self) -> int:
        """Return the number of the last entry: whatever happens to a review counts it up."""
        ...
