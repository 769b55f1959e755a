"""The table of a reply in Slack, as its texts."""

from __future__ import annotations

from typing import Any


def list_table_rows(reply: dict[str, Any]) -> list[list[str]]:
    """Return the cells of the reply's table row by row; empty without a table."""
    rows = (row for block in reply["blocks"] if block["type"] == "table" for row in block["rows"])
    return [[cell["elements"][0]["elements"][0]["text"] for cell in row] for row in rows]
