"""Charts, formulas and documents that are embedded in an OpenDocument file as parts of their own."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from documents.opendocument.equations import iterate_equation
from documents.opendocument.tables import iterate_cells, iterate_rows
from documents.passages import Area, Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from xml.etree.ElementTree import Element

    from documents.collector import PassageCollector
    from documents.package import Package
    from documents.passages import DocumentPlace

_NO_NUMBER = "NaN"  # in a chart, a cell without a value


def collect_objects(
    collector: PassageCollector, objects: Iterable[Element], place: DocumentPlace, package: Package
) -> None:
    """Collect the text of embedded objects (`draw:object`): charts, formulas, other documents."""
    for each in objects:
        name = posixpath.normpath(posixpath.join(each.get("xlink:href", ""), "content.xml"))
        for root in (package.parse(name),) if name in package else each:
            _collect_object(collector, root, place)


def _collect_object(collector: PassageCollector, root: Element, place: DocumentPlace) -> None:
    chart = next(root.iter("chart:chart"), None)
    if chart is not None:
        _collect_chart(collector, chart, replace(place, area=Area.CHART))
    elif root.tag == "math:math":
        collector.add(place, [Run(" ".join(filter(None, iterate_equation(root))))])
    else:
        for paragraph in root.iter("text:p"):
            collector.add(replace(place, area=Area.TEXT_BOX), [Run("".join(paragraph.itertext()))])


def _collect_chart(collector: PassageCollector, chart: Element, place: DocumentPlace) -> None:
    """Collect titles, then each series as of other formats: its name, and each value behind its category."""
    for element in chart.iter():
        if element.tag in {"chart:title", "chart:subtitle", "chart:footer"}:
            collector.add(place, [Run("".join(element.itertext()))])
    for table in chart.iter("table:table"):
        rows = [[_read_cell(cell) for cell in iterate_cells(row)] for row in iterate_rows(table)]
        for texts in _iterate_series(rows):
            collector.add(place, [Run(texts)])


def _iterate_series(rows: list[list[str]]) -> Iterator[str]:
    head = rows[0] if rows else []
    for column in range(1, len(head)):
        yield head[column]
        for row in rows[1:]:
            if column < len(row) and row[column]:
                yield f"{row[0]}: {row[column]}" if row[0] else row[column]


def _read_cell(cell: Element) -> str:
    paragraphs = cell.findall("text:p")
    text = " ".join("".join(each.itertext()) for each in paragraphs).strip()
    return "" if text == _NO_NUMBER else text
