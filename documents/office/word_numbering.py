"""Numbers in front of paragraphs of a Word document, which are not in its text (ECMA-376 part 1, 17.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from documents.numbering import (
    build_label,
    format_bullet,
    format_number,
    hash_definition,
    is_number,
    parse_number,
)
from documents.office.word_styles import NumberProperties, is_on
from documents.passages import RunMark
from documents.xml_names import find_path

if TYPE_CHECKING:
    from collections.abc import Hashable
    from xml.etree.ElementTree import Element

    from documents.office.word_styles import WordStyles
    from documents.package import Package
    from documents.passages import Label

_LEVELS = 9
_MAX_LINKS = 10  # from a numbering to the style that has its levels, and on, which may be a circle
_PLACEHOLDER = re.compile(r"%([1-9])")
_MAX_FORMAT = 60  # characters of its name, which each number is shown with if it is an unknown one
_NO_LIST = "0"  # of w:numId: takes a paragraph out of the list of its style


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list.

    Attributes:
        text: With `%1` where the number of the first level goes.
        restart: The number of the level (from 1) that starts it again; 0: none does; None: each above it.
        is_legal: Whether numbers of other levels are shown as digits.
    """

    text: str
    number_format: str
    start: int
    restart: int | None
    is_legal: bool


@dataclass(slots=True)
class _List:
    """A list that paragraphs refer to (`w:num`); others with the same `abstract_id` count on with it.

    Attributes:
        is_counted: Whether some level of it, or of those that count on with it, shows a number.
        definitions: By level, once it is asked for.
        overrides: Where levels start anew when a first paragraph of this list is on them.
        levels_by_style: Levels by the style that puts a paragraph on them.
    """

    abstract_id: str
    levels: dict[int, Level]
    levels_by_style: dict[str, int]
    is_counted: bool = False
    overrides: dict[int, int] = field(default_factory=dict)
    definitions: dict[int, str] = field(default_factory=dict)

    def define(self, number: int) -> str:
        """Return what decides on the numbers of a level besides the count."""
        if number not in self.definitions:
            shown = {number, *(int(each) - 1 for each in _PLACEHOLDER.findall(self.levels[number].text))}
            levels = [self.levels.get(each) for each in sorted(shown)]
            self.definitions[number] = hash_definition(number, self.levels[number], levels)
        return self.definitions[number]


class _Counters:
    """Numbers of the lists with one `abstract_id`."""

    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}
        self.restarts = [0] * _LEVELS


class WordNumbering:
    """Counts the paragraphs of lists as they are read: body, notes and headers apart from each other."""

    def __init__(self, package: Package, document_name: str, styles: WordStyles) -> None:
        self._styles = styles
        self._lists = _read_lists(package, document_name, styles)
        self._counters: dict[tuple[str, str], _Counters] = {}
        self._started: set[tuple[str, str, int]] = set()
        self._sequences: dict[Hashable, int] = {}

    def count(self, paragraph: Element, text: str) -> Label | None:
        """Return what is shown in front of the next paragraph of a text, if anything is.

        Args:
            paragraph: `w:p`.
            text: The name of the text that it is in.
        """
        if not self._lists:
            return None
        properties = self._styles.find_list(paragraph.find("w:pPr"))
        used = self._lists.get(properties.list_id)
        if used is None or properties.list_id == _NO_LIST:
            return None
        number = (
            used.levels_by_style.get(properties.style, 0) if properties.level is None else properties.level
        )
        if number not in used.levels:
            return None
        counters = self._counters.setdefault((text, used.abstract_id), _Counters())
        self._advance(counters, used, number, (text, properties.list_id, number))
        restarts = (text, used.abstract_id, *counters.restarts[: number + 1])
        sequence = self._sequences.setdefault(restarts, len(self._sequences))
        text = _format_label(used, number, counters.numbers)
        return build_label(text, used.define(number), sequence, is_counted=used.is_counted)

    def _advance(
        self, counters: _Counters, used: _List, level_number: int, first_use: tuple[str, str, int]
    ) -> None:
        numbers = counters.numbers
        if level_number in used.overrides and first_use not in self._started:
            self._started.add(first_use)
            numbers[level_number] = used.overrides[level_number]
            counters.restarts[level_number] += 1
        elif level_number in numbers:
            numbers[level_number] += 1
        else:
            numbers[level_number] = used.levels[level_number].start
        for deeper in range(level_number + 1, _LEVELS):
            level = used.levels.get(deeper)
            if level is None or level.restart is None or level_number < level.restart:
                numbers.pop(deeper, None)


