"""Text in lines of a width, counted in columns of a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, chop_cells

if TYPE_CHECKING:
    from collections.abc import Iterator

_ELLIPSIS = "…"


def fold(text: str, width: int | None, *, breaks_words: bool = True) -> list[str]:
    """Return the lines of a text; without a width it is one.

    A word that is longer than a line is broken, or without `breaks_words` has a line of its own.
    """
    if width is None or cell_len(text) <= width:
        return [text]
    lines = [""]
    for word in _split(text, width, breaks_words=breaks_words):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(joined) <= width or not lines[-1]:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines


def limit_lines(lines: list[str], count: int, *, width: int) -> list[str]:
    """Return at most `count` lines, with an ellipsis at the end if there were more."""
    if len(lines) <= count:
        return lines
    last = lines[count - 1]
    while last and cell_len(last) >= width:
        last = last[:-1]
    return [*lines[: count - 1], last + _ELLIPSIS]


def pad(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def _split(text: str, width: int, *, breaks_words: bool) -> Iterator[str]:
    for word in text.split():
        if breaks_words and cell_len(word) > width:
            yield from chop_cells(word, width)
        else:
            yield word
