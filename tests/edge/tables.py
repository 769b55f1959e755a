"""Slack's rules of tables and of attachments that hold blocks, on the strict side.

Of tables: https://docs.slack.dev/reference/block-kit/blocks/table-block, 100 rows of 20 cells, one table in a
message. All cells of a message together have at most 10,000 characters (openclaw/openclaw#116447, where Slack
accepted a row too many and refused the length). Rows of different lengths are not documented.

Of attachments: docs.slack.dev/tools/node-slack-sdk/reference/web-api/interfaces/MessageAttachment. One with
blocks has no other content, or Slack answers `invalid_attachments` (slackapi/bolt-js#717).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.edge.block_rules import Check, anything, boolean, by_type, many, one_of, problem, shape, string
from tests.edge.rich_text import RICH_TEXT

MAX_ROWS, MAX_COLUMNS, MAX_CHARACTERS = 100, 20, 10_000
MAX_COLOR = 9

_ID: dict[str, Check] = {"type": anything, "block_id": string(255)}
_CELL = by_type(
    {
        "raw_text": shape({"text": string(MAX_CHARACTERS)}, {"type": anything}),
        "rich_text": shape({"elements": many(by_type(RICH_TEXT), 1, 100)}, _ID),
    }
)
_COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})
_TABLE = shape(
    {"rows": many(many(_CELL, 1, MAX_COLUMNS), 1, MAX_ROWS)},
    {**_ID, "column_settings": many(_COLUMN, 0, MAX_COLUMNS)},
)
_NAMED_COLOR = ("good", "warning", "danger")


def find_table_problems(value: Any, pointer: str) -> Iterator[str]:
    """Yield what is wrong with a block of type `table`."""
    problems = list(_TABLE(value, pointer))
    yield from problems
    if not problems and len({len(row) for row in value["rows"]}) > 1:
        yield problem("rows must have the same number of cells", f"{pointer}/rows")


def find_table_excess(blocks: Sequence[Mapping[str, Any]], pointer: str) -> Iterator[str]:
    """Yield what is too much in all tables of a message together."""
    tables = [block for block in blocks if block.get("type") == "table"]
    if len(tables) > 1:
        yield problem("only_one_table_allowed", pointer)
    if sum(map(_count_characters, tables)) > MAX_CHARACTERS:
        yield problem(f"all cells together must be less than {MAX_CHARACTERS + 1} characters", pointer)


def find_attachment_problems(value: Any, pointer: str) -> Iterator[str]:
    """Yield what is wrong beside the blocks of an attachment that has some."""
    yield from _ATTACHMENT(value, pointer)


def _check_color(value: Any, pointer: str) -> Iterator[str]:
    if value not in _NAMED_COLOR:
        yield from string(MAX_COLOR, pattern="#?[0-9A-Fa-f]{6}", otherwise="invalid color")(value, pointer)


def _count_characters(value: Any) -> int:
    if isinstance(value, Mapping):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(map(_count_characters, value.values()))
    return sum(map(_count_characters, value)) if isinstance(value, list | tuple) else 0


_ATTACHMENT = shape({"blocks": anything}, {"color": _check_color, "fallback": string(3000)})
