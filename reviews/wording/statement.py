"""The statement that a person agrees to by acknowledging, as it is recorded and as it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.kinds import ChangeKind
from reviews.language import _, get_language
from reviews.model import BULK_STATEMENT, STATEMENT

if TYPE_CHECKING:
    from reviews.model import Review

STATEMENT_IDS = {STATEMENT: "version-reviewed.v1", BULK_STATEMENT: "files-reviewed.v1"}
"""The ids of the English texts. Another text gets another id: an entry of the ledger names it for ever."""


@dataclass(frozen=True, kw_only=True)
class ShownStatement:
    """A statement as a person sees it: which one, in which language, and its exact text there."""

    id: str
    language: str
    text: str


def find_statement(review: Review) -> str:
    """Return the statement that an acknowledgement of this review records, in English."""
    return BULK_STATEMENT if review.kind is ChangeKind.BULK else STATEMENT


def show_statement(review: Review) -> ShownStatement:
    """Return the same statement as it is shown in the current language."""
    statement = find_statement(review)
    return ShownStatement(
        id=STATEMENT_IDS[statement], language=get_language(), text=translate_statement(statement)
    )


def translate_statement(statement: str) -> str:
    """Return a recorded statement in the current language; one of another release unchanged."""
    template = {
        STATEMENT: _("I have reviewed this version."),
        BULK_STATEMENT: _("I have reviewed these files."),
    }
    return template.get(statement, statement)
