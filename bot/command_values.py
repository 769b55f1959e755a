"""Values in a command: numbers, time spans, dates, kinds, folders, people, cursors."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.command_hints import CommandSyntaxError, find_nearest_word
from bot.command_requests import MAX_COUNT, MAX_DAYS, MAX_SKIPPED, GroupReference, PersonReference
from bot.command_tokens import read_id_from_address
from bot.time_parser import FILLERS, WEEKDAYS
from reviews.kinds import ChangeKind
from reviews.language import _
from reviews.ports.listing import PageTurn, read_cursor
from reviews.routes.digest_times import DAILY, DAY_NAMES, DigestTimes
from reviews.tree import FOLDER_ID_PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.command_tokens import Token

MAX_VALUE_LENGTH = 200
MAX_SINCE = timedelta(days=3660)
_NUMBER = re.compile("[0-9]{1,4}")
_LONG_NUMBER = re.compile("[0-9]{1,7}")
_SPAN = re.compile("([0-9]{1,5})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def parse_count(token: Token) -> int:
    if _NUMBER.fullmatch(token.text) and 1 <= int(token.text) <= MAX_COUNT:
        return int(token.text)
    hint = _("recent takes a number from 1 to {most}, not {word}.")
    raise CommandSyntaxError(
        hint.format(most=MAX_COUNT, word=_quote_text(token.text)), (str(MAX_COUNT), [token])
    )


def parse_since(tokens: Sequence[Token]) -> timedelta | date:
    text = _require_single_word(tokens, "since")
    span = _SPAN.fullmatch(text.lower())
    if span and timedelta() < (duration := int(span[1]) * _UNITS[span[2]]) <= MAX_SINCE:
        return duration
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day.year >= 2000:
        return day
    hint = _("since takes a span such as 12h, 7d or 2w, or a date such as 2026-11-01, not {word}.")
    raise CommandSyntaxError(hint.format(word=_quote_text(text)), ("7d", tokens))


def parse_days(token: Token) -> int:
    span = _SPAN.fullmatch(token.text.lower())
    days = int(span[1]) * _UNITS[span[2]] // timedelta(days=1) if span else 0
    if 1 <= days <= MAX_DAYS:
        return days
    hint = _("stats takes a span from 1d to {most}d, not {word}.")
    raise CommandSyntaxError(hint.format(most=MAX_DAYS, word=_quote_text(token.text)), ("30d", [token]))


def parse_digest_times(tokens: Sequence[Token]) -> DigestTimes:
    """Parse when a digest comes, with a weekday by its short or full name, in English or German."""
    text = " ".join(token.text for token in tokens)
    try:
        return DigestTimes.parse(" ".join(_shorten_weekdays(tokens)))
    except ValueError:
        words = [word.capitalize()[:3] for word in _shorten_weekdays(tokens)]
        day = next((word for word in words if word in DAY_NAMES), DAILY)
        hint = _("digest takes daily or a day such as Mon, and a time such as 09:00; or off. Not {word}.")
        raise CommandSyntaxError(hint.format(word=_quote_text(text)), (f"{day} 09:00", tokens)) from None


def _shorten_weekdays(tokens: Sequence[Token]) -> list[str]:
    """Return the words with each weekday by its short English name, and without words such as `at`."""
    words = [token.key.rstrip(",") for token in tokens]
    return [DAY_NAMES[WEEKDAYS[word]] if word in WEEKDAYS else word for word in words if word not in FILLERS]


def parse_skipped(tokens: Sequence[Token]) -> int:
    """Return after how many differences a page begins."""
    text = _require_single_word(tokens, "after")
    if _LONG_NUMBER.fullmatch(text) and int(text) <= MAX_SKIPPED:
        return int(text)
    hint = _("changes takes a number of differences after which to begin, not {word}.")
    raise CommandSyntaxError(hint.format(word=_quote_text(text)), ("5", tokens))


def parse_folder(tokens: Sequence[Token]) -> str:
    """Return a folder's id, or a name or path to search for later."""
    text = " ".join(token.text for token in tokens)
    if "://" in text:
        target = read_id_from_address(text)
        text = target.removeprefix(FOLDER_ID_PREFIX)
        if not target.startswith(FOLDER_ID_PREFIX) or not text:
            raise CommandSyntaxError(
                _("This link does not lead to a folder. Open the folder in DocSpace and copy its address.")
            )
    text = text.removeprefix(FOLDER_ID_PREFIX)
    if not text or len(text) > MAX_VALUE_LENGTH:
        raise CommandSyntaxError(_("A folder name has 1 to {most} characters.").format(most=MAX_VALUE_LENGTH))
    return text


def parse_person(tokens: Sequence[Token]) -> PersonReference:
    mention_token = next((token for token in tokens if token.mention), None)
    if mention_token is not None:
        return PersonReference(name=mention_token.text[:MAX_VALUE_LENGTH], mention=mention_token.mention)
    name = " ".join(token.text for token in tokens)
    address = name.removeprefix("mailto:")
    if len(name) > MAX_VALUE_LENGTH:
        raise CommandSyntaxError(_("A name has at most {most} characters.").format(most=MAX_VALUE_LENGTH))
    return PersonReference(name=address)


def parse_person_or_group(token: Token) -> PersonReference | GroupReference:
    """Parse a mention, an address, or a group; a name with an at sign that is no mention may be a group's."""
    if token.group or (token.mention is None and token.text.startswith("@")):
        return GroupReference(name=token.text.rstrip(",;")[:MAX_VALUE_LENGTH], id=token.group or "")
    if token.mention is not None:
        return parse_person([token])
    return parse_person([replace(token, text=token.text.rstrip(",;"))])


def parse_kind(tokens: Sequence[Token]) -> ChangeKind:
    """Parse a change kind; its two words may be joined in any way."""
    text = "_".join(token.text for token in tokens).casefold().replace("-", "_")
    kind = next((each for each in ChangeKind if each == text), None)
    if kind is not None:
        return kind
    near = find_nearest_word(text, tuple(ChangeKind))
    sentence = _("{word} is not a kind of change. Kinds are {kinds}.").format(
        kinds=", ".join(ChangeKind), word=_quote_text(text)
    )
    suggestion = _("Did you mean {word}?").format(word=near) if near else ""
    raise CommandSyntaxError(f"{sentence} {suggestion}".strip(), (near, tokens) if near else None)


def parse_kinds(tokens: Sequence[Token]) -> frozenset[ChangeKind]:
    return frozenset(parse_kind([token]) for token in tokens)


def parse_page(values: Mapping[str, Sequence[Token]]) -> PageTurn | None:
    """Parse which other page is requested; `None` for the first."""
    words = [word for word in ("before", "after") if word in values]
    if not words:
        return None
    seq = read_cursor(_require_single_word(values[words[0]], words[0])) if len(words) == 1 else None
    if seq is None:
        raise CommandSyntaxError(
            _("This page is not valid. Send the command again and start from the first page.")
        )
    return PageTurn(backward=words[0] == "before", seq=seq)


def _require_single_word(tokens: Sequence[Token], word: str) -> str:
    if len(tokens) != 1:
        rest = " ".join(token.text for token in tokens[1:])
        sentence = _("Only one word can follow {word}. I don't understand {rest} there.")
        raise CommandSyntaxError(sentence.format(word=word, rest=_quote_text(rest)), (tokens[0].text, tokens))
    return tokens[0].text


def _quote_text(text: str) -> str:
    return repr(text[:40])
