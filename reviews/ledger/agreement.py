"""What an answer's entry says of the statement as it was shown, and of the content that it was about.

No column of the database has these members: only the entry says them, and the chain holds them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.kinds import Decision
from reviews.language import use_language
from reviews.ledger.ledger_entries import format_moment
from reviews.wording.statement import show_statement

if TYPE_CHECKING:
    from reviews.model import Review


def describe_agreement(review: Review, decision: Decision, *, language: str) -> dict[str, Any]:
    """Return these members; `language` is that in which the person saw the statement.

    Who requests changes agrees to no statement. A bulk review has no time of its own.
    """
    updated = {"updated": format_moment(review.modified_at)} if review.modified_at else {}
    if decision is not Decision.ACKNOWLEDGE:
        return updated
    with use_language(language):
        shown = show_statement(review)
    return {"agreed": {"id": shown.id, "language": shown.language, "text": shown.text}, **updated}
