"""What the product asks of a channel of chat, and the rules that each channel must keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from reviews.cards.card import Card
    from reviews.notice import Notice


class Notifier(Protocol):
    """One channel of chat. Raises `TryLater`, `OutcomeUnknown` or `Permanent` and nothing else.

    Where it is no `RedrawingNotifier`, a message can't be changed, and each `stage` of a card is a post of
    its own.
    """

    @property
    def post_interval(self) -> timedelta:
        """How long the far side wants to see between two posts to one target."""
        ...

    def post(self, target: str, card: Card) -> str:
        """Post the card and return the far side's id of the message; its `stage` where nothing is redrawn."""
        ...

    def post_notice(self, target: str, notice: Notice) -> str:
        """Post a notice, in the thread that it names where there are threads; return the message's id.

        Where nobody is told anything, do nothing and return any text.
        """
        ...

    def is_public(self, target: str) -> bool:
        """Tell whether people can read along there who were never let in one by one.

        Raises `RemoteError` where the far side has to be asked and does not tell.
        """
        ...

    def find_message(self, target: str, posted: Card | Notice, *, since: datetime) -> str | None:
        """Return the id of the card or notice if it stands there since about then; `None` if it does not.

        Raises `Permanent` where the far side can't be asked.
        """
        ...


@runtime_checkable
class RedrawingNotifier(Notifier, Protocol):
    """A channel whose messages can be changed."""

    def update(self, target: str, message_id: str, card: Card) -> None:
        """Redraw a posted card. Doing it twice is the same as doing it once.

        Raises `MessageGone` where the message no longer stands.
        """
        ...
