"""Flowing text of the lines on pages: paragraphs, whose lines are joined.

One inserted sentence, after which every later line and page breaks elsewhere, may change no other.
"""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_BULLET = re.compile(r"(?:[•▪●◦‣■□·➢➔✓*\u2013\u2014\ue000-\uf8ff\x7f-]|\(?o\)?(?=\s+[A-Z]))(?:\s+|$)")
_BULLET_ALONE = {"•", "◦", "▪", "●", "‣", "·"}
"""That something is an item of a list is all that these say."""

_SENTENCE_ENDS = ".!?:;…。"
_OPENING = "\"'\u201c\u201e\u2018\u00ab\u2039([\u00bf\u00a1"
_FULL_SHARE = 0.95
"""Share of lines that are no longer than a full one."""

_SHORT_SHARE = 0.6
"""Of a full line: one that is shorter was not broken because it was full."""

_WIDTH_STEP = 8
_JOINED_WORD = re.compile(r"(?=(?<!\w)(\w+-\w+))")
_LAST_WORD = re.compile(r"(\w+)-$")
_FIRST_WORD = re.compile(r"\w+")
_BREAKABLE_SIGNS = ("-", "/", "\u2010", "\u2013", "\u2014")
_SOFT_HYPHEN = "\u00ad"
_FIRST_IDEOGRAM = "\u2e80"
_LAST_IDEOGRAM = "\u9fff"


def join_lines(pages: list[list[str]]) -> Iterator[tuple[int, str, str]]:
    """Yield the paragraphs on pages: the page on which each begins, from 1, the sign in front, the text."""
    return _Flow(pages).iterate_paragraphs()


class _Flow:
    def __init__(self, pages: list[list[str]]) -> None:
        self._lines = [
            (number, line) for number, lines in enumerate(pages, 1) for line in _drop_detached_bullets(lines)
        ]
        self._short_length = _measure_full_line([line for _, line in self._lines]) * _SHORT_SHARE
        self._joined_words = {
            word.lower() for _, line in self._lines if "-" in line for word in _JOINED_WORD.findall(line)
        }

    def iterate_paragraphs(self) -> Iterator[tuple[int, str, str]]:
        pieces: list[str] = []
        first_page, sign = 1, ""
        previous = ""
        for page, line in self._lines:
            bullet = _BULLET.match(line)
            text = line[bullet.end() :] if bullet else line
            if bullet or (pieces and self._is_paragraph_end(previous, text)):
                yield first_page, sign, "".join(pieces)
                pieces, first_page, sign = [], page, bullet[0].strip() if bullet else ""
            if pieces:
                self._join(pieces, text)
            elif text:
                pieces, first_page = [text], page
            previous = text
        yield first_page, sign, "".join(pieces)

    def _is_paragraph_end(self, line: str, following: str) -> bool:
        if len(line) >= self._short_length:
            return False
        return line.endswith(tuple(_SENTENCE_ENDS)) or _starts_sentence(following)

    def _join(self, pieces: list[str], line: str) -> None:
        last = pieces[-1]
        if last.endswith(_SOFT_HYPHEN) or self._is_divided_word(last, line):
            pieces[-1] = last[:-1]
        elif not _breaks_without_space(last, line):
            pieces.append(" ")
        pieces.append(line)

    def _is_divided_word(self, line: str, following: str) -> bool:
        """Return whether the hyphen at the end of a line stands there only because the line ends."""
        if not line.endswith("-"):
            return False
        last, first = _LAST_WORD.search(line), _FIRST_WORD.match(following)
        if last is None or first is None or not last[1][-1].isalpha() or not first[0][0].islower():
            return False
        return f"{last[1]}-{first[0]}".lower() not in self._joined_words


def _drop_detached_bullets(lines: list[str]) -> Iterator[str]:
    """Yield lines without the bullets that a program draws behind all text: whose they are is not known."""
    for line, following in zip_longest(lines, lines[1:], fillvalue=""):
        if line not in _BULLET_ALONE or (following and following not in _BULLET_ALONE):
            yield line


def _measure_full_line(lines: list[str]) -> int:
    if not lines:
        return 0
    lengths = sorted(len(line) for line in lines)
    full = lengths[min(int(len(lengths) * _FULL_SHARE), len(lengths) - 1)]
    return -(-full // _WIDTH_STEP) * _WIDTH_STEP  # in steps: it stays the same after most changes


def _starts_sentence(line: str) -> bool:
    first = line.lstrip(_OPENING)[:1]
    return not first.islower() and not first.isspace()


def _breaks_without_space(line: str, following: str) -> bool:
    if line.endswith(_BREAKABLE_SIGNS) and line[-2:-1].isalnum():
        return True
    return all(_FIRST_IDEOGRAM <= each <= _LAST_IDEOGRAM for each in (line[-1:], following[:1]))
