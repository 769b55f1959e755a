"""*What does this mean?* on an Adaptive Card: the card has it all, a click shows it (facts on Teams, 2.2).

No one has to respond to that click, so it works behind Workflows too, and what it shows is of the card's own
revision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.shared.adaptive_elements import make_rich_block, make_text_block, make_text_run
from notifiers.shared.teams_text import escape_markdown, write_date
from reviews.cards.meaning import (
    BYTES_LABEL,
    ask_for_meaning,
    explain_recording,
    introduce_statement,
    list_meaning_rows,
)
from reviews.language import _

if TYPE_CHECKING:
    from notifiers.shared.adaptive_elements import Element
    from reviews.cards.meaning import Meaning

MEANING_ID = "meaning"


def draw_toggle(meaning: Meaning | None) -> list[Element]:
    """Return the column of the header that shows and hides the meaning; empty for a card without one."""
    if meaning is None:
        return []
    label = ask_for_meaning()
    toggle = {"type": "Action.ToggleVisibility", "title": label, "targetElements": [MEANING_ID]}
    # In the header a colour of its own would not be legible in every theme.
    text = make_rich_block(make_text_run(label, size="Small", underline=True))
    return [{"type": "Column", "width": "auto", "selectAction": toggle, "items": [text]}]


def draw_hidden_meaning(meaning: Meaning | None) -> list[Element]:
    if meaning is None:
        return []
    introduction = make_text_block(introduce_statement(), isSubtle=True)
    items = [introduction, *draw_statement(meaning), *draw_recorded_facts(meaning)]
    return [{"type": "Container", "id": MEANING_ID, "isVisible": False, "style": "emphasis", "items": items}]


def draw_statement(meaning: Meaning) -> list[Element]:
    words = _("“{statement}”").format(statement=escape_markdown(meaning.statement.text))
    statement = make_text_block(words, weight="Bolder", spacing="Small")
    if not meaning.is_translated:
        return [statement]
    recorded = f"{_('The ledger entry reads:')} “{escape_markdown(meaning.recorded_statement)}”"
    return [statement, make_text_block(recorded, isSubtle=True, size="Small", spacing="None")]


def draw_recorded_facts(meaning: Meaning) -> list[Element]:
    """Return what is recorded with an answer, in rows of two as on the card; the SHA-256 has its own."""
    rows = list_meaning_rows(meaning, render_time=write_date)
    cells = [_draw_cell(label, make_text_block(text)) for label, text in rows if label != BYTES_LABEL]
    rows_of_two = [cells[start : start + 2] for start in range(0, len(cells), 2)]
    style = {"fontType": "Monospace", "size": "Small"} if meaning.sha256 else {}
    bytes_rows = [
        [_draw_cell(label, make_text_block(text, **style))] for label, text in rows if label == BYTES_LABEL
    ]
    return [
        *({"type": "ColumnSet", "columns": row, "spacing": "Small"} for row in (*rows_of_two, *bytes_rows)),
        make_text_block(explain_recording(), isSubtle=True, size="Small", spacing="Small"),
    ]


def _draw_cell(label: str, text: Element) -> Element:
    name = make_text_block(label, isSubtle=True, size="Small")
    return {"type": "Column", "width": "stretch", "items": [name, {**text, "spacing": "None"}]}
