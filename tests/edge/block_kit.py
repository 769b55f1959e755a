"""Slack's Block Kit rules, checked without Slack (facts on Slack, 1.1 to 1.4 and 3).

Nothing offline is Slack itself, so this is on the strict side: of the block types that Slack rolls out in
phases only charts are known here, inputs are refused in messages, and text that was not escaped is a problem.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from tests.edge.block_elements import ACCESSORIES, IN_ACTIONS, IN_CONTEXT, IN_INPUT, MODAL_ONLY, PLAIN
from tests.edge.block_rules import (
    Check,
    anything,
    boolean,
    both,
    by_type,
    many,
    mapping,
    one_of,
    problem,
    shape,
    string,
    text,
    within,
)
from tests.edge.charts import CHART, MAX_CHARTS, find_chart_problems
from tests.edge.mrkdwn import mentions, text_problems
from tests.edge.rich_text import RICH_TEXT
from tests.edge.tables import find_attachment_problems, find_table_excess, find_table_problems

Surface = Literal["message", "modal", "home"]

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
MESSAGE_TEXT, MARKDOWN_TEXT = 40_000, 12_000


def _one_primary(value: Any, pointer: str) -> Iterator[str]:
    if sum(each.get("style") == "primary" for each in _objects(value)) > 1:
        yield problem("only one primary button allowed", pointer)


_ID: dict[str, Check] = {"type": anything, "block_id": string(255)}

_BLOCKS: dict[str, Check] = {
    "section": shape(
        {},
        {
            **_ID,
            "text": text(3000),
            "fields": many(text(2000), 1, 10),
            "accessory": by_type(ACCESSORIES),
            "expand": boolean,
        },
        one_of_these=("text", "fields"),
    ),
    "header": shape({"text": text(150, PLAIN)}, _ID),
    "divider": shape({}, _ID),
    "image": shape(
        {"alt_text": string(2000)},
        {**_ID, "image_url": string(3000), "slack_file": anything, "title": text(2000, PLAIN)},
        one_of_these=("image_url", "slack_file"),
    ),
    "context": shape({"elements": many(by_type(IN_CONTEXT), 1, 10)}, _ID),
    "actions": shape({"elements": both(many(by_type(IN_ACTIONS), 1, 25), _one_primary)}, _ID),
    "input": shape(
        {"label": text(2000, PLAIN), "element": by_type(IN_INPUT)},
        {**_ID, "hint": text(2000, PLAIN), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": shape({"elements": many(by_type(RICH_TEXT), 1, 1000)}, _ID),
    "markdown": shape({"text": string(MARKDOWN_TEXT)}, _ID),
    "table": find_table_problems,
    # https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
    CHART: shape({"title": string(50), "chart": find_chart_problems}, _ID),
    "alert": shape(
        {"text": text(3000)}, {**_ID, "level": one_of("default", "info", "warning", "error", "success")}
    ),
}
_EVERYWHERE = {"section", "header", "divider", "image", "context", "actions", "rich_text"}
_ALLOWED: dict[Surface, set[str]] = {
    "message": {*_EVERYWHERE, "markdown", "table", CHART},
    "modal": {*_EVERYWHERE, "input", "alert"},
    "home": {*_EVERYWHERE, "input"},
}

_METADATA = shape({"event_type": string(255), "event_payload": mapping}, {})

_VIEW_OPTIONS: dict[str, Check] = {
    "private_metadata": string(3000, shortest=0),
    "callback_id": string(255),
    "external_id": string(255),
    "clear_on_close": boolean,
    "notify_on_close": boolean,
}
_MODAL_OPTIONS = {
    **_VIEW_OPTIONS,
    "submit": text(24, PLAIN),
    "close": text(24, PLAIN),
    "submit_disabled": boolean,
}


def find_problems(message_or_view: Mapping[str, Any], *, surface: Surface) -> list[str]:
    """All that Slack or good sense would refuse in a message's arguments or a view; empty: it may be sent."""
    if surface == "message":
        return list(_message_problems(message_or_view))
    return list(_view_problems(message_or_view, surface))


def list_pings(message: Mapping[str, Any]) -> list[str]:
    """Everyone this message or view notifies: `<@U..>`, `<!subteam^S..>`, `<!here>`..., once each, in order.

    Reads the top-level text, every mrkdwn object, markdown blocks, rich text and attachments; plain_text
    pings no one. With `link_names` or `parse="full"` Slack also reads bare `@here` and the like.
    """
    mentions = list(_pings(message, top=True))
    if message.get("link_names") or message.get("parse") == "full":
        words = str(message.get("text", "")).split()
        mentions += [f"<!{name}>" for name in ("here", "channel", "everyone") if f"@{name}" in words]
    return list(dict.fromkeys(mentions))


