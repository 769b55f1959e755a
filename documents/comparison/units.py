"""What is compared as one: a sentence, a cell, the name of a sheet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from documents.comparison.sentences import find_sentence_ends
from documents.comparison.words import tokenize_runs
from documents.passages import Area, DocumentPlace, Label, Passage, Run, RunMark, format_runs

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from documents.comparison.words import Word

_FLOWING = {Area.BODY, Area.HEADING, Area.TITLE}
"""Areas between which a paragraph changes by its formatting alone."""

_MAX_GAP = 30  # empty cells that are shown between two others
_MIN_MOVE = 20  # characters that a text has to be recognised elsewhere by


@dataclass(frozen=True, eq=False)
class Unit:
    """A piece of text that is matched as a whole.

    Attributes:
        place: Where it is.
        runs: Its text.
        paragraph: Position in the document of the passage that it belongs to.
        label: What is shown in front of it. Not part of what it says: it is compared by `labels`.
        mark: What else is in front of it, as of a passage. Not part of what it says either.
    """

    place: DocumentPlace
    runs: tuple[Run, ...]
    paragraph: int
    label: Label | None = None
    mark: str = ""

    @cached_property
    def key(self) -> Hashable:
        """Equal for units that say the same in the same kind of place."""
        text = self.runs[0].text if self._is_plain else self.runs
        return (self.stream, text)

    @property
    def stream(self) -> Hashable:
        """The kind of place: body, or comments of one author."""
        if self.place.area in _FLOWING:
            return Area.BODY
        if self.place.area in {Area.COMMENT, Area.FIELD}:
            return (self.place.area, self.place.name)
        return self.place.area

    @cached_property
    def text(self) -> str:
        return self.runs[0].text if self._is_plain else format_runs(self.runs)

    @cached_property
    def tokens(self) -> tuple[Word, ...]:
        return tokenize_runs(self.runs)

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(each.text for each in self.tokens if each.is_word)

    @property
    def slot(self) -> int | None:
        return self.place.column or None

    @property
    def can_move(self) -> bool:
        return len(self.text) >= _MIN_MOVE

    @property
    def _is_plain(self) -> bool:
        return len(self.runs) == 1 and self.runs[0].mark is RunMark.PLAIN


def split_passages(passages: Iterable[tuple[int, Passage]]) -> list[Unit]:
    """Return the units of passages, which come with their positions: the sentences of each; a cell is one."""
    units: list[Unit] = []
    for position, passage in passages:
        if passage.place.area in {Area.CELL, Area.SHEET}:
            units.append(Unit(passage.place, passage.runs, position))
        else:
            label = passage.label if passage.label and passage.label.text else None
            mark = passage.mark
            for runs in split_sentences(passage.runs):
                units.append(Unit(passage.place, runs, position, label, mark))
                label, mark = None, ""  # they are in front of the first
    return units


def show_label(unit: Unit, label: Label | None = None) -> Unit:
    """Return a unit with a label, else with its own if it has one, as part of its text."""
    shown = label or unit.label
    return replace(unit, runs=(Run(f"{shown.text} "), *unit.runs), label=None) if shown else unit


def show_mark(unit: Unit) -> Unit:
    """Return a unit with its mark, if it has one, as part of its text."""
    return replace(unit, runs=(Run(f"{unit.mark} "), *unit.runs), mark="") if unit.mark else unit


def join_units(units: Sequence[Unit]) -> str:
    """Return the text of neighbours: sentences of a paragraph, cells of a row, or paragraphs in lines."""
    pieces: list[str] = []
    for previous, unit in zip((None, *units), units, strict=False):
        if previous is not None:
            pieces.append(_choose_separator(previous, unit))
        pieces.append(unit.text)
    return "".join(pieces)


def format_row(texts_in_columns: Iterable[tuple[int, str]]) -> str:
    """Return the cells of a row, in which empty ones have their place: `Rent |  | x`."""
    cells: dict[int, list[str]] = {}
    for column, text in texts_in_columns:
        cells.setdefault(column, []).append(text)
    texts: list[str] = []
    for column, pieces in sorted(cells.items()):
        texts += [""] * min(column - len(texts) - 1, _MAX_GAP)
        texts.append(" ".join(pieces))
    return " | ".join(texts)


def is_same_row(first: Unit, second: Unit) -> bool:
    """Return whether two units are in one row of a table or sheet."""
    place, other = first.place, second.place
    return bool(place.row) and replace(place, column=0) == replace(other, column=0)


def _choose_separator(first: Unit, second: Unit) -> str:
    if first.paragraph == second.paragraph:
        return " "
    return " | " if is_same_row(first, second) else "\n"


def split_sentences(runs: tuple[Run, ...]) -> Iterator[tuple[Run, ...]]:
    """Yield the sentences of a passage, also where one ends between two runs."""
    ends = find_sentence_ends("".join(run.text for run in runs))
    sentence: list[Run] = []
    position = 0
    for run in runs:
        start = 0
        while ends and ends[0] <= position + len(run.text):
            end = ends.pop(0) - position
            sentence.append(Run(run.text[start:end], run.mark))
            yield _strip_sentence(sentence)
            sentence, start = [], end
        sentence.append(Run(run.text[start:], run.mark))
        position += len(run.text)
    rest = _strip_sentence(sentence)
    if rest:
        yield rest


def _strip_sentence(runs: list[Run]) -> tuple[Run, ...]:
    """Return the runs of a sentence that have text, without white space around it."""
    filled = [run for run in runs if run.text]
    while filled and not filled[0].text.strip():
        del filled[0]
    while filled and not filled[-1].text.strip():
        del filled[-1]
    if filled:
        filled[0] = Run(filled[0].text.lstrip(), filled[0].mark)
        filled[-1] = Run(filled[-1].text.rstrip(), filled[-1].mark)
    return tuple(filled)
