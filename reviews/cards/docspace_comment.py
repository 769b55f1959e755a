"""What an acknowledged review leaves in the file's own version history in DocSpace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.kinds import Decision
from reviews.language import _, gettext_noop, list_translations

if TYPE_CHECKING:
    from reviews.cards.card import Card

_COMMENT_TEXT = gettext_noop("Reviewed by {who}, version {version}")
COMMENT_CHANNEL = "comment"
MAX_COMMENT_WRITES = 20
"""So often a comment is asked for in all: whatever overwrites it each time has the last word then."""


def format_comment(card: Card) -> str | None:
    """Return the comment, or `None` where nothing is to be left: folders and many files have no history."""
    answer = card.answer
    if answer is None or answer.decision is not Decision.ACKNOWLEDGE or not card.is_versioned:
        return None
    return _(_COMMENT_TEXT).format(who=answer.reviewer.name, version=answer.version)


def is_own_comment(comment: str) -> bool:
    """Tell whether a comment begins as ours do, in whichever language it was written."""
    return comment.startswith(tuple(form.partition("{")[0] for form in list_translations(_COMMENT_TEXT)))
