"""The steps of a ladder in words: whom they asked, and when they came."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviews.identity import ERASED
from reviews.language import _, join_first, join_with_and
from reviews.text import clean_text
from reviews.wording.placeholders import UNKNOWN_PERSON, format_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MAX_NAMED_RECIPIENTS = 3
_ADDRESS = re.compile(r"[^\s:@]+@[^\s:@]+")
_HALF, _DEADLINE, _MAX_DIGITS = 50, 100, 5


def is_channel(recipient: str) -> bool:
    """Return whether a step notified a channel: neither an address nor a group, which both have an `@`."""
    return recipient != ERASED and "@" not in recipient.partition(":")[0]


def describe_recipient(recipient: str) -> str:
    """Return an address, a group or a channel in words, on one line; hostile until it is escaped.

    A channel's own name is not known here, and its id says nothing to a reader: its kind does.
    """
    text = clean_text(recipient)
    if not text:
        return format_name(UNKNOWN_PERSON)
    if not is_channel(text):
        return format_name(text)
    kind, _colon, place = text.partition(":")
    return place if _ADDRESS.fullmatch(place) else _("another channel ({kind})").format(kind=kind)


def describe_recorded_recipient(recipient: str) -> str:
    """Return the same for the history, which names the channel as the ledger does."""
    text = clean_text(recipient)
    return (
        _("the channel {channel}").format(channel=text)
        if text and is_channel(text)
        else describe_recipient(text)
    )


def join_recipients(recipients: Sequence[str], render: Callable[[str], str] = describe_recipient) -> str:
    """Return whom a step asked as a list in words; of many the first, and how many more.

    One more than `MAX_NAMED_RECIPIENTS` is named all the same: "and 1 more" is no shorter.
    """
    if len(recipients) <= MAX_NAMED_RECIPIENTS + 1:
        return join_with_and([render(each) for each in recipients] or [format_name(UNKNOWN_PERSON)])
    return join_first([render(each) for each in recipients[:MAX_NAMED_RECIPIENTS]], total=len(recipients))


def describe_step_time(step: str) -> str:
    """Return in a sentence when a step came, which the routing file says as `50%`; else an empty text."""
    percent = _read_percent(step)
    if percent is None:
        return ""
    if percent == _HALF:
        return _("Half of the time until the deadline had passed.")
    if percent < _DEADLINE:
        template = _("{share} of the time until the deadline had passed.")
        return template.format(share=_format_share(percent))
    if percent == _DEADLINE:
        return _("The deadline was reached.")
    return _("The deadline had passed ({share} of the time).").format(share=_format_share(percent))


def name_step(step: str) -> str:
    """Return the same in a few words, for a table."""
    percent = _read_percent(step)
    if percent is None:
        return ""
    if percent == _DEADLINE:
        return _("at the deadline")
    return _("{share} of the time").format(share=_format_share(percent))


def add_step_name(sentence: str, step: str) -> str:
    """Return a line with the step's name behind it, where it is a step of a ladder."""
    return f"{sentence} ({name})" if (name := name_step(step)) else sentence


def _format_share(percent: int) -> str:
    return _("{number}%").format(number=percent)


def _read_percent(step: str) -> int | None:
    digits = step.removesuffix("%")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= _MAX_DIGITS else None
