"""What the product asks of the world around it, and the rules that whoever provides it must keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, timedelta
    from types import TracebackType

    from reviews.card import Card
    from reviews.model import (
        Answer,
        CardPost,
        ChangeEvent,
        EventState,
        FileFacts,
        Person,
        Place,
        Review,
        StoredEvent,
    )


class Clock(Protocol):
    """The present moment, aware of its zone, in UTC."""

    def __call__(self) -> datetime: ...


class Portal(Protocol):
    """What DocSpace says of a change event. Each call may raise `TryLater` or `Permanent`."""

    def place(self, event: ChangeEvent) -> Place | None:
        """Return the folders above the file now; `None` where the portal no longer shows them."""
        ...

    def facts(self, event: ChangeEvent) -> FileFacts:
        """Return the file's present state, from the payload where the file is gone."""
        ...

    def person(self, person: Person) -> Person:
        """Return the person with name and e-mail where the portal knows them; never fails for a stranger."""
        ...


class Notifier(Protocol):
    """One channel of chat. Raises `TryLater`, `OutcomeUnknown` or `Permanent` and nothing else."""

    @property
    def apart(self) -> timedelta:
        """How long the far side wants to see between two posts to one target."""
        ...

    def post(self, target: str, card: Card) -> str:
        """Post the card and return the far side's id of the message."""
        ...

    def update(self, target: str, message_id: str, card: Card) -> None:
        """Redraw a posted card. Doing it twice is the same as doing it once."""
        ...

    def find(self, target: str, card: Card, *, since: datetime) -> str | None:
        """Return the id of the review's card if it stands there since about then; `None` if it does not.

        Raises `Permanent` where the far side can't be asked.
        """
        ...


class Events(Protocol):
    """The change events that arrived."""

    def add(self, events: Sequence[tuple[ChangeEvent, str | None]], *, at: datetime) -> list[bool]:
        """Insert events; `False` for one whose keys are known already, be it from the same call.

        An event that comes with a reason is ignored for it, the others are received.
        """
        ...

    def get(self, event_id: int) -> StoredEvent | None: ...

    def pending_of(self, file_id: str) -> list[StoredEvent]:
        """Return the received events of a file that nothing has become of yet, oldest first."""
        ...

    def settle(self, ids: Sequence[int], state: EventState, reason: str | None) -> int:
        """Give received events their end; return how many of them still were received."""
        ...

    def failed(self, event_id: int, reason: str) -> int | None:
        """Count a failed attempt and keep its reason; `None` for an event that is settled meanwhile."""
        ...

    def reopen(self, event_id: int | None) -> int:
        """Make a dead event received again, or all of them; return how many were dead."""
        ...

    def recent(self, limit: int) -> list[StoredEvent]: ...


class Reviews(Protocol):
    """The reviews with their answers and cards."""

    def add(self, review: Review) -> None: ...

    def get(self, review_id: str) -> Review | None: ...

    def latest_of(self, file_id: str, *, route: str | None = None) -> Review | None:
        """Return the newest review of a file, on any route or on one."""
        ...

    def revise(self, review: Review) -> bool:
        """Write a review whose revision went up by one; `False` if the stored one is no longer its base."""
        ...

    def answer(self, review_id: str, answer: Answer) -> bool:
        """Decide the open review at the answer's revision and keep the answer; `False` if too late.

        One conditional UPDATE: of any number of concurrent callers exactly one gets `True`.
        """
        ...

    def recent(
        self, limit: int, *, state: str | None = None, route: str | None = None, oldest_first: bool = False
    ) -> list[Review]: ...


class Cards(Protocol):
    """The cards that are owed, posted and redrawn."""

    def owe(self, review_id: str, targets: Iterable[tuple[str, str]]) -> None:
        """Owe the review's card to each (notifier, target); once only for each of them."""
        ...

    def redraw(self, review_id: str) -> None:
        """Ask for every card of the review to be drawn again."""
        ...

    def get(self, card_id: int) -> CardPost | None: ...

    def claim(self, card_id: int, owner: str) -> bool:
        """Take the card for one job; `False` while another job has it, and for a dead card.

        The same owner may claim again.
        """
        ...

    def line_up(self, card_id: int, owner: str, *, not_before: datetime) -> bool:
        """Remember the card's place in its channel's line, and let go of it; `False` if the owner lost it."""
        ...

    def attempted(self, card_id: int, owner: str, *, at: datetime, maybe_posted: bool) -> bool:
        """Write down, before it is done, that the card is posted now; `False` if the owner lost the card."""
        ...

    def found(self, card_id: int, owner: str, *, message_id: str) -> bool:
        """Write down that a post whose outcome was unknown stands there; `False` if the owner lost it."""
        ...

    def drawn(self, card_id: int, owner: str, *, message_id: str, drawing: int) -> bool:
        """Write down that a drawing reached the far side, and let go of the card.

        `False`, and nothing written, where the owner no longer has the card: it was believed dead.
        """
        ...

    def failed(self, card_id: int, owner: str, error: str, *, dead: bool, unknown: bool) -> int | None:
        """Count a failed attempt, let go of the card, return the count; `None` where the owner lost it.

        `unknown` keeps the note that the card may have been posted.
        """
        ...

    def reopen(self, card_id: int | None) -> int:
        """Make a dead card owed again, or all of them; return how many were dead."""
        ...

    def recent(self, limit: int, *, state: str | None = None) -> list[CardPost]: ...


class Gates(Protocol):
    """The far sides' limits, kept among all workers: one message every so often to one channel."""

    def queue(self, name: str, now: datetime, *, apart: timedelta) -> datetime:
        """Return the next free place in the line, and take it."""
        ...

    def wait(self, name: str, now: datetime, *, apart: timedelta) -> timedelta:
        """Pass the gate and return zero, or return how long it stays shut."""
        ...

    def close(self, name: str, until: datetime) -> None:
        """Keep everybody out until then: the far side has asked for it."""
        ...

    def is_closed(self, name: str, now: datetime) -> bool: ...


class People(Protocol):
    """The people of the portal whom we have met."""

    def remember(self, person: Person, *, at: datetime) -> None: ...

    def by_email(self, email: str) -> Person | None: ...


class Ledger(Protocol):
    """The append-only chain."""

    def append(self, body: Mapping[str, Any]) -> None:
        """Write an entry as part of the transaction; numbered and chained when it commits."""
        ...


class UnitOfWork(Protocol):
    """One transaction. Rolls back unless `commit` was called."""

    @property
    def events(self) -> Events: ...
    @property
    def reviews(self) -> Reviews: ...
    @property
    def cards(self) -> Cards: ...
    @property
    def gates(self) -> Gates: ...
    @property
    def people(self) -> People: ...
    @property
    def ledger(self) -> Ledger: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def commit(self) -> None: ...


class Transactions(Protocol):
    """Opens units of work; one that only reads neither waits for writers nor holds them up."""

    def __call__(self, *, reading: bool = False) -> UnitOfWork: ...
