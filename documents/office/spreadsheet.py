"""Text of a workbook: XLSX, XLSM and their templates (ECMA-376 part 1, 18)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from documents.cell_names import parse_cell_name
from documents.collector import PassageCollector
from documents.errors import Reason, UnreadDocument
from documents.formulas import shift_formula
from documents.limits import MAX_PASSAGES
from documents.office.charts import collect_charts
from documents.office.drawing import collect_paragraphs, collect_shape_links
from documents.office.number_formats import NumberFormat, read_formats
from documents.office.sheet_notes import (
    CommentReader,
    collect_constants,
    collect_other_workbooks,
    collect_prompts,
)
from documents.office.sheet_texts import drop_header_codes, join_texts, unescape_text
from documents.passages import Area, DocumentPlace, Passage, Run, RunMark
from documents.xml_names import iterate_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from documents.package import Package, Relation

_HEADER_TAGS = {"oddHeader", "evenHeader", "firstHeader"}
_MAX_CELLS = 2 * MAX_PASSAGES  # of a sheet, those without text included
_TRUE = {"1", "true"}


def read_spreadsheet(package: Package) -> list[Passage]:
    """Return the passages of a workbook: each sheet's name, cells, notes, drawings, header and footer.

    Raises:
        UnreadDocument: It is damaged or too large.
    """
    names = package.find_related("", "officeDocument")
    if not names:
        raise UnreadDocument(Reason.DAMAGED)
    return _WorkbookReader(package, names[0]).read()


@dataclass(frozen=True, slots=True)
class _Hidden:
    """Columns of a sheet that are hidden, as ranges."""

    columns: tuple[tuple[int, int], ...]

    def has_column(self, column: int) -> bool:
        return any(first <= column <= last for first, last in self.columns)


class _WorkbookReader:
    def __init__(self, package: Package, name: str) -> None:
        self._package = package
        self._name = name
        self._collector = PassageCollector()
        self._texts = self._read_shared_texts()
        self._formats = self._read_formats()
        self._comments = CommentReader(package, self._collector, name)
        self._starts_1904 = False

    def read(self) -> list[Passage]:
        workbook = self._package.parse(self._name)
        relations = self._package.read_relations(self._name)
        properties = workbook.find("s:workbookPr")
        self._starts_1904 = properties is not None and properties.get("date1904") in _TRUE
        names: set[str] = set()
        for sheet in iterate_path(workbook, "s:sheets", "s:sheet"):
            relation = relations.get(sheet.get("r:id", ""))
            if relation is None or relation.target not in self._package:
                raise UnreadDocument(Reason.DAMAGED)
            if sheet.get("name", "") in names:
                raise UnreadDocument(Reason.DAMAGED)
            names.add(sheet.get("name", ""))
            self._read_sheet(sheet, relation.target)
        collect_constants(self._collector, workbook)
        collect_other_workbooks(self._collector, self._package, workbook, self._name)
        return self._collector.passages

    def _read_sheet(self, sheet: Element, part_name: str) -> None:
        name = sheet.get("name", "")
        mark = RunMark.PLAIN if sheet.get("state", "visible") == "visible" else RunMark.HIDDEN
        place = DocumentPlace(sheet=name)
        self._collector.add(replace(place, area=Area.SHEET), [Run(name, mark)])
        content = self._package.parse(part_name)
        relations = self._package.read_relations(part_name)
        self._read_cells(content, relations, place)
        for header in iterate_path(content, "s:headerFooter", "*"):
            area = Area.HEADER if header.tag.partition(":")[2] in _HEADER_TAGS else Area.FOOTER
            self._collector.add(replace(place, area=area), [Run(drop_header_codes(header.text or ""))])
        collect_prompts(self._collector, content, place)
        self._comments.collect(part_name, place)
        for drawing_name in self._package.find_related(part_name, "drawing"):
            self._read_drawing(drawing_name, place)

    def _read_cells(self, content: Element, relations: dict[str, Relation], place: DocumentPlace) -> None:
        links = {
            parse_cell_name(each.get("ref", "")): relations[each.get("r:id", "")].target
            for each in iterate_path(content, "s:hyperlinks", "s:hyperlink")
            if each.get("r:id") in relations
        }
        hidden = _Hidden(
            tuple(
                (int(each.get("min", "0")), int(each.get("max", "0")))
                for each in iterate_path(content, "s:cols", "s:col")
                if each.get("hidden") in _TRUE
            )
        )
        if sum(1 for _ in content.iter("s:c")) > _MAX_CELLS:
            raise UnreadDocument(Reason.TEXT_SIZE)
        shared: dict[str, tuple[str, int, int]] = {}
        row_number = 0
        for row in iterate_path(content, "s:sheetData", "s:row"):
            row_number = int(row.get("r", row_number + 1))
            row_hidden = row.get("hidden") in _TRUE
            column_number = 0
            for cell in row.findall("s:c"):
                column_number = parse_cell_name(cell.get("r", ""))[1] or column_number + 1
                runs = list(self._read_cell(cell, row_number, column_number, shared))
                link = links.pop((row_number, column_number), "")
                runs.append(Run(link, RunMark.LINK))
                self._collector.add(
                    replace(place, area=Area.CELL, row=row_number, column=column_number),
                    runs,
                    is_hidden=row_hidden or hidden.has_column(column_number),
                )
        for (row_number, column_number), link in links.items():  # of cells that are empty
            where = replace(place, area=Area.CELL, row=row_number, column=column_number)
            self._collector.add(where, [Run(link, RunMark.LINK)])

    def _read_cell(
        self, cell: Element, row: int, column: int, shared: dict[str, tuple[str, int, int]]
    ) -> Iterator[Run]:
        value = cell.find("s:v")
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inline = cell.find("s:is")
            yield Run("" if inline is None else join_texts(inline))
        elif value is not None and value.text:
            yield Run(self._format_value(kind, value.text, cell.get("s", "0")))
        formula = cell.find("s:f")
        if formula is not None:
            text = _read_formula(formula, row, column, shared)
            if text:
                yield Run(text, RunMark.FORMULA)

    def _format_value(self, kind: str, text: str, style: str) -> str:
        if kind == "s":
            position = int(text)
            if not 0 <= position < len(self._texts):
                raise UnreadDocument(Reason.DAMAGED)
            return self._texts[position]
        if kind == "b":
            return "TRUE" if text in _TRUE else "FALSE"
        if kind in {"str", "e", "d"}:
            return unescape_text(text)
        position = int(style)
        number_format = self._formats[position] if position < len(self._formats) else NumberFormat()
        return number_format.format_number(float(text), starts_1904=self._starts_1904)

    def _read_drawing(self, name: str, place: DocumentPlace) -> None:
        drawing = self._package.parse(name)
        relations = self._package.read_relations(name)
        collect_paragraphs(self._collector, drawing, replace(place, area=Area.TEXT_BOX), relations)
        collect_shape_links(self._collector, drawing, replace(place, area=Area.TEXT_BOX), relations)
        collect_charts(self._collector, drawing, place, self._package, relations)

    def _read_shared_texts(self) -> list[str]:
        return [
            join_texts(item)
            for name in self._package.find_related(self._name, "sharedStrings")
            for item in self._package.parse(name).findall("s:si")
        ]

    def _read_formats(self) -> list[NumberFormat]:
        names = self._package.find_related(self._name, "styles")
        return read_formats(self._package.parse(names[0])) if names else []


def _read_formula(formula: Element, row: int, column: int, shared: dict[str, tuple[str, int, int]]) -> str:
    """Return a formula; one that cells share (ECMA-376 part 1, 18.3.1.40) is shifted to this cell."""
    text = formula.text or ""
    index = formula.get("si")
    if formula.get("t") != "shared" or index is None:
        return text
    if text:
        shared[index] = (text, row, column)
        return text
    if index not in shared:
        return ""
    origin, origin_row, origin_column = shared[index]
    return shift_formula(origin, rows=row - origin_row, columns=column - origin_column)
