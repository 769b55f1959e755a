"""The elements inside Slack's blocks and where each may stand (facts on Slack, 1.4)."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.edge.block_rules import (
    Check,
    anything,
    boolean,
    many,
    number,
    one_of,
    problem,
    shape,
    string,
    text,
)

PLAIN = "plain_text"

_URL = string(3000, pattern=r"https?://[^\s|<>]+|mailto:\S+", otherwise="invalid url")
_CONFIRM = shape(
    {
        "title": text(100, PLAIN),
        "text": text(300),
        "confirm": text(30, PLAIN),
        "deny": text(30, PLAIN),
    },
    {"style": one_of("primary", "danger")},
)
_INTERACTIVE: dict[str, Check] = {"type": anything, "action_id": string(255)}
_COMMON: dict[str, Check] = {**_INTERACTIVE, "confirm": _CONFIRM, "focus_on_load": boolean}
_PICKER: dict[str, Check] = {**_COMMON, "placeholder": text(150, PLAIN)}


def _option(*kinds: str, linked: bool = False) -> Check:
    more: dict[str, Check] = {"url": _URL} if linked else {}
    return shape({"text": text(75, *kinds), "value": string(150)}, {"description": text(75, *kinds), **more})


def _select(*, several: bool, choices: bool) -> Check:
    fields = dict(_PICKER)
    if several:
        fields["max_selected_items"] = number(1, 100)
    if choices:
        groups = shape({"label": text(75, PLAIN), "options": many(_option(PLAIN), 1, 100)}, {})
        fields |= {
            "options": many(_option(PLAIN), 1, 100),
            "option_groups": many(groups, 1, 100),
            "initial_options" if several else "initial_option": anything,
        }
        return shape({}, fields, one_of_these=("options", "option_groups"))
    initial = ("users", "channels", "conversations", "options")
    fields |= {f"initial_{name if several else name[:-1]}": anything for name in initial}
    fields |= {
        "filter": anything,
        "default_to_current_conversation": boolean,
        "min_query_length": number(0, 100),
    }
    fields["response_url_enabled"] = boolean
    return shape({}, fields)


def _choice(initial: str) -> Check:
    return shape({"options": many(_option(), 1, 10)}, {**_COMMON, initial: anything})


def _typed(**more: Check) -> Check:
    common: dict[str, Check] = {"initial_value": string(3000, shortest=0), "dispatch_action_config": anything}
    return shape(
        {}, {**_INTERACTIVE, "focus_on_load": boolean, "placeholder": text(150, PLAIN), **common, **more}
    )


def _lengths(value: Mapping[str, Any], pointer: str) -> Iterator[str]:
    shape_problems = _typed(multiline=boolean, min_length=number(0, 3000), max_length=number(1, 3000))
    yield from shape_problems(value, pointer)
    shortest, longest = value.get("min_length"), value.get("max_length")
    if isinstance(shortest, int) and isinstance(longest, int) and shortest > longest:
        yield problem("min_length must not be greater than max_length", pointer)


_PICTURE = shape(
    {"alt_text": string(2000)},
    {"type": anything, "image_url": _URL, "slack_file": anything},
    one_of_these=("image_url", "slack_file"),
)
_BUTTON = shape(
    {"text": text(75, PLAIN)},
    {
        **_INTERACTIVE,
        "value": string(2000, shortest=0),
        "url": _URL,
        "style": one_of("primary", "danger"),
        "confirm": _CONFIRM,
        "accessibility_label": string(75),
        "visible_to_user_ids": many(string(255), 1, 50),
    },
)
_SINGLE: dict[str, Check] = {
    "static_select": _select(several=False, choices=True),
    **{
        f"{name}_select": _select(several=False, choices=False)
        for name in ("users", "channels", "conversations", "external")
    },
    "datepicker": shape({}, {**_PICKER, "initial_date": string(10, pattern=r"\d{4}-\d\d-\d\d")}),
    "timepicker": shape(
        {}, {**_PICKER, "initial_time": string(5, pattern=r"\d\d:\d\d"), "timezone": string(255)}
    ),
    "datetimepicker": shape({}, {**_COMMON, "initial_date_time": number(1_000_000_000, 9_999_999_999)}),
    "radio_buttons": _choice("initial_option"),
    "checkboxes": _choice("initial_options"),
}
_MULTI: dict[str, Check] = {
    "multi_static_select": _select(several=True, choices=True),
    **{
        f"multi_{name}_select": _select(several=True, choices=False)
        for name in ("users", "channels", "conversations", "external")
    },
}
_PRESSED: dict[str, Check] = {
    "button": _BUTTON,
    "overflow": shape(
        {"options": many(_option(PLAIN, linked=True), 1, 5)}, {**_INTERACTIVE, "confirm": _CONFIRM}
    ),
}
_WRITTEN: dict[str, Check] = {
    "plain_text_input": _lengths,
    "email_text_input": _typed(),
    "url_text_input": _typed(),
    "number_input": _typed(is_decimal_allowed=boolean, min_value=anything, max_value=anything),
    "rich_text_input": _typed(),
    "file_input": shape({}, {**_INTERACTIVE, "filetypes": anything, "max_files": number(1, 10)}),
}

ACCESSORIES: Mapping[str, Check] = {**_PRESSED, **_SINGLE, **_MULTI, "image": _PICTURE}
IN_ACTIONS: Mapping[str, Check] = {**_PRESSED, **_SINGLE}
"""No multi-selects and no text inputs: Slack refuses the whole message (facts on Slack, 1.4)."""
IN_CONTEXT: Mapping[str, Check] = {"image": _PICTURE, "mrkdwn": text(3000), "plain_text": text(3000)}
IN_INPUT: Mapping[str, Check] = {**_SINGLE, **_MULTI, **_WRITTEN}
MODAL_ONLY = frozenset({"file_input"})
