"""The list as a spreadsheet: comma-separated, one line per review, generated while it is sent.

Column names and values from a list are in English for every reader: programs read it too. Times are UTC. The
mark at the start identifies UTF-8, which spreadsheets would not guess.
"""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import TYPE_CHECKING

from reviews.cards.card_drawing import draw_card
from reviews.kinds import ReviewState
from reviews.language import DEFAULT_LANGUAGE, use_language
from reviews.quorum import find_deciding_answer
from reviews.text import escape_cell
from reviews.wording.labels import format_people, split_answer_note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviews.model import Review

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
COLUMNS = (
    *("id", "route", "state", "overdue", "kind", "title", "folder", "version_from", "version_to", "revision"),
    *("changed_by", "owners", "opened_at", "changed_at", "due_at", "answered_at", "answered_by"),
    *("answered_by_email", "identity", "late", "took_seconds", "note", "superseded_by", "link"),
    *("title_before", "folder_before", "moved_to", "acts", "saves"),
    *("sha256", "size", "not_read", "carried_from", "lapsed_at", "answered_for"),
)
CHUNK_BYTES = 64 * 1024
"""Characters that are sent at once."""


def write_spreadsheet(reviews: Iterable[Review], *, now: datetime) -> Iterator[bytes]:
    """Yield the file in parts."""
    text = io.StringIO()
    writer = csv.writer(text)
    text.write(BYTE_ORDER_MARK)
    writer.writerow(COLUMNS)
    for review in reviews:
        # A generator runs in the language of its caller, which may be any.
        with use_language(DEFAULT_LANGUAGE):
            writer.writerow(escape_cell(_format_cell(value)) for value in _build_row(review, now))
        if text.tell() >= CHUNK_BYTES:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def _build_row(review: Review, now: datetime) -> tuple[object, ...]:
    card, answer = draw_card(review), find_deciding_answer(review)
    reviewer = answer.reviewer if answer else None
    is_open = review.state is ReviewState.OPEN
    return (
        *(
            review.id,
            review.route,
            review.state,
            is_open and review.due_at is not None and review.due_at < now,
        ),
        *(review.kind, card.title, card.path, review.version_from, review.version_to, review.revision),
        *("" if review.campaign else format_people(review.contributors), "; ".join(card.owners)),
        *(review.opened_at, review.changed_at, review.due_at, answer and answer.at),
        *(reviewer and reviewer.name, reviewer and reviewer.email, answer and answer.identity),
        *(answer and answer.late, answer and int((answer.at - review.opened_at).total_seconds())),
        *(" / ".join(split_answer_note(answer)) if answer else "", review.superseded_by, card.link),
        *(card.title_before, card.path_before, card.moved_to),
        "; ".join(f"{act.kind}: {format_people(act.people)}" for act in review.acts),
        review.saves,
        *(answer and answer.sha256, answer and answer.size, answer and answer.not_read),
        review.carried and review.carried.review_id,
        review.lapsed_at,
        answer and answer.stand_in_for,
    )


def _format_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)
