"""Text from outside inside an Adaptive Card, as Teams draws it.

A `TextBlock` reads a part of Markdown, a `TextRun` none. Both turn `{{DATE(...)}}` into a date, and Teams
looks for `<at>` in all of a card (facts on Teams, 2.2).
"""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING

from notifiers.shared.card_text import MAIL_ADDRESS
from reviews.language import _

if TYPE_CHECKING:
    from datetime import datetime

_COMBINING_JOINER = "\u034f"  # invisible
_ZERO_WIDTH_SPACE = "\u200b"  # allows a line break
# In a run Teams breaks no word, it cuts the line off; a file's name may be one long word. A mail address gets
# no invisible character, because people copy it.
_LONG_WORD = re.compile(r"[\w!-~]{21,}")
_PART = re.compile(r".{8,19}[_.,/-](?=.)|.{20}(?=.)")
_MACRO_OR_TAG = re.compile(r"\{(?=\{)|<(?=[a-zA-Z/])")
# Within a word they format nothing. No backslash: not every client of Teams reads it as an escape.
_MARK = re.compile(r"(?<![^\W_])_|_(?![^\W_])|[*\[\]`~\\<>&#|{}]")
_LOOKALIKES = str.maketrans("_*[]`~\\<>&#|{}", "ˍ∗［］ˋ∼＼‹›＆＃∣｛｝")  # noqa: RUF001
_LIST = re.compile(r"^(?=[-+\d])")
_DATE_FORMAT = "%Y-%m-%dT%H:%M:%SZ"  # with fractions or another zone than this, clients show the macro itself


def escape_run(text: str) -> str:
    """Return text for a `TextRun` that is shown as it is: no macro, no mention."""
    return escape_plain(_LONG_WORD.sub(lambda word: _break_word(word[0]), text))


def _break_word(word: str) -> str:
    between = (_PART.sub(rf"\g<0>{_ZERO_WIDTH_SPACE}", text) for text in MAIL_ADDRESS.split(word))
    pairs = zip_longest(between, MAIL_ADDRESS.findall(word), fillvalue="")
    return "".join(text + address for text, address in pairs)


def escape_plain(text: str) -> str:
    """Return text for a plain message, in which Teams still looks for mentions."""
    return _MACRO_OR_TAG.sub(lambda mark: f"{mark[0]}{_COMBINING_JOINER}", text)


def escape_markdown(text: str) -> str:
    """Return text for where Markdown is read; its marks become lookalikes that format nothing."""
    return _LIST.sub(_COMBINING_JOINER, _MARK.sub(lambda mark: mark[0].translate(_LOOKALIKES), text))


def escape_copied(text: str) -> str:
    """Return a line for where Markdown is read, with nothing added to it: people copy it."""
    return _MARK.sub(lambda mark: mark[0].translate(_LOOKALIKES), text)


def write_date(at: datetime) -> str:
    """Return a date for a `TextBlock`, which each reader sees in their own zone; `at` is in UTC."""
    moment = at.strftime(_DATE_FORMAT)
    date, time = f"{{{{DATE({moment}, SHORT)}}}}", f"{{{{TIME({moment})}}}}"
    return _("{date} at {time}").format(date=date, time=time)
