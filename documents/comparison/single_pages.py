"""Headers and footers of a PDF of one page, which show as such only in a state that has more pages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from documents.comparison.words import tokenize_runs
from documents.passages import Area

if TYPE_CHECKING:
    from documents.passages import DocumentText, Passage

_PAGE_AREAS = {Area.HEADER, Area.FOOTER}
_PAGE_NUMBER = "1"
_MAX_NUMBERS = 2  # that of the page, and how many there are


def find_running_lines(document: DocumentText, other: DocumentText) -> DocumentText:
    """Return a document with those lines as headers and footers that are such in its other state.

    The number of its only page is no text then, as it is none of those of more pages.
    """
    passages = list(document.passages)
    areas = {each.place.area for each in passages}
    if document.format != "pdf" or areas & _PAGE_AREAS or any(each.place.page > 1 for each in passages):
        return document
    for line in other.passages if other.format == "pdf" else ():
        if line.place.area not in _PAGE_AREAS:
            continue
        position = next((number for number, each in enumerate(passages) if _is_line(each, line)), None)
        if position is not None:
            del passages[position]
            passages.append(line)
    return replace(document, passages=tuple(passages))


def _is_line(passage: Passage, line: Passage) -> bool:
    if passage.place.area is not Area.BODY or passage.label:
        return False
    own, wording = ([token.text for token in tokenize_runs(each.runs)] for each in (passage, line))
    numbers = own.count(_PAGE_NUMBER) - wording.count(_PAGE_NUMBER)
    return 0 <= numbers <= _MAX_NUMBERS and _drop_numbers(own) == _drop_numbers(wording)


def _drop_numbers(tokens: list[str]) -> list[str]:
    return [each for each in tokens if each != _PAGE_NUMBER]
