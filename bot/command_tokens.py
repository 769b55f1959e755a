"""Tokens of a command as chats send it: words, quotations, links and mentions.

Slack turns a typed mention into `<@U123|name>` and a link into `<https://..|..>`. Both chats may put smart
quotes around a name, and either may escape characters as HTML does (facts on Slack, 1.6; facts on Teams,
2.4).
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from reviews.text import clean_text
from reviews.tree import FOLDER_ID_PREFIX

_DOUBLE_QUOTES = '"“”„‟«»'
_SINGLE_OPEN, _SINGLE_CLOSE = "'‘‚‛", "'’‘"  # noqa: RUF001
_TOKEN = re.compile(
    rf"<(?P<angle>[^<>]*)>"
    rf"|[{_DOUBLE_QUOTES}](?P<double>[^{_DOUBLE_QUOTES}]*)(?:[{_DOUBLE_QUOTES}]|\Z)"
    rf"|[{_SINGLE_OPEN}](?P<single>[^{_SINGLE_CLOSE}]+)[{_SINGLE_CLOSE}](?=\s|\Z)"
    rf"|(?P<word>\S+)"
)
_QUOTES = str.maketrans(dict.fromkeys(_DOUBLE_QUOTES))
_MENTION = re.compile(r"@[^|\s]{1,200}")
_GROUP_MENTION = re.compile(r"!subteam\^([A-Z0-9]{1,40})")
# Query parameters in DocSpace's addresses that hold the id of a file or folder.
_NAMES_FILE = "fileid"
_NAMES_FOLDER = ("folder", "folderid")


@dataclass(frozen=True, kw_only=True)
class Token:
    """One word, or several quoted ones; `mention` is the chat's id of a mentioned person, `group` of a group.

    The text of a mentioned group is its name, as in `@policy-readers`, where the chat tells it.
    """

    text: str
    quoted: bool = False
    mention: str | None = None
    group: str | None = None

    @property
    def key(self) -> str:
        """The form in which it is compared with the words of a command; empty for quoted text."""
        return "" if self.quoted or self.mention or self.group else self.text.casefold()


def tokenize(text: str) -> list[Token]:
    """Return the tokens of a text; none is empty, and each is a single line of plain text."""
    tokens = (_read_token(match) for match in _TOKEN.finditer(text))
    return [token for token in tokens if token.text or token.mention or token.group]


def read_id_from_address(subject: str) -> str:
    """Return the id of the file or folder in an address; text that is no address is returned unchanged."""
    if "://" not in subject:
        return subject
    try:
        parts = urlsplit(subject)
        parameters = {name.lower(): values[0] for name, values in parse_qs(parts.query).items()}
    except ValueError:
        return ""
    if _NAMES_FILE in parameters:
        return parameters[_NAMES_FILE]
    for name in _NAMES_FOLDER:
        if name in parameters:
            return f"{FOLDER_ID_PREFIX}{parameters[name]}"
    return parts.path.rstrip("/").rpartition("/")[2]  # as in /media/view/47


def _read_token(match: re.Match[str]) -> Token:
    angle = match["angle"]
    if angle is not None:
        subject, _, label = angle.partition("|")
        if _MENTION.fullmatch(subject):
            return Token(text=_clean_line(label) or _clean_line(subject), mention=clean_text(subject[1:]))
        if group := _GROUP_MENTION.fullmatch(subject):
            return Token(text=_clean_line(label), group=group[1])
        return Token(text=_clean_line(subject))
    quoted = match["double"] if match["double"] is not None else match["single"]
    if quoted is not None:
        return Token(text=_clean_line(quoted), quoted=True)
    return Token(text=_clean_line(match["word"]))


def _clean_line(text: str) -> str:
    return clean_text(html.unescape(text).translate(_QUOTES))
