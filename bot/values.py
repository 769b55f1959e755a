"""What stands after a word of a command: numbers, spans, dates, kinds, folders, people, cursors."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.command_hints import Misread, nearest
from bot.command_requests import LARGEST_COUNT, MOST_DAYS, Whom
from bot.tokens import id_of_address
from reviews.kinds import ChangeKind
from reviews.language import _
from reviews.ports.listing import Turn, read_cursor
from reviews.tree import FOLDER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.tokens import Token

LONGEST_VALUE = 200
MOST_SINCE = timedelta(days=3660)
_NUMBER = re.compile("[0-9]{1,4}")
_SPAN = re.compile("([0-9]{1,5})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def count(token: Token) -> int:
    if _NUMBER.fullmatch(token.text) and 1 <= int(token.text) <= LARGEST_COUNT:
        return int(token.text)
    hint = _("recent takes a number from 1 to {most}, not {word}.")
    raise Misread(hint.format(most=LARGEST_COUNT, word=_shown(token.text)), (str(LARGEST_COUNT), [token]))


def since(value: Sequence[Token]) -> timedelta | date:
    text = _one(value, "since")
    span = _SPAN.fullmatch(text.lower())
    if span and timedelta() < (found := int(span[1]) * _UNITS[span[2]]) <= MOST_SINCE:
        return found
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day.year >= 2000:
        return day
    hint = _("since takes a span such as 12h, 7d or 2w, or a date such as 2026-11-01, not {word}.")
    raise Misread(hint.format(word=_shown(text)), ("7d", value))


def span_of_days(token: Token) -> int:
    span = _SPAN.fullmatch(token.text.lower())
    days = int(span[1]) * _UNITS[span[2]] // timedelta(days=1) if span else 0
    if 1 <= days <= MOST_DAYS:
        return days
    hint = _("stats takes a span from 1d to {most}d, not {word}.")
    raise Misread(hint.format(most=MOST_DAYS, word=_shown(token.text)), ("30d", [token]))


def folder(value: Sequence[Token]) -> str:
    """Return a folder's id, or a name or path that is still to be looked for."""
    text = " ".join(token.text for token in value)
    if "://" in text:
        named = id_of_address(text)
        text = named.removeprefix(FOLDER)
        if not named.startswith(FOLDER) or not text:
            raise Misread(_("That link names no folder. Open the folder in DocSpace and copy its address."))
    text = text.removeprefix(FOLDER)
    if not text or len(text) > LONGEST_VALUE:
        raise Misread(_("A folder's name is one of at most {most} signs.").format(most=LONGEST_VALUE))
    return text


def whom(value: Sequence[Token]) -> Whom:
    mentioned = next((token for token in value if token.mention), None)
    if mentioned is not None:
        return Whom(name=mentioned.text[:LONGEST_VALUE], mention=mentioned.mention)
    name = " ".join(token.text for token in value)
    address = name.removeprefix("mailto:")
    if len(name) > LONGEST_VALUE:
        raise Misread(_("A name has at most {most} signs.").format(most=LONGEST_VALUE))
    return Whom(name=address)


def kind(value: Sequence[Token]) -> ChangeKind:
    """Read a kind; its two words may be joined in any way."""
    text = "_".join(token.text for token in value).casefold().replace("-", "_")
    found = next((each for each in ChangeKind if each == text), None)
    if found is not None:
        return found
    near = nearest(text, tuple(ChangeKind))
    told = _("Kinds are {kinds}, not {word}.").format(kinds=", ".join(ChangeKind), word=_shown(text))
    meant = _("Did you mean {word}?").format(word=near) if near else ""
    raise Misread(f"{told} {meant}".strip(), (near, value) if near else None)


def kinds(value: Sequence[Token]) -> frozenset[ChangeKind]:
    return frozenset(kind([token]) for token in value)


def turn(given: Mapping[str, Sequence[Token]]) -> Turn | None:
    """Read to which other page somebody turns."""
    words = [word for word in ("before", "after") if word in given]
    if not words:
        return None
    seq = read_cursor(_one(given[words[0]], words[0])) if len(words) == 1 else None
    if seq is None:
        raise Misread(_("Of which page that is can't be told. Ask anew, and turn the pages from there."))
    return Turn(back=words[0] == "before", seq=seq)


def _one(value: Sequence[Token], word: str) -> str:
    if len(value) != 1:
        rest = " ".join(token.text for token in value[1:])
        told = _("After {word} stands one word; I don't know what {rest} means there.")
        raise Misread(told.format(word=word, rest=_shown(rest)), (value[0].text, value))
    return value[0].text


def _shown(text: str) -> str:
    return repr(text[:40])
