"""Headers and footers of the pages of a PDF file, which are lines like others there."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_EDGE_LINES = 2
_NUMBER = re.compile(r"\d+")
_MAX_NUMBERS = 6
_WORD = re.compile(r"[^\W\d_]+")
_PAGE_WORDS = {
    "page", "of", "pages", "p", "pg", "seite", "von", "página", "pagina", "pág", "pag", "de", "di", "da",
    "sur", "strona", "z", "stránka", "sida", "av", "side", "страница", "стр", "из", "лист", "сторінка",
    "页", "頁", "ページ", "第", "共",
}  # fmt: skip
"""Of what is no more than the number of a page, in some languages."""


class RunningLines:
    """Lines that at least half of the pages have at their edge, whatever the number of the page."""

    def __init__(self, pages: list[list[str]]) -> None:
        self._count = len(pages)
        filled = sum(bool(lines) for lines in pages)
        counts: Counter[str] = Counter()
        for number, lines in enumerate(pages, 1):
            edge_keys = {key for line in _iterate_edges(lines) for key in _iterate_keys(line, number)}
            counts.update(edge_keys)
        needed = max(2, filled // 2)
        self._counts = {key: count for key, count in counts.items() if count >= needed}

    def split_page(self, number: int, lines: list[str]) -> tuple[list[str], list[tuple[str, str]]]:
        """Return the body of a page, and each running line of it with its wording: without page numbers."""
        if self._count == 1:
            numbers = [line for line in _iterate_edges(lines) if _is_first_page_number(line)]
            return [line for line in lines if line not in numbers], []
        first, last = 0, len(lines)
        while first < min(_EDGE_LINES, last) and self._find_key(number, lines[first]):
            first += 1
        while last > max(len(lines) - _EDGE_LINES, first) and self._find_key(number, lines[last - 1]):
            last -= 1
        running = [(line, self._drop_page_number(number, line)) for line in lines[:first] + lines[last:]]
        return lines[first:last], running

    def _find_key(self, number: int, line: str) -> str | None:
        keys = [key for key in _iterate_keys(line, number) if key in self._counts]
        return max(keys, key=lambda key: self._counts[key], default=None)

    def _drop_page_number(self, number: int, line: str) -> str:
        """Return a running line without the number of its page; another that moves on is that of page 1."""
        key = self._find_key(number, line) or ""
        if "\0" not in key:
            return line
        before, distance, after = key.split("\0", 2)
        words = {word.lower() for word in _WORD.findall(before + after)}
        if int(distance) > 0 or (int(distance) < 0 and not words <= _PAGE_WORDS):
            return f"{before}{1 + int(distance)}{after}"
        after = _NUMBER.sub(lambda match: "" if int(match[0]) == self._count else match[0], after, count=1)
        return "" if words <= _PAGE_WORDS else f"{before} {after}"


def _is_first_page_number(line: str) -> bool:
    """Return whether a line is no more than `Page 1`, or `Page 1 of 1`."""
    words = {word.lower() for word in _WORD.findall(line)}
    return bool(words) and words <= _PAGE_WORDS and set(_NUMBER.findall(line)) == {"1"}


def _iterate_edges(lines: list[str]) -> Iterator[str]:
    yield from lines[:_EDGE_LINES]
    yield from lines[max(len(lines) - _EDGE_LINES, _EDGE_LINES) :]


def _iterate_keys(line: str, page: int) -> Iterator[str]:
    """Yield a line as it is, and with each number in it as its distance from that of the page."""
    yield line
    for match in list(_NUMBER.finditer(line))[:_MAX_NUMBERS]:
        if len(match[0]) < _MAX_NUMBERS:
            yield f"{line[: match.start()]}\0{int(match[0]) - page}\0{line[match.end() :]}"