def _pings(value: Any, *, top: bool = False) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for each in value:
            yield from _pings(each)
    if isinstance(value, Mapping):
        if top or value.get("type") in (None, "mrkdwn", "markdown"):
            words = (value.get(name) for name in ("text", "pretext", "fallback"))
            yield from (ping for each in words if isinstance(each, str) for ping in mentions(each))
        yield from _rich_text_ping(value)
        for name, each in value.items():
            if name != "metadata":
                yield from _pings(each)


def _rich_text_ping(element: Mapping[str, Any]) -> Iterator[str]:
    match element:
        case {"type": "user", "user_id": user_id}:
            yield f"<@{user_id}>"
        case {"type": "usergroup", "usergroup_id": group_id}:
            yield f"<!subteam^{group_id}>"
        case {"type": "broadcast", "range": reach}:
            yield f"<!{reach}>"


def _message_problems(message: Mapping[str, Any]) -> Iterator[str]:
    words, blocks = message.get("text"), message.get("blocks")
    if not words and not blocks and not message.get("attachments"):
        yield problem("no_text: a message needs text or blocks", "/text")
    if isinstance(words, str):
        yield from within(words, "/text", longest=MESSAGE_TEXT, shortest=0)
        yield from (problem(what, "/text") for what in text_problems(words))
    elif words is not None:
        yield problem("must be a string", "/text")
    if blocks is not None:
        yield from _block_problems(blocks, "/blocks", surface="message")
    for index, attachment in enumerate(_objects(message.get("attachments"))):
        if "blocks" in attachment:
            yield from find_attachment_problems(attachment, f"/attachments/{index}")
            yield from _block_problems(
                attachment["blocks"], f"/attachments/{index}/blocks", surface="message"
            )
    everything = [message, *_objects(message.get("attachments"))]
    yield from find_table_excess(
        [block for each in everything for block in _objects(each.get("blocks"))], "/blocks"
    )
    metadata = message.get("metadata")
    if metadata is not None:
        yield from _METADATA(metadata, "/metadata")


def _view_problems(view: Mapping[str, Any], surface: Surface) -> Iterator[str]:
    def blocks(value: Any, pointer: str) -> Iterator[str]:
        return _block_problems(value, pointer, surface=surface)

    required: dict[str, Check] = {"type": one_of(surface), "blocks": blocks}
    if surface == "modal":
        yield from shape({**required, "title": text(24, PLAIN)}, _MODAL_OPTIONS)(view, "")
        if "submit" not in view and any(each.get("type") == "input" for each in _objects(view.get("blocks"))):
            yield problem("missing required field: submit", "")
    else:
        yield from shape(required, _VIEW_OPTIONS)(view, "")


def _block_problems(blocks: Any, pointer: str, *, surface: Surface) -> Iterator[str]:
    allowed = {kind: _BLOCKS[kind] for kind in _ALLOWED[surface]}
    most = MESSAGE_BLOCKS if surface == "message" else VIEW_BLOCKS
    yield from many(by_type(allowed), 0, most)(blocks, pointer)
    yield from _duplicates(_objects(blocks), "block_id", pointer)
    for index, block in enumerate(_objects(blocks)):
        at = f"{pointer}/{index}"
        elements = [
            *_objects(block.get("elements")),
            *_objects([block.get("accessory"), block.get("element")]),
        ]
        yield from _duplicates(elements, "action_id", at)
        if surface != "modal" and any(str(each.get("type")) in MODAL_ONLY for each in elements):
            yield problem("this element is available in modals only", at)
    kinds = Counter(str(block.get("type")) for block in _objects(blocks))
    if kinds[CHART] > MAX_CHARTS:
        yield problem(f"no more than {MAX_CHARTS} charts allowed in a message", pointer)
    markdown = sum(len(str(b.get("text", ""))) for b in _objects(blocks) if b.get("type") == "markdown")
    if kinds["markdown"] > 1 and markdown > MARKDOWN_TEXT:
        yield problem(f"all markdown together must be less than {MARKDOWN_TEXT + 1} characters", pointer)


def _duplicates(objects: list[Mapping[str, Any]], name: str, pointer: str) -> Iterator[str]:
    seen = Counter(str(each[name]) for each in objects if name in each)
    yield from (problem(f"duplicate {name}: {value}", pointer) for value, times in seen.items() if times > 1)


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []
