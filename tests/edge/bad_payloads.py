"""Payloads that Slack refuses, each with the JSON pointer of its mistake, and the makers of such payloads."""

from typing import Any

from tests.edge.block_kit import Surface
from tests.edge.sample_card import Json, button, home_view, mrkdwn, note_modal, plain


def message(*blocks: Json, **more: Any) -> Json:
    return {"text": "A sentence.", "blocks": list(blocks), **more}


def section(**more: Any) -> Json:
    return {"type": "section", "text": mrkdwn("words"), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def options(count: int) -> list[Json]:
    return [{"text": plain(f"Option {n}"), "value": str(n)} for n in range(count)]


def rich(*elements: Json, kind: str = "rich_text_section", **more: Any) -> Json:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(elements), **more}]}


def words(text: Any = "words", **more: Any) -> Json:
    return {"type": "text", "text": text, **more}


def modal(**more: Any) -> Json:
    return {**note_modal(), **more}


CONFIRM = {"title": plain("Sure?"), "text": plain("Really?"), "confirm": plain("Yes"), "deny": plain("No")}


def table(*rows: list[str]) -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": text} for text in row] for row in rows]}


def rich_text(*elements: Json) -> Json:
    return message({"type": "rich_text", "elements": [*elements]})


BAD_MESSAGES: list[tuple[str, Json, str]] = [
    ("neither text nor blocks", {}, "/text"),
    ("text over 40,000", {"text": "x" * 40_001}, "/text"),
    ("text that is no string", {"text": 5}, "/text"),
    ("51 blocks", message(*[{"type": "divider"}] * 51), "/blocks"),
    ("blocks that are no array", message() | {"blocks": "no"}, "/blocks"),
    ("an unknown block", message({"type": "banner"}), "/blocks/0/type"),
    ("a block without a type", message({"text": plain("x")}), "/blocks/0/type"),
    ("a block that is no object", message() | {"blocks": ["section"]}, "/blocks/0/type"),
    ("an unknown property", message(section(colour="red")), "/blocks/0"),
    ("a header of 151", message({"type": "header", "text": plain("x" * 151)}), "/blocks/0/text/text"),
    ("a header in mrkdwn", message({"type": "header", "text": mrkdwn("x")}), "/blocks/0/text/type"),
    ("a header without text", message({"type": "header"}), "/blocks/0"),
    ("empty text", message(section(text=mrkdwn(""))), "/blocks/0/text/text"),
    ("text of white space", message(section(text=mrkdwn(" \n"))), "/blocks/0/text/text"),
    ("text that is no object", message(section(text="words")), "/blocks/0/text"),
    ("emoji set on mrkdwn", message(section(text=mrkdwn("x") | {"emoji": True})), "/blocks/0/text"),
    ("section text of 3001", message(section(text=mrkdwn("x" * 3001))), "/blocks/0/text/text"),
    ("a section of nothing", message({"type": "section"}), "/blocks/0"),
    ("11 fields", message(section(fields=[mrkdwn("x")] * 11)), "/blocks/0/fields"),
    ("no fields", message(section(fields=[])), "/blocks/0/fields"),
    ("a field of 2001", message(section(fields=[mrkdwn("x" * 2001)])), "/blocks/0/fields/0/text"),
    ("a block_id of 256", message(section(block_id="b" * 256)), "/blocks/0/block_id"),
    ("the same block_id twice", message(section(block_id="b"), section(block_id="b")), "/blocks"),
    ("an image without alt_text", message({"type": "image", "image_url": "https://e.x/i.png"}), "/blocks/0"),
    (
        "11 context elements",
        message({"type": "context", "elements": [mrkdwn("x")] * 11}),
        "/blocks/0/elements",
    ),
    (
        "a button in a context",
        message({"type": "context", "elements": [button("a", "Go")]}),
        "/blocks/0/elements/0/type",
    ),
    ("26 buttons", message(actions(*[button(f"a{n}", "Go") for n in range(26)])), "/blocks/0/elements"),
    ("no buttons", message(actions()), "/blocks/0/elements"),
    ("the same action_id twice", message(actions(button("a", "Go"), button("a", "Stop"))), "/blocks/0"),
    (
        "two primary buttons",
        message(actions(button("a", "Go", style="primary"), button("b", "Stop", style="primary"))),
        "/blocks/0/elements",
    ),
    ("an unknown style", message(actions(button("a", "Go", style="red"))), "/blocks/0/elements/0/style"),
    ("button text of 76", message(actions(button("a", "x" * 76))), "/blocks/0/elements/0/text/text"),
    ("a value of 2001", message(actions(button("a", "Go", value="x" * 2001))), "/blocks/0/elements/0/value"),
    ("a numeric value", message(actions(button("a", "Go", value=7))), "/blocks/0/elements/0/value"),
    (
        "a url of 3001",
        message(actions(button("a", "Go", url="https://e.x/" + "x" * 2990))),
        "/blocks/0/elements/0/url",
    ),
    ("a script as url", message(actions(button("a", "Go", url="javascript:x"))), "/blocks/0/elements/0/url"),
    ("an action_id of 256", message(actions(button("a" * 256, "Go"))), "/blocks/0/elements/0/action_id"),
    (
        "an accessibility_label of 76",
        message(actions(button("a", "Go", accessibility_label="x" * 76))),
        "/blocks/0/elements/0/accessibility_label",
    ),
    (
        "a confirm title of 101",
        message(actions(button("a", "Go", confirm=CONFIRM | {"title": plain("x" * 101)}))),
        "/blocks/0/elements/0/confirm/title/text",
    ),
    (
        "a confirm button of 31",
        message(actions(button("a", "Go", confirm=CONFIRM | {"deny": plain("x" * 31)}))),
        "/blocks/0/elements/0/confirm/deny/text",
    ),
    (
        "an overflow of 6",
        message(actions({"type": "overflow", "action_id": "o", "options": options(6)})),
        "/blocks/0/elements/0/options",
    ),
    (
        "an overflow of none",
        message(actions({"type": "overflow", "action_id": "o", "options": []})),
        "/blocks/0/elements/0/options",
    ),
    (
        "101 options",
        message(actions({"type": "static_select", "action_id": "s", "options": options(101)})),
        "/blocks/0/elements/0/options",
    ),
    (
        "an option value of 151",
        message(
            actions({"type": "static_select", "options": [{"text": plain("x"), "value": "v" * 151}]}),
        ),
        "/blocks/0/elements/0/options/0/value",
    ),
    (
        "11 checkboxes",
        message(section(accessory={"type": "checkboxes", "options": options(11)})),
        "/blocks/0/accessory/options",
    ),
    (
        "a multi-select among actions",
        message(actions({"type": "multi_static_select", "options": options(2)})),
        "/blocks/0/elements/0/type",
    ),
    (
        "a text input among actions",
        message(actions({"type": "plain_text_input"})),
        "/blocks/0/elements/0/type",
    ),
    ("an alert in a message", message({"type": "alert", "text": plain("x")}), "/blocks/0/type"),
    ("an input in a message", message(*note_modal()["blocks"]), "/blocks/0/type"),
    (
        "two tables",
        message(table(["x"]), table(["x"])),
        "/blocks",
    ),
    ("a table of 101 rows", message(table(*[["x"]] * 101)), "/blocks/0/rows"),
    ("a table of 21 columns", message(table(["x"] * 21)), "/blocks/0/rows/0"),
    ("a table with an empty cell", message(table(["x", ""])), "/blocks/0/rows/0/1/text"),
    ("a table without rows", message(table()), "/blocks/0/rows"),
    ("a table with ragged rows", message(table(["x", "y"], ["x"])), "/blocks/0/rows"),
    ("a table over 10,000 characters", message(table(["x" * 5000], ["x" * 5001])), "/blocks"),
    (
        "a table in the blocks and one in an attachment",
        message(table(["x"]), attachments=[{"blocks": [table(["x"])]}]),
        "/blocks",
    ),
    (
        "a table with a cell of mrkdwn",
        message({"type": "table", "rows": [[mrkdwn("x")]]}),
        "/blocks/0/rows/0/0/type",
    ),
    (
        "a table with a column in the middle",
        message({**table(["x"]), "column_settings": [{"align": "middle"}]}),
        "/blocks/0/column_settings/0/align",
    ),
    (
        "an attachment with blocks and a text",
        {"text": "x", "attachments": [{"blocks": [section()], "text": "y"}]},
        "/attachments/0",
    ),
    (
        "an attachment in an unknown colour",
        {"text": "x", "attachments": [{"blocks": [section()], "color": "teal"}]},
        "/attachments/0/color",
    ),
    ("markdown over 12,000 in all", message(*[{"type": "markdown", "text": "x" * 6001}] * 2), "/blocks"),
    ("rich text of an unknown kind", rich_text({"type": "rich_text_poem"}), "/blocks/0/elements/0/type"),
    (
        "rich text without text",
        rich_text({"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]}),
        "/blocks/0/elements/0/elements/0/text",
    ),
    (
        "rich text in an unknown style",
        rich_text(
            {
                "type": "rich_text_quote",
                "elements": [{"type": "text", "text": "x", "style": {"blinking": True}}],
            }
        ),
        "/blocks/0/elements/0/elements/0/style",
    ),
    ("rich text of nothing", message({"type": "rich_text", "elements": []}), "/blocks/0/elements"),
    ("a section of rich text without words", message(rich()), "/blocks/0/elements/0/elements"),
    (
        "an empty text in rich text",
        message(rich(words(), words(""))),
        "/blocks/0/elements/0/elements/1/text",
    ),
    (
        "a text object in rich text",
        message(rich(mrkdwn("x"), kind="rich_text_quote")),
        "/blocks/0/elements/0/elements/0/type",
    ),
    (
        "words outside of a section",
        message({"type": "rich_text", "elements": [words()]}),
        "/blocks/0/elements/0/type",
    ),
    (
        "an unknown style of words",
        message(rich(words(style={"red": True}))),
        "/blocks/0/elements/0/elements/0/style",
    ),
    (
        "a style that is text",
        message(rich(words(style={"bold": "yes"}))),
        "/blocks/0/elements/0/elements/0/style/bold",
    ),
    (
        "a mention in preformatted text",
        message(rich({"type": "user", "user_id": "U1"}, kind="rich_text_preformatted")),
        "/blocks/0/elements/0/elements/0/type",
    ),
    (
        "a list of another style",
        message(
            {
                "type": "rich_text",
                "elements": [
                    {"type": "rich_text_list", "style": "stars", "elements": rich(words())["elements"]}
                ],
            }
        ),
        "/blocks/0/elements/0/style",
    ),
    ("metadata without a payload", message(metadata={"event_type": "x"}), "/metadata"),
    (
        "a payload that is text",
        message(metadata={"event_type": "x", "event_payload": "y"}),
        "/metadata/event_payload",
    ),
    ("a bare ampersand", message(section(text=mrkdwn("R&D"))), "/blocks/0/text/text"),
    ("a bare less-than in the text", {"text": "Policy <7.docx"}, "/text"),
    ("a bare greater-than", message(section(text=mrkdwn("7> 6"))), "/blocks/0/text/text"),
    ("an unknown control sequence", message(section(text=mrkdwn("<b>bold"))), "/blocks/0/text/text"),
    (
        "an error inside an attachment",
        {"text": "x", "attachments": [{"blocks": [{"type": "x"}]}]},
        "/attachments/0/blocks/0/type",
    ),
]

BAD_VIEWS: list[tuple[str, Json, Surface, str]] = [
    ("a title of 25", modal(title=plain("x" * 25)), "modal", "/title/text"),
    ("no title", {"type": "modal", "blocks": []}, "modal", "/"),
    ("a title in mrkdwn", modal(title=mrkdwn("x")), "modal", "/title/type"),
    ("a submit of 25", modal(submit=plain("x" * 25)), "modal", "/submit/text"),
    ("a close of 25", modal(close=plain("x" * 25)), "modal", "/close/text"),
    ("private_metadata of 3001", modal(private_metadata="x" * 3001), "modal", "/private_metadata"),
    ("a callback_id of 256", modal(callback_id="x" * 256), "modal", "/callback_id"),
    ("101 blocks", modal(blocks=[{"type": "divider"}] * 101), "modal", "/blocks"),
    ("a table", modal(blocks=[{"type": "table", "rows": []}]), "modal", "/blocks/0/type"),
    ("an input without submit", {k: v for k, v in modal().items() if k != "submit"}, "modal", "/"),
    (
        "an input with a button in it",
        modal(blocks=[{"type": "input", "label": plain("x"), "element": button("a", "Go")}]),
        "modal",
        "/blocks/0/element/type",
    ),
    (
        "a minimum above the maximum",
        modal(
            blocks=[
                {
                    "type": "input",
                    "label": plain("x"),
                    "element": {"type": "plain_text_input", "min_length": 9, "max_length": 3},
                }
            ]
        ),
        "modal",
        "/blocks/0/element",
    ),
    ("a home given as modal", home_view(), "modal", "/type"),
    ("a title on the home", {**home_view(), "title": plain("x")}, "home", "/"),
    (
        "an alert on the home",
        {"type": "home", "blocks": [{"type": "alert", "text": plain("x")}]},
        "home",
        "/blocks/0/type",
    ),
]
