"""The statement that a person agrees to by acknowledging: recorded in English, shown translated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.kinds import ChangeKind
from reviews.language import _
from reviews.model import STATEMENT

if TYPE_CHECKING:
    from reviews.model import Review

BULK_STATEMENT = "I have reviewed these files."


def find_statement(review: Review) -> str:
    """Return the statement as it is recorded; for a bulk review it covers all files."""
    return BULK_STATEMENT if review.kind is ChangeKind.BULK else STATEMENT


def translate_statement(recorded: str) -> str:
    """Return a recorded statement in the current language; one of another release unchanged."""
    words = {
        STATEMENT: _("I have reviewed this version."),
        BULK_STATEMENT: _("I have reviewed these files."),
    }
    return words.get(recorded, recorded)
