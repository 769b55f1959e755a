"""What it means to acknowledge a review: the statement, and what is recorded with it.

Every surface shows this before the click, and an answer's ledger entry has the same: it is drawn here once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.cards.card_campaign import explain_request
from reviews.comparison import WithheldReason
from reviews.comparisons.reviewed_bytes import find_reviewed_bytes
from reviews.language import _, format_number
from reviews.wording.bytes_sentences import describe_both_sizes, explain_unread
from reviews.wording.statement import find_statement, show_statement

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from reviews.comparisons.reviewed_bytes import ReviewedBytes
    from reviews.model import Review
    from reviews.routes.route import Route
    from reviews.wording.statement import ShownStatement

BYTES_LABEL = "SHA-256"


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What a person agrees to by acknowledging one revision of a review, in the current language.

    Attributes:
        recorded_statement: The same statement in English, as the ledger has it.
        revision: `None` for a bulk review, where it counts the files that joined.
        version: `None` for folders, and where DocSpace did not say.
        file_count: Of a bulk review.
        updated: When DocSpace says that this content was modified.
        size: Bytes.
        sha256: In hex; `None` where it is not known, and then `unread` says why if there is something to say.
    """

    statement: ShownStatement
    recorded_statement: str
    revision: int | None
    version: int | None
    file_count: int | None
    updated: datetime | None
    size: int | None
    sha256: str | None
    unread: str
    explanation: str = ""
    """What it means besides; empty for the review of a change."""

    @property
    def is_translated(self) -> bool:
        return self.statement.text != self.recorded_statement


def draw_meaning(review: Review, reviewed_bytes: ReviewedBytes) -> Meaning:
    """Return the meaning; of a redacted review, what its reader may see."""
    meaning = Meaning(
        statement=show_statement(review),
        recorded_statement=find_statement(review),
        revision=None if review.bulk else review.revision,
        version=None if review.contents else review.version_to,
        file_count=review.bulk.count if review.bulk else None,
        updated=review.modified_at,
        size=reviewed_bytes.size,
        sha256=reviewed_bytes.sha256,
        unread=explain_unread(reviewed_bytes.not_read),
        explanation=explain_request() if review.campaign else "",
    )
    return redact_meaning(meaning) if review.redacted else meaning


def draw_known_meaning(review: Review, route: Route | None) -> Meaning:
    """Return the meaning, with what is known of the bytes; `route` is `None` if it was removed."""
    return draw_meaning(review, find_reviewed_bytes(review, route))


def redact_meaning(meaning: Meaning) -> Meaning:
    """Return what everyone may see: by a hash one knows a document that one has."""
    if meaning.sha256 is None:
        return meaning
    return replace(meaning, size=None, sha256=None, unread=explain_unread(WithheldReason.PRIVATE_ROUTE))


def list_meaning_rows(meaning: Meaning, *, render_time: Callable[[datetime], str]) -> list[tuple[str, str]]:
    """Return what is recorded with the statement, as labels and texts; the SHA-256 comes last.

    `render_time` writes a date in the channel's format.
    """
    rows = (
        (_("Files"), None if meaning.file_count is None else format_number(meaning.file_count)),
        (_("Version"), meaning.version),
        (_("Revision"), meaning.revision),
        (_("Modified"), meaning.updated and render_time(meaning.updated)),
        (_("Size"), None if meaning.size is None else describe_both_sizes(meaning.size)),
        (BYTES_LABEL, meaning.sha256 or meaning.unread),
    )
    shown = ((label, text) for label, text in rows if text not in {None, ""})
    return [(label, text if isinstance(text, str) else str(text)) for label, text in shown]


def introduce_statement() -> str:
    """Return what stands before the statement where its button is not beside it."""
    return _("“{button}” means:").format(button=_("Acknowledge review"))


def explain_recording() -> str:
    """Return what is recorded besides, as a sentence."""
    return _("Recorded in the ledger with your name, the time, and how your identity was verified.")


def ask_for_meaning() -> str:
    """Return the label of what leads to the meaning on a card."""
    return _("What does this mean?")
