"""The exceptions: one list for each kind, with where to find those that are not printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.language import _, format_number, ngettext
from reviews.pack.file_names import ENTRIES, POPULATION
from reviews.pack.printed.blocks import NO_VALUE, Column, Heading, Line, Paragraph, Table
from reviews.pack.printed.cells import build_cell
from reviews.pack.printed.exception_lists import Unit, list_exceptions

if TYPE_CHECKING:
    from reviews.pack.printed.blocks import Block, Cell
    from reviews.pack.printed.exception_lists import ExceptionList
    from reviews.pack.report import PackReport

MAX_ROWS = 100
"""Of each list; population.csv has all reviews, and entries.jsonl all answers."""


def build_exceptions(report: PackReport) -> tuple[Block, ...]:
    """Return how many exceptions there are of each kind, and a list of each kind that there is."""
    lists = list_exceptions(report)
    return (
        Heading(text=_("Exceptions")),
        Table(
            columns=(
                Column(heading=_("Exception")),
                Column(heading=_("Number"), fixed=90, align="right"),
                Column(heading=_("Page"), fixed=50, align="right"),
            ),
            rows=tuple(map(_build_overview_row, lists)),
            is_whole=True,
        ),
        *(block for each in lists if each.rows for block in _build_list(each)),
    )


def _build_overview_row(each: ExceptionList) -> tuple[Cell, ...]:
    name = (Line(text=each.heading, style="strong"), Line(text=each.meaning, style="small"))
    if not each.rows:
        return name, build_cell(_("None")), build_cell(NO_VALUE)
    return name, build_cell(_count_rows(each)), (Line(page_of=each.key),)


def _count_rows(each: ExceptionList) -> str:
    count = len(each.rows)
    sentences = {
        Unit.REVIEWS: ngettext("{count} review", "{count} reviews", count),
        Unit.ANSWERS: ngettext("{count} answer", "{count} answers", count),
        Unit.RUNS: ngettext("{count} run", "{count} runs", count),
    }
    return sentences[each.unit].format(count=format_number(count))


def _build_list(each: ExceptionList) -> list[Block]:
    blocks: list[Block] = [
        Heading(text=each.heading, level=2, key=each.key),
        Paragraph(text=each.meaning, is_quiet=True),
        Table(columns=each.columns, rows=tuple(each.rows[:MAX_ROWS])),
    ]
    omitted = len(each.rows) - MAX_ROWS
    if omitted > 0:
        sentence = ngettext(
            "{count} more is not printed: all reviews are in {population}, all answers in {entries}.",
            "{count} more are not printed: all reviews are in {population}, all answers in {entries}.",
            omitted,
        )
        text = sentence.format(count=format_number(omitted), population=POPULATION, entries=ENTRIES)
        blocks.append(Paragraph(text=text, is_quiet=True))
    return blocks
