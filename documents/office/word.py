"""Text of a Word document: DOCX, its templates and forms, `.oform` among them (ECMA-376 part 1, 17)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from documents.collector import PassageCollector, clean_runs
from documents.errors import Reason, UnreadDocument
from documents.numbering import parse_number
from documents.office.alternatives import choose_alternatives
from documents.office.charts import collect_charts
from documents.office.word_numbering import WordNumbering
from documents.office.word_runs import (
    ParagraphReader,
    get_change_mark,
    get_field_name,
)
from documents.office.word_styles import is_on, read_styles
from documents.passages import Area, DocumentPlace, Passage, RunMark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from documents.package import Package, Relation

_WRAPPERS = {"w:sdt", "w:sdtContent", "w:customXml", "w:smartTag", "w:ins", "w:del", "w:moveTo", "w:moveFrom"}
_FORMULAS = {"m:oMath", "m:oMathPara"}
_NOTE_AREAS = {
    "footnotes": Area.FOOTNOTE,
    "endnotes": Area.ENDNOTE,
    "comments": Area.COMMENT,
}
_ROW_CHANGES = {"w:ins": RunMark.INSERTED, "w:del": RunMark.DELETED}
_CELL_CHANGES = {"w:cellIns": RunMark.INSERTED, "w:cellDel": RunMark.DELETED}
_TEXTS = {Area.HEADING: Area.BODY, Area.TABLE: Area.BODY, Area.FIELD: Area.BODY}
"""Areas of one text, in which lists are counted on."""

_PAGE_AREAS = {"w:headerReference": Area.HEADER, "w:footerReference": Area.FOOTER}


def read_word(package: Package) -> list[Passage]:
    """Return the passages of a Word document.

    Notes and comments follow the paragraph that refers to them, text boxes the paragraph of their anchor;
    headers and footers come last.

    Raises:
        UnreadDocument: It is damaged or too large.
    """
    names = package.find_related("", "officeDocument")
    if not names:
        raise UnreadDocument(Reason.DAMAGED)
    return _WordReader(package, names[0]).read()


@dataclass(frozen=True, slots=True)
class _Note:
    element: Element
    relations: dict[str, Relation]


class _WordReader:
    def __init__(self, package: Package, name: str) -> None:
        self._package = package
        self._name = name
        self._collector = PassageCollector()
        self._styles = read_styles(package, name)
        self._numbering = WordNumbering(package, name, self._styles)
        self._relations = package.read_relations(name)
        self._notes = {
            (kind, note_id): note for kind in _NOTE_AREAS for note_id, note in self._find_notes(kind)
        }
        self._heading = ""
        self._tables = 0

    def read(self) -> list[Passage]:
        body = self._package.parse(self._name).find("w:body")
        if body is None:
            raise UnreadDocument(Reason.DAMAGED)
        self._read_blocks(body, DocumentPlace(), RunMark.PLAIN)
        for reference in list(self._notes):
            self._read_note(reference, DocumentPlace())
        self._heading = ""
        for name, area in list(self._find_headers(body)):
            self._relations = self._package.read_relations(name)
            self._read_blocks(self._package.parse(name), DocumentPlace(area), RunMark.PLAIN)
        return self._collector.passages

    def _read_blocks(self, parent: Element, place: DocumentPlace, mark: RunMark) -> None:
        for block in parent:
            if block.tag == "w:p":
                self._read_paragraph(block, place, mark)
            elif block.tag == "w:tbl":
                self._read_table(block, place, mark)
            elif block.tag == "w:sdt":
                name = get_field_name(block)
                inner = replace(place, area=Area.FIELD, name=name) if name else place
                for content in block.findall("w:sdtContent"):
                    self._read_blocks(content, inner, mark)
            elif block.tag == "mc:AlternateContent":
                for alternative in choose_alternatives(block):
                    self._read_blocks(alternative, place, mark)
            elif block.tag in _FORMULAS:
                self._read_paragraph(block, place, mark)
            elif block.tag in _WRAPPERS:
                self._read_blocks(block, place, get_change_mark(block) or mark)

    def _read_paragraph(self, paragraph: Element, place: DocumentPlace, mark: RunMark) -> None:
        reader = ParagraphReader(self._styles, self._relations, mark)
        reader.read(paragraph)
        label = self._numbering.count(paragraph, _TEXTS.get(place.area, place.area))
        if place.area is Area.BODY and self._styles.is_heading(paragraph):
            heading = "".join(run.text for run in clean_runs(reader.runs) if run.mark is not RunMark.DELETED)
            self._heading = heading or self._heading
            place = replace(place, area=Area.HEADING)
        place = replace(place, heading=self._heading)
        self._collector.add(place, reader.runs, label=label)
        for name, runs in reader.fields:
            self._collector.add(replace(place, area=Area.FIELD, name=name), runs)
        for text_box in reader.text_boxes:
            self._read_blocks(text_box, replace(place, area=Area.TEXT_BOX), mark)
        for drawing in reader.drawings:
            collect_charts(self._collector, drawing, place, self._package, self._relations)
        for reference in reader.references:
            self._read_note(reference, place)

    def _read_table(self, table: Element, place: DocumentPlace, mark: RunMark) -> None:
        if not place.table:
            self._tables += 1
            area = Area.TABLE if place.area in {Area.BODY, Area.HEADING} else place.area
            place = replace(place, area=area, table=self._tables)
        for row_number, row in enumerate(_iterate_wrapped(table, "w:tr"), 1):
            properties = row.find("w:trPr")
            row_mark = _find_change(properties, _ROW_CHANGES) or mark
            column_number = 1 + _read_count(properties, "w:gridBefore", 0)
            for cell in _iterate_wrapped(row, "w:tc"):
                cell_mark = _find_change(cell.find("w:tcPr"), _CELL_CHANGES) or row_mark
                self._read_blocks(cell, replace(place, row=row_number, column=column_number), cell_mark)
                column_number += _read_count(cell.find("w:tcPr"), "w:gridSpan", 1)

    def _read_note(self, reference: tuple[str, str], anchor: DocumentPlace) -> None:
        note = self._notes.pop(reference, None)
        if note is None:
            return
        area = _NOTE_AREAS[reference[0]]
        author = note.element.get("w:author", "") if area is Area.COMMENT else ""
        outer, self._relations = self._relations, note.relations
        place = replace(anchor, area=area, heading="", name=author)
        self._read_blocks(note.element, place, RunMark.PLAIN)
        self._relations = outer

    def _find_notes(self, kind: str) -> Iterator[tuple[str, _Note]]:
        for name in self._package.find_related(self._name, kind):
            relations = self._package.read_relations(name)
            for element in self._package.parse(name):
                if "eparator" not in element.get("w:type", ""):  # the lines between text and notes
                    yield element.get("w:id", ""), _Note(element, relations)

    def _find_headers(self, body: Element) -> Iterator[tuple[str, Area]]:
        """Yield the parts of headers and footers that are shown, each once.

        A section without one has that of the section before (ECMA-376 part 1, 17.10).
        """
        shown: dict[str, Area] = {}
        current: dict[tuple[Area, str], str] = {}
        page_types = {"default", "even"} if self._has_even_pages() else {"default"}
        for section in body.iter("w:sectPr"):
            for reference in section:
                area = _PAGE_AREAS.get(reference.tag)
                if area:
                    relation = self._relations.get(reference.get("r:id", ""))
                    if relation is None or relation.target not in self._package:
                        raise UnreadDocument(Reason.DAMAGED)
                    current[area, reference.get("w:type", "default")] = relation.target
            section_types = page_types | ({"first"} if is_on(section, "w:titlePg") else set())
            shown |= {name: area for (area, kind), name in current.items() if kind in section_types}
        yield from shown.items()

    def _has_even_pages(self) -> bool:
        names = self._package.find_related(self._name, "settings")
        return any(is_on(self._package.parse(name), "w:evenAndOddHeaders") for name in names)


def _find_change(properties: Element | None, changes: dict[str, RunMark]) -> RunMark | None:
    """Return the mark of a row or cell that was inserted or deleted as a tracked change."""
    if properties is None:
        return None
    return next((mark for tag, mark in changes.items() if properties.find(tag) is not None), None)


def _read_count(properties: Element | None, tag: str, default: int) -> int:
    """Return over how many columns of the grid something goes (ECMA-376 part 1, 17.4.14 and 17.4.17)."""
    count = properties.find(tag) if properties is not None else None
    return max(parse_number(count.get("w:val"), default), default) if count is not None else default


def _iterate_wrapped(parent: Element, tag: str) -> Iterator[Element]:
    """Yield the children with a tag, those in content controls and the like included."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _iterate_wrapped(child, tag)
