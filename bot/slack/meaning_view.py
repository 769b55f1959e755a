"""What an acknowledgement means, in the blocks of a modal: in the forms for answers, and by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifiers.shared.json_members import get_text, list_objects
from notifiers.slack.elements import Block, make_context, make_mrkdwn, make_plain_text, make_section
from notifiers.slack.languages import add_language, read_language
from notifiers.slack.text import fit_text, write_date
from reviews.cards.card_drawing import draw_card
from reviews.cards.card_state import describe_outcome
from reviews.cards.meaning import (
    BYTES_LABEL,
    ask_for_meaning,
    explain_recording,
    introduce_statement,
    list_meaning_rows,
)
from reviews.kinds import ReviewState
from reviews.language import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviews.answers.menu import Offer
    from reviews.cards.meaning import Meaning

STATEMENT_BLOCK = "statement"
MAX_TITLE_LENGTH, MAX_SENTENCE_LENGTH = 1000, 1500


def draw_meaning_modal(offer: Offer) -> dict[str, Any]:
    """Return the modal that says what acknowledging means; of an older card, that there is newer content."""
    card = draw_card(offer.review)
    outcome = [] if offer.review.state is ReviewState.OPEN else [describe_outcome(card)]
    sentences = [sentence for sentence in (*outcome, offer.refusal) if sentence]
    return {
        "type": "modal",
        "title": make_plain_text(ask_for_meaning()),
        "close": make_plain_text(_("Close")),
        "blocks": [
            make_section(f"*{fit_text(card.title, MAX_TITLE_LENGTH)}*"),
            *(make_section(fit_text(sentence, MAX_SENTENCE_LENGTH)) for sentence in sentences),
            make_section(introduce_statement()),
            *draw_statement(offer.meaning),
            *draw_recorded_facts(offer.meaning),
        ],
    }


def draw_statement(meaning: Meaning) -> list[Block]:
    """Return the statement; its block says in which language it was shown."""
    recorded = (
        [make_context(f"{_('The ledger entry reads:')} “{meaning.recorded_statement}”")]
        if meaning.is_translated
        else []
    )
    statement = make_section(f"> *{meaning.statement.text}*")
    return [{**statement, "block_id": add_language(STATEMENT_BLOCK)}, *recorded]


def draw_recorded_facts(meaning: Meaning) -> list[Block]:
    """Return what is recorded with an answer. Its SHA-256 is on a line of its own, to be copied."""
    rows = list_meaning_rows(meaning, render_time=write_date)
    fields = [make_mrkdwn(f"*{label}*\n{text}") for label, text in rows if label != BYTES_LABEL]
    bytes_text = f"`{meaning.sha256}`" if meaning.sha256 else meaning.unread
    return [
        *([{"type": "section", "fields": fields}] if fields else []),
        *([make_section(f"*{BYTES_LABEL}*\n{bytes_text}")] if bytes_text else []),
        make_context(explain_recording()),
    ]


def read_statement_language(body: Mapping[str, Any]) -> str | None:
    """Return the language in which a submitted form showed the statement; `None` if it showed none."""
    names = (get_text(block, "block_id") for block in list_objects(body, "view", "blocks"))
    shown = (read_language(name) for name in names if name.startswith(STATEMENT_BLOCK))
    return next(shown, None)
