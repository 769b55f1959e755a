"""The comment that an acknowledged review leaves in the file's version history in DocSpace."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from reviews.kinds import Decision
from reviews.language import _, gettext_noop, list_translations

if TYPE_CHECKING:
    from reviews.cards.card import Card

_COMMENT_TEXT = gettext_noop("Reviewed by {who}, version {version}")
COMMENT_CHANNEL = "comment"
MAX_COMMENT_WRITES = 20
"""Limit of writes of one comment in all: if it is overwritten each time, we stop."""


def format_comment(card: Card) -> str | None:
    """Return the comment; `None` where there is none: folders and many files have no history."""
    answer = card.answer
    if answer is None or answer.decision is not Decision.ACKNOWLEDGE or not card.is_versioned:
        return None
    return _(_COMMENT_TEXT).format(who=answer.reviewer.name, version=answer.version)


def is_own_comment(comment: str) -> bool:
    """Return whether a comment begins as ours do, in any language that it may be written in."""
    return comment.startswith(_list_beginnings())


@cache
def _list_beginnings() -> tuple[str, ...]:
    return tuple(form.partition("{")[0] for form in list_translations(_COMMENT_TEXT))
