"""Parser of days and times in English and German: `Monday 14:00`, `7 Dec`, `7.12.`, `morgen`."""

from __future__ import annotations

import difflib
import re
from datetime import time
from typing import TYPE_CHECKING

from bot.command_hints import CommandSyntaxError
from bot.time_words import DayWords, TimeWords, make_date
from reviews.absences.local_times import FIRST_YEAR, LAST_YEAR
from reviews.language import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.command_tokens import Token

MAX_QUOTED = 40
_LEAP_YEAR = 2000
WEEKDAYS = {
    **dict.fromkeys(("monday", "mon", "montag"), 0),
    **dict.fromkeys(("tuesday", "tue", "tues", "dienstag"), 1),
    **dict.fromkeys(("wednesday", "wed", "mittwoch"), 2),
    **dict.fromkeys(("thursday", "thu", "thur", "thurs", "donnerstag"), 3),
    **dict.fromkeys(("friday", "fri", "freitag"), 4),
    **dict.fromkeys(("saturday", "sat", "samstag", "sonnabend"), 5),
    **dict.fromkeys(("sunday", "sun", "sonntag"), 6),
}
_MONTHS = {
    **dict.fromkeys(("january", "jan", "januar", "jänner"), 1),
    **dict.fromkeys(("february", "feb", "februar"), 2),
    **dict.fromkeys(("march", "mar", "märz", "mär", "maerz", "mrz"), 3),
    **dict.fromkeys(("april", "apr"), 4),
    **dict.fromkeys(("may", "mai"), 5),
    **dict.fromkeys(("june", "jun", "juni"), 6),
    **dict.fromkeys(("july", "jul", "juli"), 7),
    **dict.fromkeys(("august", "aug"), 8),
    **dict.fromkeys(("september", "sep", "sept"), 9),
    **dict.fromkeys(("october", "oct", "oktober", "okt"), 10),
    **dict.fromkeys(("november", "nov"), 11),
    **dict.fromkeys(("december", "dec", "dezember", "dez"), 12),
}
_DAYS_AHEAD = {"today": 0, "heute": 0, "tomorrow": 1, "morgen": 1, "übermorgen": 2}
_WORDS: Mapping[str, object] = {**WEEKDAYS, **_MONTHS, **_DAYS_AHEAD}
FILLERS = frozenset({"at", "on", "um", "uhr", "am"})
_TIME = re.compile("([0-9]{1,2}):([0-9]{2})")
_ISO = re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})?")
_NUMBER = re.compile(r"([0-9]{1,2})\.?")
_YEAR = re.compile("[0-9]{4}")


def parse_time_words(tokens: Sequence[Token], keyword: str) -> TimeWords:
    """Read the words after `until` or `from`; raise `CommandSyntaxError` with an example for others."""
    words = [token.key.rstrip(",") for token in tokens]
    meaningful = [word for word in words if word not in FILLERS]
    times = [word for word in meaningful if _TIME.fullmatch(word)]
    day_words = [word for word in meaningful if word not in times]
    at = _read_time(times[0]) if len(times) == 1 else None
    day = _read_day(day_words)
    if (times and at is None) or (day_words and day is None) or not (times or day_words):
        raise _explain(tokens, day_words, keyword)
    return TimeWords(day=day, time=at)


def _read_time(word: str) -> time | None:
    match = _TIME.fullmatch(word)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return None
    return time(int(match[1]), int(match[2]))


def _read_day(words: Sequence[str]) -> DayWords | None:
    if len(words) == 1:
        return _read_single_word(words[0])
    if len(words) in {2, 3}:
        return _read_written_date(words)
    return None


def _read_single_word(word: str) -> DayWords | None:
    name = word.rstrip(".")  # as at the end of a sentence
    if name in WEEKDAYS:
        return DayWords(weekday=WEEKDAYS[name])
    if name in _DAYS_AHEAD:
        return DayWords(days_ahead=_DAYS_AHEAD[name])
    if iso := _ISO.fullmatch(word):
        return _build_date(int(iso[1]), int(iso[2]), int(iso[3]))
    if dotted := _DOTTED.fullmatch(word):
        return _build_date(int(dotted[3]) if dotted[3] else None, int(dotted[2]), int(dotted[1]))
    return None


def _read_written_date(words: Sequence[str]) -> DayWords | None:
    """Read `7 Dec`, `Dec 7`, `7. Dezember 2026`."""
    first, second, *rest = (word.rstrip(".") if word.rstrip(".") in _MONTHS else word for word in words)
    number, month = (second, first) if first in _MONTHS else (first, second)
    day = _NUMBER.fullmatch(number)
    year = rest[0] if rest else None
    if day is None or month not in _MONTHS or (year is not None and not _YEAR.fullmatch(year)):
        return None
    return _build_date(int(year) if year else None, _MONTHS[month], int(day[1]))


def _build_date(year: int | None, month: int, day: int) -> DayWords | None:
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    if make_date(_LEAP_YEAR if year is None else year, month, day) is None:
        return None
    return DayWords(year=year, month=month, day=day)


def _explain(tokens: Sequence[Token], day_words: Sequence[str], keyword: str) -> CommandSyntaxError:
    text = " ".join(token.text for token in tokens)[:MAX_QUOTED]
    hint = _("{word} takes a day, a date or a time such as Monday, 7 Dec, 2026-12-07 or 14:00, not {text}.")
    sentence = hint.format(word=keyword, text=repr(text))
    wrong = next((token for token in tokens if token.key.rstrip(",.") in day_words), None)
    near = _find_near_word(wrong.key.rstrip(",.")) if wrong else None
    if wrong is None or near is None:
        return CommandSyntaxError(f"{sentence} {_explain_names()}" if _ends_in_name(day_words) else sentence)
    suggestion = _("Did you mean {word}?").format(word=near)
    return CommandSyntaxError(f"{sentence} {suggestion}", (near, [wrong]))


def _ends_in_name(day_words: Sequence[str]) -> bool:
    """Return whether a day is followed by words that may be the name of a person."""
    starts = range(1, len(day_words))
    return any(_read_day(day_words[:end]) and "".join(day_words[end:]).isalpha() for end in starts)


def _explain_names() -> str:
    return _("Name a person by a mention, an address, or a name in quotation marks.")


def _find_near_word(word: str) -> str | None:
    if word in _WORDS:
        return None
    matches = difflib.get_close_matches(word, [each for each in _WORDS if len(each) > 3], n=1, cutoff=0.6)
    return matches[0].capitalize() if matches else None
