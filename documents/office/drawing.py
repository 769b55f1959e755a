"""Text in DrawingML, which all three kinds of document share: text of shapes and tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from documents.office.alternatives import iterate_chosen
from documents.office.equations import iterate_texts
from documents.passages import Area, Run, RunMark
from documents.xml_names import find_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from documents.collector import PassageCollector
    from documents.package import Relation
    from documents.passages import DocumentPlace

_TEXTS = {"a:t", "m:t"}
_VOLATILE_FIELDS = ("slidenum", "datetime")
"""Of `a:fld`: what a reader's program fills in anew, so a saved value is no content."""


def collect_paragraphs(
    collector: PassageCollector, element: Element, place: DocumentPlace, relations: dict[str, Relation]
) -> None:
    """Collect each paragraph (`a:p`) beneath an element."""
    for each in iterate_chosen(element):
        if each.tag == "a:p":
            collector.add(place, read_paragraph(each, relations))


def collect_shape_links(
    collector: PassageCollector, element: Element, place: DocumentPlace, relations: dict[str, Relation]
) -> None:
    """Collect the addresses that shapes and pictures beneath an element link to."""
    for each in iterate_chosen(element):
        if each.tag.endswith("cNvPr"):
            collector.add(place, _read_link(each.find("a:hlinkClick"), relations))


def read_paragraph(paragraph: Element, relations: dict[str, Relation]) -> Iterator[Run]:
    """Yield the runs of a paragraph (`a:p`)."""
    for child in paragraph:
        if child.tag == "a:br":
            yield Run(" ")
        elif child.tag == "a:fld" and child.get("type", "").startswith(_VOLATILE_FIELDS):
            continue
        else:
            yield from (Run(text) for text in iterate_texts(child, _TEXTS))
            yield from _read_link(find_path(child, "a:rPr", "a:hlinkClick"), relations)


def _read_link(link: Element | None, relations: dict[str, Relation]) -> Iterator[Run]:
    relation = relations.get(link.get("r:id", "")) if link is not None else None
    if relation is not None and relation.is_external:
        yield Run(relation.target, RunMark.LINK)


def collect_table(
    collector: PassageCollector, table: Element, place: DocumentPlace, relations: dict[str, Relation]
) -> None:
    """Collect the cells of a table (`a:tbl`); the place has its number."""
    for row_number, row in enumerate(table.findall("a:tr"), 1):
        for column_number, cell in enumerate(row.findall("a:tc"), 1):
            cell_place = replace(place, area=Area.TABLE, row=row_number, column=column_number)
            collect_paragraphs(collector, cell, cell_place, relations)
