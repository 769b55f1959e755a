"""Tables in Block Kit (facts on Slack, 1.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifiers.shared.card_text import shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifiers.slack.elements import Block

TABLE_TYPE = "table"
MAX_ROWS = 100
MAX_TABLE_LENGTH = 9_500  # characters of all cells; of 10,000 in a message
MAX_CELL_LENGTH = 300
MAX_WRAPPED_COLUMNS = 4


def make_table(
    rows: Sequence[Sequence[str]], *, has_code: bool = False, numbers_right: bool = False
) -> Block:
    """Return a table whose first row is its header; rows that don't fit are left out.

    `has_code` shows the first column as something to type, `numbers_right` aligns the others to the right.
    Where the columns are few, their lines break, so that a narrow window needs no scrolling.
    """
    header, *others = rows
    cells = [[_make_cell(text, bold=True) for text in header]]
    length = sum(map(len, header))
    for row in others[: MAX_ROWS - 1]:
        first, *rest = (shorten(text, MAX_CELL_LENGTH) for text in row)
        length += len(first) + sum(map(len, rest))
        if length > MAX_TABLE_LENGTH:
            break
        cells.append([_make_cell(first, code=has_code), *map(_make_cell, rest)])
    align, is_wrapped = "right" if numbers_right else "left", len(header) <= MAX_WRAPPED_COLUMNS
    first_column, other_column = {"is_wrapped": is_wrapped}, {"align": align, "is_wrapped": is_wrapped}
    settings = [first_column, *([other_column] * (len(header) - 1))]
    return {"type": TABLE_TYPE, "rows": cells, "column_settings": settings}


def has_table(message: dict[str, Any]) -> bool:
    return any(block["type"] == TABLE_TYPE for block in message["blocks"])


def _make_cell(text: str, *, bold: bool = False, code: bool = False) -> Block:
    """Return a cell of rich text, in which nothing is read as a mark, a link or a mention."""
    style = {name: True for name, on in (("bold", bold), ("code", code)) if on}
    element = {"type": "text", "text": text or " ", **({"style": style} if style else {})}
    section = {"type": "rich_text_section", "elements": [element]}
    return {"type": "rich_text", "elements": [section]}
