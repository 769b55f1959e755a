"""Text of an OpenDocument text: ODT and its templates (OpenDocument 1.3, part 3, 4 and 5)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from documents.collector import PassageCollector, clean_runs
from documents.opendocument.changes import Changes
from documents.opendocument.form_controls import find_controls
from documents.opendocument.objects import collect_objects
from documents.opendocument.styles import parse_parts
from documents.opendocument.tables import count_repeats, iterate_cells, iterate_numbers, iterate_rows
from documents.opendocument.text_runs import OpenDocumentParagraph
from documents.passages import Area, DocumentPlace, Passage, Run, RunMark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from documents.package import Package

_PARAGRAPHS = {"text:p", "text:h"}
_SKIPPED = {"text:tracked-changes", "office:forms"}
_PAGE_AREAS = {
    "style:header": Area.HEADER,
    "style:header-left": Area.HEADER,
    "style:header-first": Area.HEADER,
    "loext:header-first": Area.HEADER,
    "style:footer": Area.FOOTER,
    "style:footer-left": Area.FOOTER,
    "style:footer-first": Area.FOOTER,
    "loext:footer-first": Area.FOOTER,
}


def read_opendocument_text(package: Package) -> list[Passage]:
    """Return the passages of a text document.

    Notes, comments and text boxes follow the paragraph of their anchor; headers and footers come last.

    Raises:
        UnreadDocument: It is damaged or too large.
    """
    return _TextReader(package).read()


class _TextReader:
    def __init__(self, package: Package) -> None:
        self._package = package
        self._body, self._styles = parse_parts(package, "office:text")
        self._controls = find_controls(self._body)
        self._changes = Changes(self._body)
        self._numbering = self._styles.numbering
        self._collector = PassageCollector()
        self._heading = ""
        self._tables = 0
        self._is_index = False

    def read(self) -> list[Passage]:
        self._read_blocks(self._body, DocumentPlace(), RunMark.PLAIN)
        self._heading = ""
        for page in self._styles.find_master_pages(_iterate_styled(self._body)):
            self._changes = Changes(page)
            for part in page:
                if part.tag in _PAGE_AREAS and part.get("style:display") != "false":
                    self._read_blocks(part, DocumentPlace(_PAGE_AREAS[part.tag]), RunMark.PLAIN)
        return self._collector.passages

    def _read_blocks(self, parent: Element, place: DocumentPlace, mark: RunMark) -> None:
        for block in parent:
            if block.tag in _PARAGRAPHS:
                self._read_paragraph(block, place, mark)
            elif block.tag == "table:table":
                self._read_table(block, place, mark)
            elif block.tag in {"text:change-start", "text:change-end"}:
                self._changes.follow(block)
            elif block.tag == "text:change":
                deleted = Run(self._changes.get_deleted_text(block), RunMark.DELETED)
                self._collector.add(replace(place, heading=self._heading), [deleted])
            elif block.tag.startswith("draw:"):
                self._read_anchored(block, place, mark)
            elif block.tag not in _SKIPPED:
                self._read_container(block, place, mark)

    def _read_container(self, block: Element, place: DocumentPlace, mark: RunMark) -> None:
        if block.tag == "text:list":
            self._read_list(block, place, mark)
        elif block.tag == "text:section":
            self._read_section(block, place, mark)
        elif block.tag == "text:index-body":
            self._is_index = True
            self._read_blocks(block, place, mark)
            self._is_index = False
        else:
            self._read_blocks(block, place, mark)

    def _read_list(self, element: Element, place: DocumentPlace, mark: RunMark) -> None:
        self._numbering.open_list(element)
        for child in element:
            if child.tag == "text:list-item":
                self._numbering.open_item(child)
            self._read_blocks(child, place, mark)
        self._numbering.open_lists.pop()

    def _read_section(self, section: Element, place: DocumentPlace, mark: RunMark) -> None:
        is_hidden = section.get("text:display") == "none" or section.get("text:is-hidden") == "true"
        self._read_blocks(section, place, RunMark.HIDDEN if is_hidden else mark)

    def _read_anchored(self, shape: Element, place: DocumentPlace, mark: RunMark) -> None:
        """Read a shape that is anchored to a page or stands between paragraphs."""
        reader = OpenDocumentParagraph(self._styles, self._controls, self._changes, mark)
        reader.read_shape(shape)
        self._collect_asides(reader, place, mark)

    def _read_paragraph(self, paragraph: Element, place: DocumentPlace, mark: RunMark) -> None:
        reader = OpenDocumentParagraph(self._styles, self._controls, self._changes, mark)
        reader.read(paragraph)
        label = self._numbering.count(paragraph)
        if self._is_index:
            reader.drop_page_numbers()
        elif place.area is Area.BODY and self._is_heading(paragraph):
            heading = "".join(run.text for run in clean_runs(reader.runs) if run.mark is not RunMark.DELETED)
            self._heading = heading or self._heading
            place = replace(place, area=Area.HEADING)
        place = replace(place, heading=self._heading)
        self._collector.add(place, reader.runs, label=label)
        self._collect_asides(reader, place, mark)

    def _collect_asides(self, reader: OpenDocumentParagraph, place: DocumentPlace, mark: RunMark) -> None:
        outer, self._numbering.open_lists = self._numbering.open_lists, []
        for name, runs in reader.fields:
            self._collector.add(replace(place, area=Area.FIELD, name=name), runs)
        for text_box in reader.text_boxes:
            self._read_blocks(text_box, replace(place, area=Area.TEXT_BOX), mark)
        collect_objects(self._collector, reader.objects, place, self._package)
        for note in reader.notes:
            self._read_note(note, replace(place, heading=""), mark)
        self._numbering.open_lists = outer

    def _read_note(self, note: Element, anchor: DocumentPlace, mark: RunMark) -> None:
        if note.tag == "office:annotation":
            author = note.findtext("dc:creator", "")
            self._read_blocks(note, replace(anchor, area=Area.COMMENT, name=author), RunMark.PLAIN)
            return
        area = Area.ENDNOTE if note.get("text:note-class") == "endnote" else Area.FOOTNOTE
        for body in note.findall("text:note-body"):
            self._read_blocks(body, replace(anchor, area=area, name=""), mark)

    def _read_table(self, table: Element, place: DocumentPlace, mark: RunMark) -> None:
        if not place.table:
            self._tables += 1
            area = Area.TABLE if place.area in {Area.BODY, Area.HEADING} else place.area
            place = replace(place, area=area, table=self._tables)
        row_number = 1
        for row in iterate_rows(table):
            repeats = count_repeats(row)
            for number in iterate_numbers(self._collector, row_number, repeats):
                self._read_row(row, replace(place, row=number), mark)
            row_number += repeats

    def _read_row(self, row: Element, place: DocumentPlace, mark: RunMark) -> None:
        column_number = 1
        for cell in iterate_cells(row):
            repeats = count_repeats(cell)
            for number in iterate_numbers(self._collector, column_number, repeats):
                where = replace(place, column=number)
                self._read_blocks(cell, where, mark)
                formula = cell.get("table:formula", "").partition(":")[2]
                self._collector.add(replace(where, heading=self._heading), [Run(formula, RunMark.FORMULA)])
            column_number += repeats

    def _is_heading(self, paragraph: Element) -> bool:
        return paragraph.tag == "text:h" or self._styles.is_title(paragraph.get("text:style-name", ""))


def _iterate_styled(parent: Element) -> Iterator[Element]:
    """Yield the paragraphs and tables of a body, whose styles may start a new kind of page."""
    for child in parent:
        if child.tag in _PARAGRAPHS or child.tag == "table:table":
            yield child
        elif child.tag not in _SKIPPED:
            yield from _iterate_styled(child)
