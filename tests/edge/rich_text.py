"""Slack's `rich_text`: its elements, and what may stand in each (facts on Slack, 1.4)."""

from collections.abc import Mapping

from tests.edge.block_rules import Check, anything, boolean, by_type, many, number, one_of, shape, string

TEXT = 3000
"""Characters of one text; Slack names no limit, and takes as many in a section."""

_TYPE: dict[str, Check] = {"type": anything}
# docs.slack.dev/tools/node-slack-sdk/reference/types/interfaces/RichTextStyleable
_STYLE = shape({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))
_STYLED: dict[str, Check] = {**_TYPE, "style": _STYLE}
_ID = string(255)

# slack_sdk/models/blocks/block_elements.py, RichTextElementParts. An empty text and an empty
# array are refused: "must be more than 0 characters", "missing element" (NousResearch/hermes-agent#59621).
_WORDS: Mapping[str, Check] = {
    "text": shape({"text": string(TEXT)}, _STYLED),
    "link": shape({"url": string(3000)}, {**_STYLED, "text": string(TEXT), "unsafe": boolean}),
    "emoji": shape({"name": _ID}, {**_STYLED, "skin_tone": number(1, 6), "unicode": _ID}),
    "user": shape({"user_id": _ID}, _STYLED),
    "usergroup": shape({"usergroup_id": _ID}, _STYLED),
    "channel": shape({"channel_id": _ID}, _STYLED),
    "broadcast": shape({"range": one_of("here", "channel", "everyone")}, _STYLED),
    "date": shape(
        {"timestamp": number(0, 10**11), "format": string(255)},
        {**_STYLED, "url": string(3000), "fallback": string(3000)},
    ),
    "color": shape({"value": _ID}, _STYLED),
}
_LITERAL = {name: _WORDS[name] for name in ("text", "link")}
_BORDER = number(0, 1)
_SECTION = shape({"elements": many(by_type(_WORDS), 1, 1000)}, _TYPE)

RICH_TEXT: Mapping[str, Check] = {
    "rich_text_section": _SECTION,
    "rich_text_quote": shape({"elements": many(by_type(_WORDS), 1, 1000)}, {**_TYPE, "border": _BORDER}),
    "rich_text_preformatted": shape(
        {"elements": many(by_type(_LITERAL), 1, 1000)}, {**_TYPE, "border": _BORDER, "language": _ID}
    ),
    "rich_text_list": shape(
        {
            "style": one_of("bullet", "ordered"),
            "elements": many(by_type({"rich_text_section": _SECTION}), 1, 1000),
        },
        {**_TYPE, "indent": number(0, 8), "offset": number(0, 10**6), "border": _BORDER},
    ),
}
