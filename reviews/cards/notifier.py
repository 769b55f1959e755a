"""The interface of a chat channel, and the rules that each channel must keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from reviews.cards.card import Card
    from reviews.notice import Notice


class Notifier(Protocol):
    """One chat channel. Raises `TryLater`, `OutcomeUnknown` or `Permanent` and nothing else.

    Unless it is a `RedrawingNotifier`, a message can't be changed, and each `stage` of a card is a post of
    its own.
    """

    @property
    def post_interval(self) -> timedelta:
        """The time that the remote service requires between two posts to one target."""
        ...

    def post(self, target: str, card: Card) -> str:
        """Post the card and return the remote id of the message; its `stage` if messages can't be updated."""
        ...

    def post_notice(self, target: str, notice: Notice) -> str:
        """Post a notice, in the thread that it names where there are threads; return the message's id.

        Where the notice has no readers, do nothing and return any text.
        """
        ...

    def is_public(self, target: str) -> bool:
        """Return whether people who were not admitted one by one can read the target.

        Raises `RemoteError` where the remote service has to be queried and does not say.
        """
        ...

    def find_message(self, target: str, card_or_notice: Card | Notice, *, since: datetime) -> str | None:
        """Return the id of the card or notice if it was posted there since about then, else `None`.

        Raises `Permanent` where the remote service can't be queried.
        """
        ...


@runtime_checkable
class RedrawingNotifier(Notifier, Protocol):
    """A channel whose messages can be changed."""

    def update(self, target: str, message_id: str, card: Card) -> None:
        """Update a posted card. Idempotent.

        Raises `MessageGone` where the message no longer exists.
        """
        ...

    def update_notice(self, target: str, message_id: str, notice: Notice) -> None:
        """Update a posted notice of a kind that is redrawn: the card of a campaign. Idempotent.

        Raises `MessageGone` where the message no longer exists.
        """
        ...


def is_local(notifier: Notifier | None) -> bool:
    """Return whether a channel says by `calls_nothing` that it calls no remote service.

    Then nothing limits how many cards it takes at once.
    """
    return bool(getattr(notifier, "calls_nothing", False))
