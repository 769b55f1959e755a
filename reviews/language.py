"""The language of texts for people: gettext catalogues, chosen for the length of a block."""

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
    """Use this language in the block, or English if it is not supported.

    Accepts locales as chats name them: `de-AT` and `de_DE` are German.
    """
    token = _current_language.set(match_locale(language))
    try:
        yield
    finally:
        _current_language.reset(token)


def switch_language(language: str) -> None:
    """Use this language until the block of `use_language` or the thread's work ends.

    For people whose language is only learned later; an empty one changes nothing.
    """
    if language:
        _current_language.set(match_locale(language))


def get_language() -> str:
    """Return the current language, as a page names it to a browser."""
    return _current_language.get()


def match_locale(language: str) -> str:
    """Return the supported language for this locale."""
    return match_locales([language])


def match_locales(locales: Iterable[str]) -> str:
    """Return the supported language for these locales, which are in order of preference."""
    languages = (locale.replace("_", "-").partition("-")[0].lower() for locale in locales)
    return next((short for short in languages if short in LANGUAGES), DEFAULT_LANGUAGE)


def _(message: str) -> str:
    """Return a message in the current language."""
    return _load_translations(_current_language.get()).gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of a message that fits a number."""
    return _load_translations(_current_language.get()).ngettext(one, many, count)


def gettext_noop(message: str) -> str:
    """Mark a message for translation and return it as it is.

    For tables that are made too early to be translated; `_` translates it later.
    """
    return message


def list_translations(message: str) -> tuple[str, ...]:
    """Return every form in which a message may have been shown."""
    return tuple(dict.fromkeys(_load_translations(language).gettext(message) for language in LANGUAGES))


def format_number(count: int) -> str:
    """Return a number with thousands separators."""
    return f"{count:,}".replace(",", _THOUSANDS_SEPARATORS[_current_language.get()])


def join_with_and(items: Sequence[str]) -> str:
    """Return one or more items as a list in words: a, b and c."""
    *first, last = items
    return _("{first} and {last}").format(first=", ".join(first), last=last) if first else last


def join_with_or(items: Sequence[str]) -> str:
    """Return one or more alternatives as a list in words: a, b or c."""
    *first, last = items
    return _("{first} or {last}").format(first=", ".join(first), last=last) if first else last


def join_first(first_items: Sequence[str], *, total: int) -> str:
    """Return the first of `total` items, and how many more there are."""
    omitted = total - len(first_items)
    items = ", ".join(first_items)
    return (
        _("{first} and {count} more").format(first=items, count=format_number(omitted))
        if omitted > 0
        else items
    )


def format_date(at: datetime) -> str:
    """Return a date for readers whose zone is unknown; `at` is in UTC."""
    return _("{day:02} {month} {year}, {time} UTC").format(
        day=at.day, month=_(_MONTHS[at.month - 1]), year=at.year, time=f"{at:%H:%M}"
    )


def list_month_names() -> list[str]:
    """Return the twelve month names that dates use."""
    return [_(month) for month in _MONTHS]


def format_day(at: datetime) -> str:
    """Return the day and month of a date, for where the year is obvious."""
    return _("{day} {month}").format(day=at.day, month=_(_MONTHS[at.month - 1]))


def capitalize_first(text: str) -> str:
    """Return a text with its first letter in upper case; the rest is unchanged."""
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
def _load_translations(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, _CATALOGUES, [language], fallback=True)
