"""Numbers of lists and headings of an OpenDocument text (OpenDocument 1.3, part 3, 5.3, 16.30 and 16.34)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from documents.cell_names import format_column
from documents.numbering import (
    BULLET,
    MAX_LETTERS,
    build_label,
    format_bullet,
    format_number,
    hash_definition,
    is_number,
    parse_number,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable
    from xml.etree.ElementTree import Element

    from documents.passages import Label

_ID = "{http://www.w3.org/XML/1998/namespace}id"
_LEVELS = 10
_OUTLINE = ""  # the style of headings outside of lists, which has no name in a list
_FORMATS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_MAX_FORMAT = 60
_PATTERNS = ("loext:num-list-format", "style:num-list-format")
_PLACEHOLDER = re.compile(r"%([1-9]|10)%")
_STYLES = ("text:list-style", "text:outline-style")


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a list.

    Attributes:
        pattern: With `%1%` where the number of the first level goes.
        number_format: As in OOXML; empty: it has no number.
        is_doubling: Whether `bb` follows `aa`, else `ab` does.
    """

    pattern: str
    number_format: str
    start: int
    is_doubling: bool

    def format(self, number: int) -> str:
        if self.number_format in {"lowerLetter", "upperLetter"} and not self.is_doubling:
            letters = format_column(number) if 0 < number <= MAX_LETTERS else str(number)
            return letters.lower() if self.number_format == "lowerLetter" else letters
        return format_number(number, self.number_format) if self.number_format else ""


@dataclass(slots=True)
class _Counters:
    """Numbers by level of a list, and of those that go on with it.

    Attributes:
        restarts: How often an item gave each level a number of its own.
    """

    key: int
    numbers: dict[int, int] = field(default_factory=dict)
    restarts: list[int] = field(default_factory=lambda: [0] * (_LEVELS + 1))


@dataclass(slots=True)
class _OpenList:
    """A list that is being read; `item` is the one whose first paragraph is still to come."""

    style: str
    counters: _Counters
    item: Element | None = None


