"""Slack's rich text, as far as the product uses it: sections and quotes of text (facts on Slack, 1.3)."""

from __future__ import annotations

from tests.edge.block_rules import Check, anything, boolean, by_type, many, shape, string

TEXT = 3000
"""Characters of one text; Slack names no limit, and takes as many in a section."""

_STYLE = shape({}, dict.fromkeys(("bold", "italic", "strike", "code"), boolean))
_INLINE: dict[str, Check] = {
    "text": shape({"text": string(TEXT)}, {"type": anything, "style": _STYLE}),
    "user": shape({"user_id": string(50)}, {"type": anything, "style": _STYLE}),
}
_IN_A_ROW = shape({"elements": many(by_type(_INLINE), 1, 1000)}, {"type": anything})
RICH_TEXT: dict[str, Check] = {"rich_text_section": _IN_A_ROW, "rich_text_quote": _IN_A_ROW}
