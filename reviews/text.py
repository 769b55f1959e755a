"""Text from outside, cleaned for storage and display. Escaping is up to each channel."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

# Embeddings, overrides, isolates, marks: a title that holds one can pretend to be another file.
# Spreadsheets take the full-width signs too. Where they read `;` as the end of a cell, a text has several.
_FORMULA_STARTS = re.compile(r"(^|[;\t\r\n]\"*)(?=[=+\-@\t\r\n＝＋－＠])")  # noqa: RUF001
_DIRECTION_MARKS = (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_LINE_BREAKS = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)  # Unicode's Cc, Zl and Zp
_SINGLE_LINE_TABLE: dict[int, str | None] = {
    **dict.fromkeys(_LINE_BREAKS, " "),
    **dict.fromkeys(_DIRECTION_MARKS),
}
# Those, control characters but the line break, and the two separators that some terminals treat as one.
_CONTROL_CHARACTERS = re.compile(
    "[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]"
)

_HIDDEN = re.compile(
    "[\\u00ad\\u034f\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufe00-\\ufe0f\\ufeff]"
)
"""Characters that do not show: those marks, soft hyphens, joiners and others without a width."""

_JOINER = "\u200d"
_SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")
_MAX_COMBINING_MARKS = 32  # that belong to one character, as far as a cut looks for its start

MAX_TITLE_LENGTH = 400
"""Of a file or folder, whose titles DocSpace's server cuts at 170 (facts on DocSpace, 4.2)."""

MAX_NAME_LENGTH = 200
"""Of a person."""

MAX_PATH_LENGTH = 4000

MAX_ID_BYTES = 1000
"""Of an id or address from outside; an index takes no more than about 2,700."""


def strip_hidden(text: str) -> str:
    """Return a text without what does not show, such as the direction marks that `clean_text` takes out."""
    return text if text.isascii() else _HIDDEN.sub("", text)


def strip_unstorable(text: str) -> str:
    """Return text without what no database or encoding accepts: NUL and unpaired surrogates."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def clean_text(text: str) -> str:
    """Return text as one line without control characters or hidden changes of direction."""
    cleaned = text if text.isprintable() else strip_unstorable(text).translate(_SINGLE_LINE_TABLE)
    return " ".join(cleaned.split())


def clean_direction(text: str) -> str:
    """Return part of a text without control characters or hidden changes of direction.

    Line breaks become spaces, and spaces at the edges stay.
    """
    return text if text.isprintable() else strip_unstorable(text).translate(_SINGLE_LINE_TABLE)


def escape_controls(text: str) -> str:
    r"""Return text with control characters and direction marks escaped like `\u202e`; line breaks remain.

    Within JSON it still means the same text.
    """
    return _CONTROL_CHARACTERS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def shorten_text(text: str, max_length: int) -> str:
    """Return text of at most `max_length` characters; a longer one is cut and ends with an ellipsis."""
    if len(text) <= max_length:
        return text
    end = max_length - 1
    while end > max(max_length - _MAX_COMBINING_MARKS, 1) and _is_continuation(text, end):
        end -= 1
    return f"{text[:end]}…"


def shorten_start(text: str, max_length: int) -> str:
    """Return text of at most `max_length` characters; of a longer one the end, after an ellipsis."""
    if len(text) <= max_length:
        return text
    start = len(text) - max_length + 1
    latest = min(start + _MAX_COMBINING_MARKS, len(text) - 1)
    while start < latest and _is_continuation(text, start):
        start += 1
    return f"…{text[start:]}"


def omit_middle(text: str, *, before: int, after: int) -> str:
    """Return text without its middle: `before` characters of its beginning, `after` of its end.

    It is cut between words, unless one of them is very long. The ellipsis is not counted.
    """
    if len(text) <= before + after:
        return text
    start = shorten_text(text, before + 1)[:-1] if before else ""
    end = shorten_start(text, after + 1)[1:] if after else ""
    last, first = start.rfind(" ", len(start) * 2 // 3), end.find(" ", 0, len(end) // 3)
    return f"{start[: last + 1] or start}…{end[max(first, 0) :]}"


def clean_title(text: str) -> str:
    """Return the title of a file or folder as it is stored, from whatever source."""
    return shorten_text(strip_unstorable(text), MAX_TITLE_LENGTH)


def clean_name(text: str) -> str:
    """Return the name of a person as it is stored."""
    return shorten_text(strip_unstorable(text), MAX_NAME_LENGTH)


def _is_continuation(text: str, position: int) -> bool:
    """Return whether the character at a place continues the one before it: an accent, a part of an emoji."""
    character = text[position]
    joined = _JOINER in {character, text[position - 1]}
    return (
        joined or unicodedata.category(character)[0] == "M" or _SKIN_TONES[0] <= character <= _SKIN_TONES[1]
    )


def escape_cell(text: str) -> str:
    """Return text for a cell that a spreadsheet shows and does not calculate."""
    return _FORMULA_STARTS.sub(r"\1'", text)


def is_visible(text: str) -> bool:
    """Return whether a text contains any visible character."""
    return any(unicodedata.category(char)[0] not in {"C", "Z"} for char in text)


def sanitize_link(address: str | None) -> str | None:
    """Return an address that a browser may be sent to; `None` for scripts and for what is no address."""
    if not address:
        return None
    try:
        parts = urlsplit(clean_text(address))
        _ = parts.port  # it is read only now, and can be none
    except ValueError:
        return None
    return parts.geturl() if parts.scheme in {"http", "https"} and parts.hostname else None