def _format_label(used: _List, level_number: int, numbers: dict[int, int]) -> str:
    level = used.levels[level_number]

    def fill(match: re.Match[str]) -> str:
        number = int(match[1]) - 1
        other = used.levels.get(number)
        if other is None:
            return ""
        is_digits = level.is_legal and other.number_format not in {"none", "bullet", "decimalZero"}
        number_format = "decimal" if is_digits else other.number_format
        return format_number(numbers.get(number, other.start), number_format)

    return _PLACEHOLDER.sub(fill, level.text)


def _read_lists(package: Package, document_name: str, styles: WordStyles) -> dict[str, _List]:
    lists: dict[str, _List] = {}
    for name in package.find_related(document_name, "numbering"):
        root = package.parse(name)
        abstracts = {each.get("w:abstractNumId", ""): each for each in root.findall("w:abstractNum")}
        abstract_ids = {
            each.get("w:numId", ""): _get_value(each, "w:abstractNumId") for each in root.findall("w:num")
        }
        read: dict[str, tuple[dict[int, Level], dict[str, int]]] = {}
        for number in root.findall("w:num"):
            own_id = abstract_ids[number.get("w:numId", "")]
            abstract_id = _follow_links(own_id, abstracts, abstract_ids, styles)
            if abstract_id not in abstracts:
                continue
            if abstract_id not in read:
                read[abstract_id] = _read_levels(abstracts[abstract_id])
            levels, levels_by_style = read[abstract_id]
            used = _List(abstract_id, levels, levels_by_style)
            _read_overrides(number, used)
            lists[number.get("w:numId", "")] = used
    counted = {each.abstract_id for each in lists.values() if _shows_numbers(each)}
    for used in lists.values():
        used.is_counted = used.abstract_id in counted
    return lists


def _shows_numbers(used: _List) -> bool:
    return any(is_number(each.number_format) and each.text for each in used.levels.values())


def _follow_links(
    abstract_id: str, abstracts: dict[str, Element], abstract_ids: dict[str, str], styles: WordStyles
) -> str:
    """Return the list that has the levels of one which only names a style (`w:numStyleLink`)."""
    for _ in range(_MAX_LINKS):
        abstract = abstracts.get(abstract_id)
        link = _get_value(abstract, "w:numStyleLink") if abstract is not None else ""
        if not link:
            break
        abstract_id = abstract_ids.get(styles.lists.get(link, NumberProperties()).list_id, "")
    return abstract_id


def _read_levels(abstract: Element) -> tuple[dict[int, Level], dict[str, int]]:
    levels: dict[int, Level] = {}
    levels_by_style: dict[str, int] = {}
    for element in abstract.findall("w:lvl"):
        number = parse_number(element.get("w:ilvl"), -1)
        if 0 <= number < _LEVELS:
            levels[number] = _read_level(element)
            style = _get_value(element, "w:pStyle")
            if style:
                levels_by_style.setdefault(style, number)
    return levels, levels_by_style


def _read_level(element: Element) -> Level:
    number_format = _read_format(element)
    text = _get_value(element, "w:lvlText")
    if number_format == "bullet":
        fonts = find_path(element, "w:rPr", "w:rFonts")
        text = format_bullet(text, fonts.get("w:ascii", "") if fonts is not None else "")
    restart = element.find("w:lvlRestart")
    return Level(
        f"[{RunMark.HIDDEN}: {text}]" if text and is_on(element.find("w:rPr"), "w:vanish") else text,
        number_format,
        parse_number(_get_value(element, "w:start"), 0),
        parse_number(restart.get("w:val"), 0) if restart is not None else None,
        is_on(element, "w:isLgl"),
    )


def _read_format(element: Element) -> str:
    """Return the format of a level; one of a newer kind is among alternatives, with its pattern."""
    format_element = element.find("w:numFmt")
    if format_element is None:
        format_element = next(element.iter("w:numFmt"), None)
    if format_element is None:
        return "decimal"
    name = format_element.get("w:format") or format_element.get("w:val") or "decimal"
    return name if len(name) <= _MAX_FORMAT else hash_definition(name)


def _read_overrides(number: Element, used: _List) -> None:
    for override in number.findall("w:lvlOverride"):
        level_number = parse_number(override.get("w:ilvl"), -1)
        if not 0 <= level_number < _LEVELS:
            continue
        element = override.find("w:lvl")
        level = _read_level(element) if element is not None else used.levels.get(level_number)
        start = override.find("w:startOverride")
        if start is not None:
            used.overrides[level_number] = parse_number(start.get("w:val"), 0)
        if level is not None:
            level = Level(
                level.text, level.number_format, used.overrides.get(level_number, level.start),
                level.restart, level.is_legal,
            )  # fmt: skip
            used.levels = {**used.levels, level_number: level}


def _get_value(element: Element, tag: str) -> str:
    child = element.find(tag)
    return "" if child is None else child.get("w:val", "")
