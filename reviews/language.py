"""Which language people are spoken to in: gettext's catalogues, chosen for as long as a block lasts."""

from __future__ import annotations

import gettext
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

DOMAIN = "docspace-review"
DEFAULT_LANGUAGE = "en"
LANGUAGES = (DEFAULT_LANGUAGE, "de")
_CATALOGUES = Path(__file__).parent / "locale"
_current_language: ContextVar[str] = ContextVar("spoken", default=DEFAULT_LANGUAGE)


@contextmanager
def use_language(language: str) -> Iterator[None]:
    """Speak this language, or English where there is none of it, until the block ends.

    A locale as chats name it will do: `de-AT` and `de_DE` are German.
    """
    token = _current_language.set(match_locale(language))
    try:
        yield
    finally:
        _current_language.reset(token)


def switch_language(language: str) -> None:
    """Speak this language from now on, until the block of `speaking` or the thread's work ends.

    For somebody whose language is only learnt on the way; an empty one changes nothing.
    """
    if language:
        _current_language.set(match_locale(language))


def get_language() -> str:
    """Return the language that is spoken now, as a page names it to a browser."""
    return _current_language.get()


def match_locale(language: str) -> str:
    """Return the language that we speak to somebody of this locale."""
    return match_locales([language])


def match_locales(locales: Iterable[str]) -> str:
    """Return the language that we speak to somebody of these locales, the most wanted one first."""
    wanted = (locale.replace("_", "-").partition("-")[0].lower() for locale in locales)
    return next((short for short in wanted if short in LANGUAGES), DEFAULT_LANGUAGE)


def _(message: str) -> str:
    """Return a message in the language that is spoken now."""
    return _translations(_current_language.get()).gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of a message that goes with a number."""
    return _translations(_current_language.get()).ngettext(one, many, count)


def gettext_noop(message: str) -> str:
    """Return a message as it is: it is translated later, by `_`, where a table is made too early for that."""
    return message


def list_translations(message: str) -> tuple[str, ...]:
    """Return every form that a message may have been given to somebody in."""
    return tuple(dict.fromkeys(_translations(language).gettext(message) for language in LANGUAGES))


def format_number(count: int) -> str:
    """Return a number with its thousands set apart."""
    return f"{count:,}".replace(",", _THOUSANDS_SEPARATORS[_current_language.get()])


def join_with_and(items: Sequence[str]) -> str:
    """Return one or several things as one would say them: a, b and c."""
    *first, last = items
    return _("{first} and {last}").format(first=", ".join(first), last=last) if first else last


def join_with_or(items: Sequence[str]) -> str:
    """Return one or several things of which one is enough: a, b or c."""
    *first, last = items
    return _("{first} or {last}").format(first=", ".join(first), last=last) if first else last


def join_first(shown: Sequence[str], *, of: int) -> str:
    """Return the first of so many things, and how many more there are."""
    more = of - len(shown)
    told = ", ".join(shown)
    return _("{first} and {count} more").format(first=told, count=format_number(more)) if more > 0 else told


def format_date(at: datetime) -> str:
    """Return a date for readers whose zone is not known; `at` is in UTC."""
    return _("{day:02} {month} {year}, {time} UTC").format(
        day=at.day, month=_(_MONTHS[at.month - 1]), year=at.year, time=f"{at:%H:%M}"
    )


def list_month_names() -> list[str]:
    """Return how a date names the twelve months."""
    return [_(month) for month in _MONTHS]


def format_day(at: datetime) -> str:
    """Return the day and the month of a date, where the year goes without saying."""
    return _("{day} {month}").format(day=at.day, month=_(_MONTHS[at.month - 1]))


def capitalize_first(text: str) -> str:
    """Return a text as a sentence begins; the words after the first keep their letters."""
    return text[:1].upper() + text[1:]


_THOUSANDS_SEPARATORS = {"en": ",", "de": "."}
_MONTHS = (
    gettext_noop("Jan"),
    gettext_noop("Feb"),
    gettext_noop("Mar"),
    gettext_noop("Apr"),
    gettext_noop("May"),
    gettext_noop("Jun"),
    gettext_noop("Jul"),
    gettext_noop("Aug"),
    gettext_noop("Sep"),
    gettext_noop("Oct"),
    gettext_noop("Nov"),
    gettext_noop("Dec"),
)


@cache
def _translations(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, _CATALOGUES, [language], fallback=True)
