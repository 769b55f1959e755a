"""Words of a text, and how two texts differ by them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from documents.comparison.alignment import align_closely
from documents.passages import Run, RunMark, format_runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_TOKEN = re.compile(
    r"""
      (?:(?<![\w.,)\]])[+\u2212-])?\d+(?:[.,:/'’-]\d+)*  # a number with its sign, an amount, a date, a time
    | [\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff] # a character of a script that has no spaces
    | (?:(?![\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])\w)+(?:['’-]\w+)*
    | \S
    """,  # noqa: RUF001 - an apostrophe
    re.VERBOSE,
)


class WordChange(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    DELETED = "deleted"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True)
class Word:
    """A word, a number or a sign.

    Attributes:
        has_space: Whether a space is before it, which makes no difference.
    """

    text: str
    mark: RunMark
    has_space: bool

    @property
    def is_word(self) -> bool:
        """Whether it is more than a sign."""
        return self.text[0].isalnum() or self.text[-1].isalnum()


@dataclass(frozen=True, slots=True)
class Piece:
    """Words in a row to which the same happened."""

    change: WordChange
    text: str


def tokenize_runs(runs: Iterable[Run]) -> tuple[Word, ...]:
    """Return the tokens of runs; the address of a link and a formula are one each."""
    tokens: list[Word] = []
    has_space = False
    for run in runs:
        if run.mark in {RunMark.LINK, RunMark.FORMULA, RunMark.FIELD}:
            tokens.append(Word(run.text, run.mark, has_space=True))
            continue
        end = 0
        for match in _TOKEN.finditer(run.text):
            tokens.append(Word(match[0], run.mark, has_space or match.start() > end))
            end, has_space = match.end(), False
        has_space = has_space or end < len(run.text)
    return tuple(tokens)


def fold_spaces(text: str) -> str:
    """Return a text with one space between its tokens, whether or not there was any."""
    return " ".join(_TOKEN.findall(text))


def compare_words(before: Sequence[Word], after: Sequence[Word]) -> list[tuple[WordChange, list[Word]]]:
    """Return the words of both texts in order: what is deleted, what is inserted in its place, what stays."""
    pairs = align_closely(
        [(each.text, each.mark) for each in before], [(each.text, each.mark) for each in after]
    )
    groups: list[tuple[WordChange, list[Word]]] = []
    start = after_start = 0
    for first, second in [*pairs, (len(before), len(after))]:
        extend_group(groups, WordChange.DELETED, before[start:first])
        extend_group(groups, WordChange.INSERTED, after[after_start:second])
        extend_group(groups, WordChange.SAME, after[second : second + 1])
        start, after_start = first + 1, second + 1
    return groups


def extend_group(
    groups: list[tuple[WordChange, list[Word]]], change: WordChange, tokens: Sequence[Word]
) -> None:
    """Add tokens to the last group where the same happened to them, else as a new one."""
    if groups and groups[-1][0] is change:
        groups[-1][1].extend(tokens)
    elif tokens:
        groups.append((change, list(tokens)))


def format_pieces(groups: Iterable[tuple[WordChange, list[Word]]]) -> tuple[Piece, ...]:
    """Return groups of words as text, with the spaces that were between them."""
    return tuple(Piece(change, _format_tokens(tokens)) for change, tokens in groups)


def _format_tokens(tokens: Iterable[Word]) -> str:
    runs: list[Run] = []
    for token in tokens:
        has_space = token.has_space and token.mark not in {RunMark.LINK, RunMark.FORMULA}
        text = f" {token.text}" if has_space else token.text
        if runs and runs[-1].mark is token.mark:
            runs[-1] = Run(runs[-1].text + text, token.mark)
        else:
            runs.append(Run(text, token.mark))
    starts_with_space = bool(runs) and runs[0].text.startswith(" ")
    return (" " if starts_with_space else "") + format_runs(tuple(runs))
