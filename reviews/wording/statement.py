"""The statement that a person agrees to by acknowledging, translated; the ledger has it in English."""

from __future__ import annotations

from reviews.language import _
from reviews.model import BULK_STATEMENT, STATEMENT


def translate_statement(statement: str) -> str:
    """Return a recorded statement in the current language; one of another release unchanged."""
    template = {
        STATEMENT: _("I have reviewed this version."),
        BULK_STATEMENT: _("I have reviewed these files."),
    }
    return template.get(statement, statement)
