"""One side of a difference, before or after, cut to what a chat has room for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.text import omit_middle, shorten_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Words = tuple[bool, str]
    """Whether the words stay, and their text."""

ELLIPSIS = "…"
_SHARES = (2, 4, 8, 16)
"""Which parts of the length stay on each side of a change, at most: the most that fits."""


@dataclass(frozen=True, kw_only=True)
class SideLimits:
    """What one side of a difference may have: characters, runs of words, and lines."""

    length: int
    runs: int
    lines: int


def shorten_side(side: Sequence[Words], limits: SideLimits) -> list[list[Words]]:
    """Return the lines of one side within the limits, ellipses not counted: what changed, and around it."""
    lines = _split_lines(_cut_end(_shorten_words(side, limits.length), limits))
    if len(lines) <= limits.lines:
        return lines
    return [*lines[: limits.lines], [(True, ELLIPSIS)]]


def _shorten_words(side: Sequence[Words], length: int) -> list[Words]:
    """Return words with less between the changes; nothing is cut where all of them fit."""
    shortened = list(side)
    for share in _SHARES:
        if _count(shortened) <= length:
            break
        shortened = _shorten_around_changes(side, around=length // share, change=length)
    return shortened


def _shorten_around_changes(side: Sequence[Words], *, around: int, change: int) -> list[Words]:
    last = len(side) - 1
    shortened = []
    for number, (stays, text) in enumerate(side):
        # Where all words stay, the change is on the other side: at the beginning of these, or at their end.
        before, after = (around if number or not last else 0), (around if number < last or not last else 0)
        cut = omit_middle(text, before=before, after=after) if stays else shorten_text(text, change)
        shortened.append((stays, cut))
    return shortened


def _cut_end(side: Sequence[Words], limits: SideLimits) -> list[Words]:
    shown: list[Words] = []
    for stays, text in side:
        room = limits.length - _count(shown)
        if room < 1 or len(shown) == limits.runs:
            return [*shown, (True, ELLIPSIS)]
        shown.append((stays, text if len(text) <= room else shorten_text(text, room)))
    return shown


def _split_lines(side: Iterable[Words]) -> list[list[Words]]:
    """Return the lines that have words: a run of an Adaptive Card, and a quote in chat, is one line."""
    lines: list[list[Words]] = [[]]
    for stays, text in side:
        first, *others = text.split("\n")
        lines[-1].append((stays, first))
        lines += [[(stays, line)] for line in others]
    filled = ([words for words in line if words[1]] for line in lines)
    return [line for line in filled if line]


def _count(side: Iterable[Words]) -> int:
    return sum(len(text) for _stays, text in side)
