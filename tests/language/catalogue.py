"""The German catalogue, and what of English is still found in a text that should be German."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

from babel.messages.pofile import read_po

from reviews import language
from reviews.model import BULK_STATEMENT, STATEMENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from babel.messages.catalog import Catalog, Message

PO = Path(language.__file__).parent / "locale" / "de" / "LC_MESSAGES" / f"{language.DOMAIN}.po"
MO = PO.with_suffix(".mo")
_PERCENT = re.compile(r"%\((\w+)\)s")
_FIELD_FIRST = re.compile(r"^\{[^}]*\}")
_FILLED_IN = re.compile(r"(\{[^}]*\}|%\(\w+\)s|<[^>]+>|\s+)")
"""A field, an element of HTML, white space: what a line has in their place is another matter."""
WORD = re.compile(r"[^\W\d_]{2,}")


@cache
def german() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="de")


def messages() -> list[Message]:
    return [message for message in german() if message.id]


def forms(text: str | Iterable[str] | None) -> tuple[str, ...]:
    """Return the forms of a message: one, or one for each number."""
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def fields(text: str) -> list[str]:
    """Return what is filled into a message, in order of the names."""
    named = [name for _text, name, _spec, _as in Formatter().parse(text) if name is not None]
    return sorted([*named, *_PERCENT.findall(text)])


def english_left(lines: Iterable[str]) -> list[tuple[str, str]]:
    """Return each message of ours that stands in a line though it has another form in German, and where."""
    text = "\n".join(lines)
    may_stand = (form for form, literals in _looked_for() if all(each in text for each in literals))
    return [(form, match[0]) for form in may_stand for match in [_pattern(form).search(text)] if match]


def omit_recorded(lines: Iterable[str]) -> list[str]:
    """Return lines without the statements in English, which readers see beside the translations."""
    return [line.replace(STATEMENT, "").replace(BULK_STATEMENT, "") for line in lines]


@cache
def _looked_for() -> list[tuple[str, list[str]]]:
    """Return each message, and what stands in a line with it, which is looked for in a tenth of the time."""
    return [(form, _literals(form)) for message in messages() for form in _list_forms(message)]


def _list_forms(message: Message) -> list[str]:
    """Return those English forms whose own words are not all in the German ones."""
    translated = set(WORD.findall(" ".join(_without_fields(form) for form in forms(message.string))))
    return [form for form in forms(message.id) if not set(WORD.findall(_without_fields(form))) <= translated]


def _without_fields(form: str) -> str:
    return " ".join(re.sub(r"\{[^}]*\}|%\(\w+\)s|<[^>]+>", " ", form).split())


def _literals(form: str) -> list[str]:
    """Return the pieces of a message that stand in a line as they are, the longest first."""
    pieces = {piece for piece in _pieces(form) if not _FILLED_IN.fullmatch(piece)}
    return sorted(pieces, key=len, reverse=True)


@cache
def _pattern(form: str) -> re.Pattern[str]:
    """Return what finds a message in a line, whatever was filled in."""
    form = _FIELD_FIRST.sub("", form)  # whatever stands there is no matter, and looking for it takes long
    pattern = "".join(map(_piece, _pieces(form)))
    return re.compile(rf"(?<!\w){pattern}(?!\w)" if form[:1].isalnum() else rf"{pattern}(?!\w)")


def _pieces(form: str) -> list[str]:
    return [piece for piece in _FILLED_IN.split(form) if piece]


def _piece(piece: str) -> str:
    if piece.isspace():
        return r"[^\S\n]+"
    if piece.startswith("<"):
        return r"[^\S\n]*"
    return r".+?" if piece.startswith(("{", "%(")) else re.escape(piece)
