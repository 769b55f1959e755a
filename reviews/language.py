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
USUAL = "en"
LANGUAGES = (USUAL, "de")
_CATALOGUES = Path(__file__).parent / "locale"
_spoken: ContextVar[str] = ContextVar("spoken", default=USUAL)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak this language, or English where there is none of it, until the block ends.

    A locale as chats name it will do: `de-AT` and `de_DE` are German.
    """
    token = _spoken.set(known(language))
    try:
        yield
    finally:
        _spoken.reset(token)


def speak(language: str) -> None:
    """Speak this language from now on, until the block of `speaking` or the thread's work ends.

    For somebody whose language is only learnt on the way; an empty one changes nothing.
    """
    if language:
        _spoken.set(known(language))


def spoken() -> str:
    """Return the language that is spoken now, as a page names it to a browser."""
    return _spoken.get()


def known(language: str) -> str:
    """Return the language that we speak to somebody of this locale."""
    return best([language])


def best(locales: Iterable[str]) -> str:
    """Return the language that we speak to somebody of these locales, the most wanted one first."""
    wanted = (locale.replace("_", "-").partition("-")[0].lower() for locale in locales)
    return next((short for short in wanted if short in LANGUAGES), USUAL)


def _(message: str) -> str:
    """Return a message in the language that is spoken now."""
    return _translations(_spoken.get()).gettext(message)


def counted(one: str, many: str, count: int) -> str:
    """Return the form of a message that goes with a number."""
    return _translations(_spoken.get()).ngettext(one, many, count)


def marked(message: str) -> str:
    """Return a message as it is: it is translated later, by `_`, where a table is made too early for that."""
    return message


def in_every_language(message: str) -> tuple[str, ...]:
    """Return every form that a message may have been given to somebody in."""
    return tuple(dict.fromkeys(_translations(language).gettext(message) for language in LANGUAGES))


def number(count: int) -> str:
    """Return a number with its thousands set apart."""
    return f"{count:,}".replace(",", _THOUSANDS[_spoken.get()])


def listed(items: Sequence[str]) -> str:
    """Return one or several things as one would say them: a, b and c."""
    *first, last = items
    return _("{first} and {last}").format(first=", ".join(first), last=last) if first else last


def one_of(items: Sequence[str]) -> str:
    """Return one or several things of which one is enough: a, b or c."""
    *first, last = items
    return _("{first} or {last}").format(first=", ".join(first), last=last) if first else last


def some(shown: Sequence[str], *, of: int) -> str:
    """Return the first of so many things, and how many more there are."""
    more = of - len(shown)
    told = ", ".join(shown)
    return _("{first} and {count} more").format(first=told, count=number(more)) if more > 0 else told


def dated(at: datetime) -> str:
    """Return a date for readers whose zone is not known; `at` is in UTC."""
    return _("{day:02} {month} {year}, {time} UTC").format(
        day=at.day, month=_(_MONTHS[at.month - 1]), year=at.year, time=f"{at:%H:%M}"
    )


def months() -> list[str]:
    """Return how a date names the twelve months."""
    return [_(month) for month in _MONTHS]


def day_named(at: datetime) -> str:
    """Return the day and the month of a date, where the year goes without saying."""
    return _("{day} {month}").format(day=at.day, month=_(_MONTHS[at.month - 1]))


def capital(text: str) -> str:
    """Return a text as a sentence begins; the words after the first keep their letters."""
    return text[:1].upper() + text[1:]


_THOUSANDS = {"en": ",", "de": "."}
_MONTHS = (
    marked("Jan"),
    marked("Feb"),
    marked("Mar"),
    marked("Apr"),
    marked("May"),
    marked("Jun"),
    marked("Jul"),
    marked("Aug"),
    marked("Sep"),
    marked("Oct"),
    marked("Nov"),
    marked("Dec"),
)


@cache
def _translations(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, _CATALOGUES, [language], fallback=True)
