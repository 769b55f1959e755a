"""Text of a presentation: PPTX, PPSX, PPTM (ECMA-376 part 1, 19)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from documents.collector import PassageCollector
from documents.errors import Reason, UnreadDocument
from documents.office.alternatives import choose_alternatives
from documents.office.charts import collect_charts
from documents.office.drawing import collect_shape_links, collect_table, read_paragraph
from documents.office.slide_numbering import PlaceholderStyles, ShapeNumbering
from documents.passages import Area, DocumentPlace, Passage, Run, RunMark
from documents.xml_names import find_path, iterate_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from xml.etree.ElementTree import Element

    from documents.package import Package, Relation

_TITLES = {"title", "ctrTitle"}
_VOLATILE_PLACEHOLDERS = {"sldNum", "dt", "sldImg", "hdr"}
"""What a program fills in by itself: slide number, date, picture of the slide, header of the notes."""

_MODERN_COMMENTS = {"p188:cm", "p188:reply"}  # [MS-PPTX] 2.6.10
_OFF = {"0", "false"}


def read_presentation(package: Package) -> list[Passage]:
    """Return the passages of a presentation: each slide with its notes and comments, then the masters.

    Raises:
        UnreadDocument: It is damaged or too large.
    """
    names = package.find_related("", "officeDocument")
    if not names:
        raise UnreadDocument(Reason.DAMAGED)
    return _PresentationReader(package, names[0]).read()


class _PresentationReader:
    def __init__(self, package: Package, name: str) -> None:
        self._package = package
        self._name = name
        self._collector = PassageCollector()
        self._authors = self._read_authors()
        self._tables = 0
        self._shapes = 0
        self._styles = PlaceholderStyles(package)

    def read(self) -> list[Passage]:
        presentation = self._package.parse(self._name)
        relations = self._package.read_relations(self._name)
        for number, slide in enumerate(iterate_path(presentation, "p:sldIdLst", "p:sldId"), 1):
            relation = relations.get(slide.get("r:id", ""))
            if relation is None or relation.target not in self._package:
                raise UnreadDocument(Reason.DAMAGED)
            self._read_slide(relation.target, DocumentPlace(slide=number))
        for name in self._iterate_masters():
            self._read_shapes(name, DocumentPlace(Area.MASTER), placeholders=False, mark=RunMark.PLAIN)
        return self._collector.passages

    def _read_slide(self, name: str, place: DocumentPlace) -> None:
        self._tables = 0
        is_shown = self._package.parse(name).get("show", "1") not in _OFF
        first = len(self._collector.passages)
        self._read_shapes(name, place, placeholders=True, mark=RunMark.PLAIN if is_shown else RunMark.HIDDEN)
        titles = (each for each in self._collector.passages[first:] if each.place.area is Area.TITLE)
        if not is_shown and next(titles, None) is None:
            self._collector.add(replace(place, area=Area.TITLE), [Run("…", RunMark.HIDDEN)])
        for notes_name in self._package.find_related(name, "notesSlide"):
            self._read_shapes(
                notes_name, replace(place, area=Area.NOTES), placeholders=True, mark=RunMark.PLAIN
            )
        for comments_name in self._package.find_related(name, "comments"):
            self._read_comments(comments_name, place)

    def _read_shapes(self, name: str, place: DocumentPlace, *, placeholders: bool, mark: RunMark) -> None:
        """Read the shapes of a slide, of its notes or of a master.

        Args:
            placeholders: Whether their text counts; on a master it is a hint to authors.
            mark: Of the title: a slide is hidden by it.
        """
        relations = self._package.read_relations(name)
        tree = find_path(self._package.parse(name), "p:cSld", "p:spTree")
        if tree is None:
            return
        for shape in _iterate_shapes(tree):
            if shape.tag == "p:graphicFrame":
                self._read_frame(shape, place, relations)
                continue
            kind = _get_placeholder(shape)
            if kind in _VOLATILE_PLACEHOLDERS or (kind is not None and not placeholders):
                continue
            is_title = kind in _TITLES and place.area is Area.BODY
            where = replace(place, area=Area.TITLE) if is_title else place
            numbering = ShapeNumbering(shape, self._shapes, self._styles.find(shape, name))
            self._shapes += 1
            shape_mark = mark if is_title else RunMark.PLAIN
            for paragraph in iterate_path(shape, "p:txBody", "a:p"):
                runs = _mark_runs(read_paragraph(paragraph, relations), shape_mark)
                label = numbering.count(paragraph) if runs else None
                self._collector.add(where, runs, label=label)
        collect_shape_links(self._collector, tree, place, relations)

    def _read_frame(self, frame: Element, place: DocumentPlace, relations: dict[str, Relation]) -> None:
        for table in frame.iter("a:tbl"):
            self._tables += 1
            collect_table(self._collector, table, replace(place, table=self._tables), relations)
        collect_charts(self._collector, frame, place, self._package, relations)

    def _read_comments(self, name: str, place: DocumentPlace) -> None:
        root = self._package.parse(name)
        for comment in root.iter("p:cm"):
            author = self._authors.get(comment.get("authorId", ""), "")
            text = "".join(each.text or "" for each in comment.iter("p:text"))
            self._collector.add(replace(place, area=Area.COMMENT, name=author), [Run(text)])
        for comment in root.iter():
            if comment.tag in _MODERN_COMMENTS:
                author = self._authors.get(comment.get("authorId", ""), "")
                for paragraph in iterate_path(comment, "p188:txBody", "a:p"):
                    where = replace(place, area=Area.COMMENT, name=author)
                    self._collector.add(where, read_paragraph(paragraph, {}))

    def _read_authors(self) -> dict[str, str]:
        return {
            author.get("id", ""): author.get("name", "")
            for kind in ("commentAuthors", "authors")
            for name in self._package.find_related(self._name, kind)
            for author in self._package.parse(name)
        }

    def _iterate_masters(self) -> Iterator[str]:
        """Yield the parts whose own text stands on slides: masters, and the layouts of each."""
        for master in self._package.find_related(self._name, "slideMaster"):
            yield master
            yield from self._package.find_related(master, "slideLayout")


def _iterate_shapes(parent: Iterable[Element]) -> Iterator[Element]:
    """Yield the shapes in a tree of groups, in drawing order."""
    for child in parent:
        if child.tag in {"p:sp", "p:graphicFrame", "p:cxnSp"}:
            yield child
        elif child.tag == "p:grpSp":
            yield from _iterate_shapes(child)
        elif child.tag == "mc:AlternateContent":
            for alternative in choose_alternatives(child):
                yield from _iterate_shapes(alternative)


def _get_placeholder(shape: Element) -> str | None:
    """Return the type of placeholder that a shape fills, else None (ECMA-376 part 1, 19.3.1.36)."""
    placeholder = find_path(shape, "p:nvSpPr", "p:nvPr", "p:ph")
    return None if placeholder is None else placeholder.get("type", "obj")


def _mark_runs(runs: Iterable[Run], mark: RunMark) -> list[Run]:
    return [Run(run.text, mark if run.mark is RunMark.PLAIN else run.mark) for run in runs]
