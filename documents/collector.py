"""Collects the passages of a document while it is read, within limits."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

from documents.errors import Reason, UnreadDocument
from documents.limits import MAX_CHARACTERS, MAX_PASSAGES
from documents.passages import Area, Passage, Run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from documents.passages import DocumentPlace, Label

_MAX_NAME = 250  # characters of a heading, an author, a sheet
_WHITESPACE = re.compile(r"\s+")
_NO_TEXT = (Run("…"),)
_NO_AUTHORS = {"Unknown Author", "Unbekannter Autor"}
"""What LibreOffice writes as the author of a comment that has none."""
_INVISIBLE = dict.fromkeys((0xAD, 0x200B, 0x2060, 0xFEFF))
"""Hints where a line may break, which show nothing: soft hyphen, zero-width space, word joiner, BOM."""


class PassageCollector:
    """Passages in reading order.

    White space is one space each, letters with accents are composed: two writers of one text differ in both.
    """

    def __init__(self) -> None:
        self.passages: list[Passage] = []
        self._characters = 0

    def add(
        self,
        place: DocumentPlace,
        runs: Iterable[Run],
        *,
        is_hidden: bool = False,
        label: Label | None = None,
        mark: str = "",
    ) -> None:
        """Add a passage, unless it has no text and no number: an empty paragraph counts others on, too.

        Raises:
            UnreadDocument: The document has too much text.
        """
        cleaned = clean_runs(runs)
        if not cleaned and label and (label.is_counted or any(each.isalnum() for each in label.text)):
            cleaned = _NO_TEXT
        if not cleaned:
            return
        self._characters += sum(len(run.text) for run in cleaned) + (len(label.text) if label else 0)
        if len(self.passages) >= MAX_PASSAGES or self._characters > MAX_CHARACTERS:
            raise UnreadDocument(Reason.TEXT_SIZE)
        self.passages.append(Passage(_clean_place(place), cleaned, is_hidden, label, clean_text(mark)))


def _clean_place(place: DocumentPlace) -> DocumentPlace:
    """Return a place whose names are short and can be encoded: each passage has them again."""
    if place.area is Area.COMMENT and place.name in _NO_AUTHORS:
        place = replace(place, name="")
    names = place.heading + place.name + place.sheet
    if len(names) <= _MAX_NAME and names.isascii():
        return place
    heading, name, sheet = (clean_text(each)[:_MAX_NAME] for each in (place.heading, place.name, place.sheet))
    return replace(place, heading=heading, name=name, sheet=sheet)


def clean_runs(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Return runs with neighbours of one mark joined and white space collapsed, also across them."""
    joined: list[Run] = []
    for run in runs:
        if joined and joined[-1].mark is run.mark:
            joined[-1] = Run(joined[-1].text + run.text, run.mark)
        elif run.text:
            joined.append(run)
    cleaned: list[Run] = []
    ends_with_space = True
    for run in joined:
        text = clean_text(run.text)
        if ends_with_space:
            text = text.lstrip(" ")
        if text:
            cleaned.append(Run(text, run.mark))
            ends_with_space = text.endswith(" ")
    if cleaned and ends_with_space:
        last = cleaned.pop()
        if last.text.rstrip(" "):
            cleaned.append(Run(last.text.rstrip(" "), last.mark))
    return tuple(cleaned)


def clean_text(text: str) -> str:
    """Return text with composed accents, one space for any white space, and no hints for line breaks."""
    if text.isascii():
        return _WHITESPACE.sub(" ", text)
    encodable = text.encode("utf-8", "ignore").decode()  # without half a pair of UTF-16
    return _WHITESPACE.sub(" ", unicodedata.normalize("NFC", encodable).translate(_INVISIBLE))
