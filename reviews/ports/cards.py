"""The repositories of cards, and of the gates through which they are posted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from reviews.model import Post
    from reviews.notice import Notice


@dataclass(frozen=True, kw_only=True)
class CardDrawing:
    """What is stored of the last drawing of a card that reached its channel.

    `is_current` says that it shows the review as it is, `drawn_at` when it was stored. `is_uncertain` says
    that a later one may have reached the channel: it is on its way, or no answer to it was stored.
    """

    drawn_at: datetime | None
    is_current: bool
    is_uncertain: bool


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

    def redraw_notice(self, target: tuple[str, str], notice: Notice, *, cause: str) -> None:
        """Have a notice of no review that was owed to one (notifier, target) show this from now on.

        People do not wait for it.
        """
        ...

    def find_notice(self, target: tuple[str, str], *, cause: str) -> Post | None:
        """Return the notice of no review that was owed to one (notifier, target) for a cause."""
        ...

    def find_thread_card(self, post: Post) -> Post | None:
        """Return the card beside which a notice belongs; for a person's notice the first in its channel."""
        ...

    def list_drawings(self, review_id: str) -> list[CardDrawing]:
        """Return the last drawing of each card of the review, without its notices."""
        ...

    def list_causes(self, review_id: str, prefix: str) -> list[str]:
        """Return the causes of a review's notices with this prefix, in the order in which they were owed."""
        ...

    def readdress(self, card_id: int, job: str, *, target: str) -> bool:
        """Owe a notice that was surely not sent to another target; `False` if the owner lost it.

        The owner still has it, and puts it off.
        """
        ...

    def get(self, card_id: int) -> Post | None: ...

    def find_by_message(self, notifier: str, target: str, message_id: str) -> Post | None:
        """Return the card that was posted as this message; `None` for any other message."""
        ...

    def claim(self, card_id: int, job: str) -> Post | None:
        """Claim the card for one job and return it without its notice; `None` while another job has it.

        The same owner may claim again. A dead card is not claimed.
        """
        ...

    def begin_first_post(self, card_id: int, job: str, *, at: datetime) -> bool:
        """Claim a card that was never sent, and store that it is posted now, before that is done.

        `False` while another job has it, for a dead card, and for one that was sent.
        """
        ...

    def put_off(self, card_id: int, job: str, *, drawing: int, until: datetime) -> None:
        """Release the card, which is due again at `until`, unless another job has it.

        If a drawing later than `drawing` was requested meanwhile, it is due when that was.
        """
        ...

    def postpone(self, card_id: int, job: str, *, until: datetime) -> None:
        """Release a notice that is not to be sent before then, unless another job has it.

        Until then it is no work that waits: it counts as due from then on.
        """
        ...

    def save_queue_place(self, card_id: int, job: str, *, not_before: datetime) -> bool:
        """Store the card's place in its channel's queue, and release it until then.

        Return `False` if the owner lost it.
        """
        ...

    def mark_attempted(self, card_id: int, job: str, *, at: datetime, maybe_posted: bool) -> bool:
        """Store, before it is done, that the card is posted now; `False` if the owner lost the card."""
        ...

    def cancel_attempt(self, card_id: int, job: str) -> None:
        """Store that a post whose attempt was stored was not sent after all, if the owner has the card."""
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
        as possibly posted. A dead one stays marked as given up until it is drawn.
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

    def find_next_slot(self, name: str, now: datetime) -> datetime:
        """Return the next free slot in the queue, without taking it; others may take it meanwhile."""
        ...

    def take_turn(
        self, name: str, now: datetime, *, place: datetime | None, interval: timedelta
    ) -> timedelta:
        """Return how long to wait for one's turn; a wait of at most `BRIEF_WAIT` is a turn that is taken.

        `place` is the place in the queue that was taken before. A place is taken once, and again after the
        remote service has closed the gate for longer than an interval. Who comes a little early or late still
        keeps the interval.
        """
        ...

    def note_arrival(self, name: str, at: datetime) -> None:
        """Store when a message arrived, if that was later than its turn: the interval counts from then on."""
        ...

    def close(self, name: str, until: datetime) -> None:
        """Close the gate until then: the remote service requires it."""
        ...

    def find_opening(self, name: str, now: datetime) -> datetime:
        """Return until when the gate is closed; `now` where it is open."""
        ...
