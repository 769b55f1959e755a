"""Text of an OpenDocument spreadsheet: ODS and its templates (OpenDocument 1.3, part 3, 9)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from documents.cell_names import CellRange, format_ranges, parse_cell_name
from documents.collector import PassageCollector
from documents.errors import Reason, UnreadDocument
from documents.opendocument.cell_values import read_value
from documents.opendocument.form_controls import find_controls
from documents.opendocument.formulas import simplify_formula
from documents.opendocument.shapes import ShapeReader
from documents.opendocument.styles import parse_parts
from documents.opendocument.tables import (
    count_repeats,
    find_hidden_columns,
    is_collapsed,
    iterate_cells,
    iterate_numbers,
    iterate_rows,
)
from documents.passages import Area, DocumentPlace, Passage, Run, RunMark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from documents.package import Package

_PAGE_AREAS = {
    "style:header": Area.HEADER,
    "style:header-left": Area.HEADER,
    "style:footer": Area.FOOTER,
    "style:footer-left": Area.FOOTER,
}


_MESSAGES = ("table:help-message", "table:error-message")
_CHOICES = re.compile(r"cell-content-is-in-list\((.*?)\)", re.DOTALL)
_CONSTANT = re.compile(r'[-+]?[\d.]+(?:E[-+]?\d+)?%?|"(?:[^"]|"")*"|\{.*\}', re.IGNORECASE)


def read_opendocument_sheets(package: Package) -> list[Passage]:
    """Return the passages of a workbook: each sheet's name, cells, comments and drawings; headers come last.

    Raises:
        UnreadDocument: It is damaged or too large.
    """
    return _SheetsReader(package).read()


class _SheetsReader:
    def __init__(self, package: Package) -> None:
        self._body, self._styles = parse_parts(package, "office:spreadsheet")
        self._collector = PassageCollector()
        self._shapes = ShapeReader(package, self._collector, self._styles, find_controls(self._body))
        self._anchored: list[tuple[Element, DocumentPlace]] = []
        self._checked: dict[str, dict[str, list[CellRange]]] = {}

    def read(self) -> list[Passage]:
        tables = self._body.findall("table:table")
        if len({table.get("table:name") for table in tables}) < len(tables):
            raise UnreadDocument(Reason.DAMAGED)
        for table in tables:
            self._read_sheet(table)
        self._read_constants()
        self._read_prompts()
        for page in self._styles.find_master_pages(tables):
            for part in page:
                if part.tag in _PAGE_AREAS and part.get("style:display") != "false":
                    self._shapes.collect(part, DocumentPlace(_PAGE_AREAS[part.tag]))
        return self._collector.passages

    def _read_constants(self) -> None:
        """Read names that stand for a value, not for cells (OpenDocument 1.3, part 3, 9.4.11)."""
        for name in self._body.iter("table:named-expression"):
            text = simplify_formula(name.get("table:expression", ""))
            if _CONSTANT.fullmatch(text):
                self._collector.add(DocumentPlace(Area.FIELD, name=name.get("table:name", "")), [Run(text)])

    def _read_prompts(self) -> None:
        """Read the messages of cells and the choices that cells offer (OpenDocument 1.3, part 3, 9.4.5)."""
        for rule in self._body.iter("table:content-validation"):
            choices = _CHOICES.search(rule.get("table:condition", ""))
            messages = [each for tag in _MESSAGES for each in rule.findall(tag)]
            for sheet, cells in self._find_checked(rule):
                row, column = parse_cell_name(cells)
                place = DocumentPlace(Area.FIELD, sheet=sheet, row=row, column=column)
                self._collector.add(place, [Run(choices[1].replace('"', "") if choices else "")], mark=cells)
                for message in messages:
                    title = Run(f"{message.get('table:title', '')} ")
                    runs = [title, *self._shapes.read_paragraphs(message)]
                    self._collector.add(place, runs, mark=cells)

    def _find_checked(self, rule: Element) -> Iterator[tuple[str, str]]:
        """Yield the sheets with cells that a rule is for, and these; of a rule for none, its own address."""
        sheets = self._checked.get(rule.get("table:name", ""))
        for sheet, ranges in (sheets or {}).items():
            yield sheet, format_ranges(ranges)
        if not sheets:
            sheet, _, cell = rule.get("table:base-cell-address", "").rpartition(".")
            yield sheet.strip("$'"), cell

    def _read_sheet(self, table: Element) -> None:
        name = table.get("table:name", "")
        is_hidden = self._styles.is_table_hidden(table.get("table:style-name", ""))
        place = DocumentPlace(Area.SHEET, sheet=name)
        self._collector.add(place, [Run(name, RunMark.HIDDEN if is_hidden else RunMark.PLAIN)])
        self._anchored = []
        self._read_rows(table, replace(place, area=Area.CELL))
        for element, cell in self._anchored:
            self._read_anchored(element, cell)
        for shapes in table.findall("table:shapes"):
            self._shapes.collect(shapes, replace(place, area=Area.TEXT_BOX))

    def _read_rows(self, table: Element, place: DocumentPlace) -> None:
        hidden_columns = find_hidden_columns(table)
        has_rules = self._body.find("table:content-validations") is not None
        row_number = 1
        for row in iterate_rows(table):
            repeats = count_repeats(row)
            columns = [range(1, 1 << 32)] if is_collapsed(row) else hidden_columns
            for number in iterate_numbers(self._collector, row_number, repeats):
                self._read_row(row, replace(place, row=number), columns)
            if has_rules:
                self._note_checked(row, place.sheet, row_number, row_number + repeats - 1)
            row_number += repeats

    def _note_checked(self, row: Element, sheet: str, first: int, last: int) -> None:
        """Note which cells have rules, of a row that stands for some."""
        column = 1
        for cell in iterate_cells(row):
            repeats = count_repeats(cell)
            rule = cell.get("table:content-validation-name")
            if rule:
                cells = CellRange(column, column + repeats - 1, first, last)
                self._checked.setdefault(rule, {}).setdefault(sheet, []).append(cells)
            column += repeats

    def _read_row(self, row: Element, place: DocumentPlace, hidden_columns: list[range]) -> None:
        column_number = 1
        for cell in iterate_cells(row):
            repeats = count_repeats(cell)
            runs = self._read_cell(cell)
            for number in iterate_numbers(self._collector, column_number, repeats):
                is_hidden = any(number in each for each in hidden_columns)
                where = replace(place, column=number)
                self._collector.add(where, runs, is_hidden=is_hidden)
            where = replace(place, column=column_number)
            self._anchored += [(each, where) for each in cell if _is_anchored(each)]
            column_number += repeats

    def _read_cell(self, cell: Element) -> list[Run]:
        """Return the value of a cell, its formula, and where it links to."""
        if not len(cell) and not cell.attrib:
            return []
        text = self._shapes.read_paragraphs(cell)
        value = read_value(cell, self._styles.find_currency(cell.get("table:style-name", "")))
        links = [run for run in text if run.mark is RunMark.LINK]
        runs = text if value is None else [Run(value)]
        formula = cell.get("table:formula")
        if formula:
            runs = [run for run in runs if run.mark is not RunMark.LINK]
            runs.append(Run(simplify_formula(formula), RunMark.FORMULA))
        return runs if value is None and not formula else [*runs, *links]

    def _read_anchored(self, element: Element, place: DocumentPlace) -> None:
        if element.tag != "office:annotation":
            self._shapes.collect(element, DocumentPlace(Area.TEXT_BOX, sheet=place.sheet))
            return
        where = replace(place, area=Area.COMMENT, name=element.findtext("dc:creator", ""))
        self._collector.add(where, self._shapes.read_paragraphs(element))


def _is_anchored(element: Element) -> bool:
    return element.tag == "office:annotation" or element.tag.startswith("draw:")
