"""Text of charts and diagrams, which all three kinds of document share (ECMA-376 part 1, 21.2 and 21.4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from documents.errors import Reason, UnreadDocument
from documents.office.drawing import collect_paragraphs
from documents.passages import Area, Run
from documents.xml_names import iterate_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from documents.collector import PassageCollector
    from documents.package import Package, Relation
    from documents.passages import DocumentPlace

_CHARTS = {"c:chart", "cx:chart"}
_VALUES = ("c:val", "c:yVal", "c:bubbleSize")
_CATEGORIES = ("c:cat", "c:xVal")


def collect_charts(
    collector: PassageCollector,
    drawing: Element,
    place: DocumentPlace,
    package: Package,
    relations: dict[str, Relation],
) -> None:
    """Collect the charts (`c:chart`, `cx:chart`) and diagrams (`dgm:relIds`) that a drawing refers to.

    Raises:
        UnreadDocument: One of them is missing or damaged.
    """
    for each in drawing.iter():
        if each.tag in _CHARTS and each.get("r:id"):
            name = _find_target(each.get("r:id", ""), package, relations)
            where = replace(place, area=Area.CHART)
            _collect_chart(collector, package.parse(name), where)
            for shapes in package.find_related(name, "chartUserShapes"):
                collect_paragraphs(collector, package.parse(shapes), where, {})
        elif each.tag == "dgm:relIds":
            name = _find_target(each.get("r:dm", ""), package, relations)
            collect_paragraphs(collector, package.parse(name), replace(place, area=Area.TEXT_BOX), {})


def _find_target(relation_id: str, package: Package, relations: dict[str, Relation]) -> str:
    relation = relations.get(relation_id)
    if relation is None or relation.target not in package:
        raise UnreadDocument(Reason.DAMAGED)
    return relation.target


def _collect_chart(collector: PassageCollector, chart: Element, place: DocumentPlace) -> None:
    collect_paragraphs(collector, chart, place, {})
    for title in chart.iter("c:title"):
        collector.add(place, [Run(" ".join(_read_points(title, ("c:tx",)).values()))])
    for series in chart.iter("c:ser"):
        collector.add(place, [Run(", ".join(_read_points(series, ("c:tx",)).values()))])
        categories = _read_points(series, _CATEGORIES)
        for tag in _VALUES:
            for position, value in _read_points(series, (tag,)).items():
                label = f"{categories[position]}: " if position in categories else ""
                collector.add(place, [Run(label + value)])
    for text in _iterate_extended_texts(chart):
        collector.add(place, [Run(text)])


def _read_points(parent: Element, tags: tuple[str, ...]) -> dict[str, str]:
    """Return the saved texts of the first of some elements that has any, by their index."""
    for tag in tags:
        points: dict[str, str] = {}
        for holder in parent.findall(tag):
            for point in holder.iter():
                if point.tag in {"c:pt", "c:tx"}:
                    text = " ".join(value.text or "" for value in iterate_path(point, "c:v"))
                    key = point.get("idx", "")
                    if text:  # of several levels of categories, the innermost comes first
                        points[key] = f"{text}, {points[key]}" if key in points else text
        if points:
            return points
    return {}


def _iterate_extended_texts(chart: Element) -> Iterator[str]:
    """Yield titles and data of a chart of the kinds that came with Office 2016 ([MS-ODRAWXML] 2.24.3)."""
    yield from (each.text or "" for each in chart.iter("cx:v"))
    yield from (each.text or "" for each in chart.iter("cx:pt"))
