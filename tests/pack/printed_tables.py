"""What tests read in the tables of the PDF, and reports all of whose reviews are alike."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviews.pack.printed.blocks import Heading, Table

if TYPE_CHECKING:
    from reviews.pack.report import PackReport


def list_rows(blocks: tuple[object, ...], heading: str) -> list[list[list[str]]]:
    """Return the texts of the table beneath a heading: a row's cells, each as its lines."""
    titles = [block.text if isinstance(block, Heading) else None for block in blocks]
    table = next(block for block in blocks[titles.index(heading) :] if isinstance(block, Table))
    return [[[line.text for line in lines] for lines in row] for row in table.rows]


def set_states(report: PackReport, **changes: object) -> PackReport:
    """Return a report all of whose reviews have these members."""
    return replace(report, reviews=tuple(replace(each, **changes) for each in report.reviews))  # type: ignore[arg-type]