class ListNumbering:
    """Counts the items of lists, and headings, as they are read."""

    def __init__(self, roots: Iterable[Element]) -> None:
        self._styles = {
            each.get("style:name", "") if each.tag == "text:list-style" else _OUTLINE: _read_levels(each)
            for root in roots
            for tag in _STYLES
            for each in root.iter(tag)
        }
        self._definitions: dict[tuple[str, int], str] = {}
        self._sequences: dict[Hashable, int] = {}
        self._last: dict[str, _Counters] = {}
        self._ids: dict[str, _Counters] = {}
        self._made = 0
        self._outline = self._make_counters()
        self.open_lists: list[_OpenList] = []

    def open_list(self, element: Element) -> None:
        """Take note that what comes is in a list (`text:list`), until `open_lists` has it no more."""
        style = element.get("text:style-name", "")
        if self.open_lists:
            outer = self.open_lists[-1]
            self.open_lists.append(_OpenList(style or outer.style, outer.counters))
            return
        counters = self._ids.get(element.get("text:continue-list", ""))
        if counters is None and element.get("text:continue-numbering") == "true":
            counters = self._last.get(style)
        counters = counters or self._make_counters()
        self._last[style] = counters
        if _ID in element.attrib:
            self._ids[element.attrib[_ID]] = counters
        self.open_lists.append(_OpenList(style, counters))

    def open_item(self, item: Element) -> None:
        """Take note that what comes is in an item (`text:list-item`) of the last list."""
        self.open_lists[-1].item = item

    def count(self, paragraph: Element) -> Label | None:
        """Return what is shown in front of the next paragraph, if anything is."""
        if self.open_lists:
            current = self.open_lists[-1]
            item, current.item = current.item, None
            if item is None:
                return None
            start = parse_number(item.get("text:start-value"), -1)
            style = item.get("text:style-override") or current.style
            return self._count(current.counters, style, len(self.open_lists), start)
        if paragraph.tag != "text:h" or paragraph.get("text:is-list-header") == "true":
            return None
        restarts = paragraph.get("text:restart-numbering") == "true"
        start = parse_number(paragraph.get("text:start-value"), 1) if restarts else -1
        level_number = parse_number(paragraph.get("text:outline-level"), 1)
        return self._count(self._outline, _OUTLINE, level_number, start)

    def _count(self, counters: _Counters, style: str, level_number: int, start: int) -> Label | None:
        level = self._styles.get(style, {}).get(level_number)
        if level is None:  # LibreOffice shows a bullet in a list that has no style
            is_plain = bool(self.open_lists) and not style
            return build_label(BULLET, BULLET, counters.key) if is_plain else None
        numbers = counters.numbers
        if start >= 0:
            numbers[level_number] = start
            counters.restarts[level_number] += 1
        else:
            numbers[level_number] = numbers.get(level_number, level.start - 1) + 1
        for deeper in range(level_number + 1, _LEVELS + 1):
            numbers.pop(deeper, None)
        key = (counters.key, *counters.restarts[: level_number + 1])
        sequence = self._sequences.setdefault(key, len(self._sequences))
        text = self._format(style, level, numbers)
        is_counted = any(is_number(each.number_format) for each in self._styles[style].values())
        return build_label(text, self._define(style, level_number), sequence, is_counted=is_counted)

    def _format(self, style: str, level: _Level, numbers: dict[int, int]) -> str:
        levels = self._styles[style]

        def fill(match: re.Match[str]) -> str:
            other = levels.get(int(match[1]))
            return other.format(numbers.get(int(match[1]), other.start)) if other else ""

        return _PLACEHOLDER.sub(fill, level.pattern)

    def _define(self, style: str, level_number: int) -> str:
        """Return what decides on the numbers of a level besides the count."""
        if (style, level_number) not in self._definitions:
            levels = self._styles[style]
            shown = {level_number, *map(int, _PLACEHOLDER.findall(levels[level_number].pattern))}
            used = [levels.get(each) for each in sorted(shown)]
            self._definitions[style, level_number] = hash_definition(level_number, used)
        return self._definitions[style, level_number]

    def _make_counters(self) -> _Counters:
        self._made += 1
        return _Counters(self._made)


def _read_levels(style: Element) -> dict[int, _Level]:
    levels: dict[int, _Level] = {}
    for element in style:
        number = parse_number(element.get("text:level"), 0)
        if 0 < number <= _LEVELS:
            levels[number] = _read_level(element, number, levels)
    return levels


def _read_level(element: Element, number: int, above: dict[int, _Level]) -> _Level:
    name = element.get("style:num-format", "")
    number_format = _FORMATS.get(name, name if len(name) <= _MAX_FORMAT else hash_definition(name))
    start = parse_number(element.get("text:start-value"), 1)
    is_doubling = element.get("style:num-letter-sync") == "true"
    if element.tag == "text:list-level-style-image":
        return _Level(BULLET, "", start, is_doubling)
    if element.tag == "text:list-level-style-bullet":
        bullet = format_bullet(element.get("text:bullet-char", ""), _find_font(element))
        return _Level(bullet, "", start, is_doubling)
    pattern = next((element.get(each, "") for each in _PATTERNS if element.get(each)), None)
    if pattern is None:
        first = number - parse_number(element.get("text:display-levels"), 1) + 1
        shown = [each for each in range(max(first, 1), number) if each in above and above[each].number_format]
        pattern = ".".join(f"%{each}%" for each in [*shown, number])
    else:
        return _Level(pattern, number_format, start, is_doubling)
    prefix, suffix = element.get("style:num-prefix", ""), element.get("style:num-suffix", "")
    return _Level(f"{prefix}{pattern}{suffix}", number_format, start, is_doubling)


def _find_font(level: Element) -> str:
    properties = level.find("style:text-properties")
    if properties is None:
        return ""
    return properties.get("style:font-name") or properties.get("fo:font-family") or ""
