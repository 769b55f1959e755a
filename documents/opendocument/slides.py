"""Text of an OpenDocument presentation: ODP and its templates (OpenDocument 1.3, part 3, 10.2 and 10.9)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from documents.collector import PassageCollector
from documents.opendocument.form_controls import find_controls
from documents.opendocument.shapes import ShapeReader
from documents.opendocument.styles import parse_parts
from documents.passages import Area, DocumentPlace, Passage, Run, RunMark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from xml.etree.ElementTree import Element

    from documents.package import Package

_VOLATILE_CLASSES = {"page-number", "date-time", "header", "page"}
"""What a program fills in by itself: slide number, date, header of the notes, picture of the slide."""

_DECLARATIONS = {"presentation:header-decl": Area.HEADER, "presentation:footer-decl": Area.FOOTER}


def read_opendocument_slides(package: Package) -> list[Passage]:
    """Return the passages of a presentation: slides, their notes and comments; then what is on several.

    Raises:
        UnreadDocument: It is damaged or too large.
    """
    return _SlidesReader(package).read()


class _SlidesReader:
    def __init__(self, package: Package) -> None:
        self._body, self._styles = parse_parts(package, "office:presentation")
        self._collector = PassageCollector()
        self._shapes = ShapeReader(package, self._collector, self._styles, find_controls(self._body))
        self._tables = 0

    def read(self) -> list[Passage]:
        pages = self._body.findall("draw:page")
        for number, page in enumerate(pages, 1):
            self._read_slide(page, DocumentPlace(slide=number))
        for child in self._body:
            fixed_date = (
                child.tag == "presentation:date-time-decl" and child.get("presentation:source") == "fixed"
            )
            area = Area.FOOTER if fixed_date else _DECLARATIONS.get(child.tag)
            if area:
                self._collector.add(DocumentPlace(area), [Run(child.text or "")])
        for name in dict.fromkeys(page.get("draw:master-page-name", "") for page in pages):
            self._read_master(name)
        return self._collector.passages

    def _read_slide(self, page: Element, place: DocumentPlace) -> None:
        self._tables = 0
        is_hidden = self._styles.is_slide_hidden(page.get("draw:style-name", ""))
        mark = RunMark.HIDDEN if is_hidden else RunMark.PLAIN
        first = len(self._collector.passages)
        for shape in _iterate_shapes(page):
            shape_class = shape.get("presentation:class")
            if shape_class == "title":
                self._shapes.collect(shape, replace(place, area=Area.TITLE), mark)
            elif shape_class not in _VOLATILE_CLASSES:
                self._read_shape(shape, place)
        titles = (each for each in self._collector.passages[first:] if each.place.area is Area.TITLE)
        if is_hidden and next(titles, None) is None:
            self._collector.add(replace(place, area=Area.TITLE), [Run("…", RunMark.HIDDEN)])
        self._read_notes(page, place)
        for comment in page.findall("office:annotation"):
            author = comment.findtext("dc:creator", "")
            runs = self._shapes.read_paragraphs(comment)
            self._collector.add(replace(place, area=Area.COMMENT, name=author), runs)

    def _read_shape(self, shape: Element, place: DocumentPlace) -> None:
        if shape.find("table:table") is not None:
            self._tables += 1
            place = replace(place, table=self._tables)
        self._shapes.collect(shape, place)

    def _read_notes(self, page: Element, place: DocumentPlace) -> None:
        for notes in page.findall("presentation:notes"):
            for shape in _iterate_shapes(notes):
                if shape.get("presentation:class") not in _VOLATILE_CLASSES:
                    self._shapes.collect(shape, replace(place, area=Area.NOTES))

    def _read_master(self, name: str) -> None:
        """Read what stands on each slide of a master; a placeholder on it is a hint to authors."""
        for shape in _iterate_shapes(self._styles.master_pages.get(name, ())):
            if shape.get("presentation:class") is None:
                self._shapes.collect(shape, DocumentPlace(Area.MASTER))


def _iterate_shapes(parent: Iterable[Element]) -> Iterator[Element]:
    """Yield the shapes in a tree of groups, in drawing order."""
    for child in parent:
        if child.tag == "draw:g":
            yield from _iterate_shapes(child)
        elif child.tag.startswith("draw:"):
            yield child
