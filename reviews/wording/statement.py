"""The sentence that whoever acknowledges a review agrees to: recorded in English, shown as people speak."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.kinds import ChangeKind
from reviews.language import _
from reviews.model import STATEMENT

if TYPE_CHECKING:
    from reviews.model import Review

BULK_STATEMENT = "I have reviewed these files."


def find_statement(review: Review) -> str:
    """Return the sentence as it is recorded; of many files it speaks of all of them."""
    return BULK_STATEMENT if review.kind is ChangeKind.BULK else STATEMENT


def translate_statement(recorded: str) -> str:
    """Return a recorded sentence in the language that is spoken; of another version of ours as it is."""
    words = {
        STATEMENT: _("I have reviewed this version."),
        BULK_STATEMENT: _("I have reviewed these files."),
    }
    return words.get(recorded, recorded)
