"""Text in DrawingML, which all three kinds of document share: text of shapes, tables, charts, diagrams."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from documents.passages import Area, Mark, Run
from documents.xml_names import find_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from documents.collector import PassageCollector
    from documents.package import Package, Relation
    from documents.passages import Place

_VOLATILE_FIELDS = ("slidenum", "datetime")
"""Of `a:fld`: what a reader's program fills in anew, so a saved value is no content."""


def collect_paragraphs(
    collector: PassageCollector, element: Element, place: Place, relations: dict[str, Relation]
) -> None:
    """Collect each paragraph (`a:p`) beneath an element."""
    for paragraph in element.iter("a:p"):
        collector.add(place, read_paragraph(paragraph, relations))


def read_paragraph(paragraph: Element, relations: dict[str, Relation]) -> Iterator[Run]:
    """Yield the runs of a paragraph (`a:p`)."""
    for child in paragraph:
        if child.tag == "a:br":
            yield Run(" ")
        elif child.tag == "a:fld" and child.get("type", "").startswith(_VOLATILE_FIELDS):
            continue
        else:
            yield from (Run(text) for text in _iterate_texts(child))
            yield from _read_link(child, relations)


def _iterate_texts(element: Element) -> Iterator[str]:
    return (each.text for each in element.iter() if each.tag in {"a:t", "m:t"} and each.text)


def _read_link(run: Element, relations: dict[str, Relation]) -> Iterator[Run]:
    link = find_path(run, "a:rPr", "a:hlinkClick")
    relation = relations.get(link.get("r:id", "")) if link is not None else None
    if relation is not None and relation.is_external:
        yield Run(relation.target, Mark.LINK)


def collect_table(
    collector: PassageCollector, table: Element, place: Place, relations: dict[str, Relation]
) -> None:
    """Collect the cells of a table (`a:tbl`); the place has its number."""
    for row_number, row in enumerate(table.findall("a:tr"), 1):
        for column_number, cell in enumerate(row.findall("a:tc"), 1):
            cell_place = replace(place, area=Area.TABLE, row=row_number, column=column_number)
            collect_paragraphs(collector, cell, cell_place, relations)


def collect_charts(
    collector: PassageCollector,
    drawing: Element,
    place: Place,
    package: Package,
    relations: dict[str, Relation],
) -> None:
    """Collect the charts (`c:chart`) and diagrams (`dgm:relIds`) that a drawing refers to."""
    for each in drawing.iter():
        if each.tag == "c:chart":
            relation = relations.get(each.get("r:id", ""))
            if relation is not None and relation.target in package:
                _collect_chart(collector, package.parse(relation.target), replace(place, area=Area.CHART))
        elif each.tag == "dgm:relIds":
            relation = relations.get(each.get("r:dm", ""))
            if relation is not None and relation.target in package:
                diagram = package.parse(relation.target)
                collect_paragraphs(collector, diagram, replace(place, area=Area.TEXT_BOX), {})


def _collect_chart(collector: PassageCollector, chart: Element, place: Place) -> None:
    collect_paragraphs(collector, chart, place, {})
    for series in chart.iter("c:ser"):
        collector.add(place, [Run(", ".join(_iterate_values(series, "c:tx")))])
        categories = list(_iterate_values(series, "c:cat")) or list(_iterate_values(series, "c:xVal"))
        values = list(_iterate_values(series, "c:val")) or list(_iterate_values(series, "c:yVal"))
        for position, value in enumerate(values):
            label = f"{categories[position]}: " if position < len(categories) else ""
            collector.add(place, [Run(label + value)])


def _iterate_values(series: Element, tag: str) -> Iterator[str]:
    holder = series.find(tag)
    if holder is not None:
        yield from (each.text for each in holder.iter("c:v") if each.text)
