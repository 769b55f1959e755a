"""Makes the parts of a comparison out of units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from documents.comparison.importance import find_matters
from documents.comparison.parts import MAX_PART_CHARACTERS, Part, PartKind, cut_text
from documents.comparison.units import join_units, show_label
from documents.comparison.words import WordChange, compare_words, extend_group, format_pieces, tokenize_runs
from documents.passages import Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from documents.comparison.units import Unit
    from documents.comparison.words import Word
    from documents.passages import DocumentPlace

_BORDER = re.compile(r"(?= \| )")
"""Of the cells of a row, as `format_row` shows it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A part, and its position among the passages of the later state.

    `has_same_words` where the words are the same in the same order, so that they alone show no difference.
    """

    position: float
    part: Part
    has_same_words: bool = False


def report_inserted(units: Sequence[Unit], place: DocumentPlace) -> Difference:
    """Return the part of units that are in the later state alone; labels are shown, but don't matter."""
    matters = find_matters([(WordChange.INSERTED, _join_tokens(units))])
    part = Part(PartKind.INSERTED, place, "", _show_units(units), matters=matters)
    return Difference(units[0].paragraph, part)


def report_deleted(units: Sequence[Unit], place: DocumentPlace, position: float) -> Difference:
    """Return the part of units that are in the earlier state alone, as `report_inserted` does."""
    matters = find_matters([(WordChange.DELETED, _join_tokens(units))])
    part = Part(PartKind.DELETED, place, _show_units(units), "", matters=matters)
    return Difference(position, part)


def report_moved(
    before: Sequence[Unit], after: Sequence[Unit], place: DocumentPlace | None = None
) -> Difference:
    """Return the part of units that say the same elsewhere; without a place, at the first of them."""
    texts = cut_text(join_units(before)), cut_text(join_units(after))
    part = Part(PartKind.MOVED, place or after[0].place, *texts)
    return Difference(after[0].paragraph, part)


def report_shift(before: str, after: str, place: DocumentPlace, position: float) -> Difference:
    """Return the part of what stands in another place, with the same text beside it."""
    part = Part(PartKind.MOVED, place, cut_text(before), cut_text(after))
    return Difference(position, part, has_same_words=True)


def report_mark(before: str, after: str, place: DocumentPlace, position: float) -> Difference:
    """Return the part of what has the same words, with other signs, numbers or places."""
    groups = _compare_cells(before, after)
    part = Part(
        PartKind.MARK, place, cut_text(before), cut_text(after),
        pieces=format_pieces(groups) if max(len(before), len(after)) <= MAX_PART_CHARACTERS else (),
        matters=find_matters(groups),
    )  # fmt: skip
    return Difference(position, part, has_same_words=True)


def report_rewritten(before: Sequence[Unit], after: Sequence[Unit]) -> Difference | None:
    """Return the part of units whose words differ; None where only the borders of sentences do."""
    groups = compare_words(_join_tokens(before), _join_tokens(after))
    if all(change is WordChange.SAME for change, _ in groups):
        return None
    texts = join_units(before), join_units(after)
    part = Part(
        PartKind.REPLACED, after[0].place, cut_text(texts[0]), cut_text(texts[1]),
        pieces=format_pieces(groups) if max(map(len, texts)) <= MAX_PART_CHARACTERS else (),
        matters=find_matters(groups),
    )  # fmt: skip
    return Difference(after[0].paragraph, part)


def _compare_cells(before: str, after: str) -> list[tuple[WordChange, list[Word]]]:
    """Compare rows column by column: an `x` in another one is deleted here and inserted there."""
    groups: list[tuple[WordChange, list[Word]]] = []
    for texts in zip_longest(_BORDER.split(before), _BORDER.split(after), fillvalue=""):
        old, new = (tokenize_runs([Run(text)]) for text in texts)
        for change, words in compare_words(old, new):
            extend_group(groups, change, words)
    return groups


def _show_units(units: Sequence[Unit]) -> str:
    return cut_text(join_units([show_label(each) for each in units]))


def _join_tokens(units: Sequence[Unit]) -> list[Word]:
    return [token for unit in units for token in unit.tokens]
