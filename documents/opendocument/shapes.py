"""Text of shapes that stand on a sheet or a slide, in no paragraph."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from documents.opendocument.changes import Changes
from documents.opendocument.objects import collect_objects
from documents.opendocument.tables import count_repeats, iterate_cells, iterate_numbers, iterate_rows
from documents.opendocument.text_runs import OpenDocumentParagraph
from documents.passages import Area, Run, RunMark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from documents.collector import PassageCollector
    from documents.opendocument.styles import OpenDocumentStyles
    from documents.package import Package
    from documents.passages import DocumentPlace

_PARAGRAPHS = {"text:p", "text:h"}
_ASIDES = {"office:annotation", "presentation:notes", "office:forms", "svg:title", "svg:desc", "draw:image"}


class ShapeReader:
    """Collects the text of shapes: paragraphs, tables, form fields, charts."""

    def __init__(
        self,
        package: Package,
        collector: PassageCollector,
        styles: OpenDocumentStyles,
        controls: dict[str, Element],
    ) -> None:
        self._package = package
        self._collector = collector
        self._styles = styles
        self._controls = controls
        self._changes = Changes()

    def collect(self, shape: Element, place: DocumentPlace, mark: RunMark = RunMark.PLAIN) -> None:
        """Collect the text of one shape or of a group of shapes.

        Args:
            shape: Any element; the text of tables, objects and controls in it is collected, too.
            place: Of its paragraphs; with the number of its table, if it has one.
            mark: Of text that has none of its own.
        """
        if shape.tag in _PARAGRAPHS:
            self._collect_paragraph(shape, place, mark)
        elif shape.tag == "table:table":
            self._collect_table(shape, replace(place, area=Area.TABLE))
        elif shape.tag == "text:list":
            self._collect_list(shape, place, mark)
        elif shape.tag == "draw:object":
            collect_objects(self._collector, [shape], place, self._package)
        elif shape.tag == "draw:control":
            reader = self._make_reader(mark)
            reader.read_shape(shape)
            self._collect_fields(reader, place)
        elif shape.tag not in _ASIDES:
            for child in shape:
                self.collect(child, place, mark)

    def read_paragraphs(self, parent: Element) -> list[Run]:
        """Return the text of the paragraphs of a cell or comment as one."""
        runs: list[Run] = []
        for paragraph in iterate_paragraphs(parent):
            reader = self._make_reader(RunMark.PLAIN)
            reader.read(paragraph)
            runs += [Run(" "), *reader.runs]
        return runs

    def _make_reader(self, mark: RunMark) -> OpenDocumentParagraph:
        return OpenDocumentParagraph(self._styles, self._controls, self._changes, mark)

    def _collect_paragraph(self, paragraph: Element, place: DocumentPlace, mark: RunMark) -> None:
        reader = self._make_reader(mark)
        reader.read(paragraph)
        self._collector.add(place, reader.runs, label=self._styles.numbering.count(paragraph))
        self._collect_fields(reader, place)
        for text_box in reader.text_boxes:
            self.collect(text_box, place, mark)

    def _collect_list(self, element: Element, place: DocumentPlace, mark: RunMark) -> None:
        numbering = self._styles.numbering
        numbering.open_list(element)
        for child in element:
            if child.tag == "text:list-item":
                numbering.open_item(child)
            self.collect(child, place, mark)
        numbering.open_lists.pop()

    def _collect_fields(self, reader: OpenDocumentParagraph, place: DocumentPlace) -> None:
        for name, runs in reader.fields:
            self._collector.add(replace(place, area=Area.FIELD, name=name), runs)

    def _collect_table(self, table: Element, place: DocumentPlace) -> None:
        row_number = 1
        for row in iterate_rows(table):
            for number in iterate_numbers(self._collector, row_number, count_repeats(row)):
                self._collect_row(row, replace(place, row=number))
            row_number += count_repeats(row)

    def _collect_row(self, row: Element, place: DocumentPlace) -> None:
        column_number = 1
        for cell in iterate_cells(row):
            for number in iterate_numbers(self._collector, column_number, count_repeats(cell)):
                for child in cell:
                    self.collect(child, replace(place, column=number))
            column_number += count_repeats(cell)


def iterate_paragraphs(parent: Element) -> Iterator[Element]:
    """Yield the paragraphs of a cell or comment, those in lists included, but not those of shapes in it."""
    for child in parent:
        if child.tag in _PARAGRAPHS:
            yield child
        elif child.tag in {"text:list", "text:list-item", "text:list-header"}:
            yield from iterate_paragraphs(child)
