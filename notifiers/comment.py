"""The channel `comment`: an acknowledged review is written into the file's own version history in DocSpace.

It notifies no one; it is for later readers of the document.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.cards.docspace_comment import format_comment

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from notifiers import ChannelContext
    from reviews.cards.card import Card
    from reviews.notice import Notice

EXAMPLE = None
SILENT = True
_MESSAGE = "comment"


class Comment:
    """Writes a sentence once the review is acknowledged; writing it twice is the same as once."""

    post_interval = timedelta()

    def __init__(self, write_comment: Callable[[str, int, str], None]) -> None:
        """`write_comment` takes the file's id, the version and the text."""
        self._write_comment = write_comment

    def post(self, target: str, card: Card) -> str:
        self.update(target, _MESSAGE, card)
        return _MESSAGE

    def post_notice(self, target: str, notice: Notice) -> str:  # noqa: ARG002
        """Send nothing: a version history notifies no one."""
        return _MESSAGE

    def update(self, target: str, message_id: str, card: Card) -> None:  # noqa: ARG002
        sentence = format_comment(card)
        if sentence and card.answer and card.answer.version:
            self._write_comment(card.file_id, card.answer.version, sentence)

    def update_notice(self, target: str, message_id: str, notice: Notice) -> None:
        pass

    def is_public(self, target: str) -> bool:  # noqa: ARG002
        return False  # readers of a version history can see the file

    def find_message(self, target: str, card_or_notice: Card | Notice, *, since: datetime) -> str | None:  # noqa: ARG002
        """Return `None`: writing an existing comment again changes nothing."""
        return None


def build(context: ChannelContext) -> Comment:
    return Comment(context.comment)
