"""The exceptions: one list for each kind, with where to find those that are not printed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from reviews.language import _, format_number, ngettext
from reviews.pack.figures import MIN_RAPID_ANSWERS, RAPID_GAP
from reviews.pack.printed.blocks import NO_VALUE, Column, Heading, Line, Paragraph, Table
from reviews.pack.printed.cells import build_cell
from reviews.pack.printed.exception_rows import (
    list_given_up,
    list_gone,
    list_lapsed,
    list_late,
    list_open,
    list_own_changes,
    list_rapid_runs,
    list_sent_back,
    list_superseded,
    list_unanswered,
    list_withdrawn,
)
from reviews.pack.printed.formats import format_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.pack.printed.blocks import Block, Cell
    from reviews.pack.report import PackReport

MAX_ROWS = 100
"""Of each list; population.csv has all reviews, and entries.jsonl all answers."""
_TIME, _TIME_SHORT = 92, 80


class Unit(Enum):
    """What a row of a list is."""

    REVIEWS = auto()
    ANSWERS = auto()
    RUNS = auto()


@dataclass(frozen=True, kw_only=True)
class ExceptionList:
    """One kind of exception, with a row for each."""

    key: str
    heading: str
    meaning: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]
    unit: Unit


def build_exceptions(report: PackReport) -> tuple[Block, ...]:
    """Return how many exceptions there are of each kind, and a list of each kind that there is."""
    lists = (*_list_about_answers(report), *_list_about_deadlines(report), *_list_about_ends(report))
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
            "{count} more is not printed: all reviews are in population.csv, all answers in entries.jsonl.",
            "{count} more are not printed: all reviews are in population.csv, all answers in entries.jsonl.",
            omitted,
        )
        blocks.append(Paragraph(text=sentence.format(count=format_number(omitted)), is_quiet=True))
    return blocks


def _build_review_column() -> Column:
    return Column(heading=_("Review"), share=5)


def _build_time_column(heading: str) -> Column:
    return Column(heading=heading, fixed=_TIME)


def _build_people_column(heading: str) -> Column:
    return Column(heading=heading, share=3)


def _list_about_answers(report: PackReport) -> tuple[ExceptionList, ...]:
    return (
        ExceptionList(
            key="own-changes",
            heading=_("Own changes"),
            meaning=_("Answers by people who had contributed to the change that they answered."),
            columns=(
                _build_review_column(),
                _build_people_column(_("Person")),
                Column(heading=_("Answer"), fixed=88),
                _build_time_column(_("Answered")),
                Column(heading=_("Entry"), fixed=44, align="right"),
            ),
            rows=list_own_changes(report),
            unit=Unit.ANSWERS,
        ),
        ExceptionList(
            key="rapid-runs",
            heading=_("In quick succession"),
            meaning=_(
                "At least {count} acknowledgements by one person, each within {time} after the one before: "
                "too soon to read a document."
            ).format(
                count=format_number(MIN_RAPID_ANSWERS), time=format_seconds(int(RAPID_GAP.total_seconds()))
            ),
            columns=(
                _build_people_column(_("Person")),
                _build_time_column(_("Began")),
                Column(heading=_("Reviews"), fixed=54, align="right"),
                Column(heading=_("Took"), fixed=50, align="right"),
                Column(heading=_("Shortest"), fixed=58, align="right"),
                Column(heading=_("Documents"), share=4),
            ),
            rows=list_rapid_runs(report),
            unit=Unit.RUNS,
        ),
        ExceptionList(
            key="withdrawn",
            heading=_("Withdrawn answers"),
            meaning=_("Answers that were taken back by the person who gave them."),
            columns=(
                _build_review_column(),
                _build_people_column(_("Person")),
                _build_time_column(_("Answered")),
                _build_time_column(_("Withdrawn")),
            ),
            rows=list_withdrawn(report),
            unit=Unit.ANSWERS,
        ),
        ExceptionList(
            key="changes-requested",
            heading=_("Changes requested"),
            meaning=_("Documents that were sent back."),
            columns=(
                _build_review_column(),
                _build_people_column(_("Person")),
                _build_time_column(_("Answered")),
                Column(heading=_("Note"), share=4),
            ),
            rows=list_sent_back(report),
            unit=Unit.REVIEWS,
        ),
    )


def _list_about_deadlines(report: PackReport) -> tuple[ExceptionList, ...]:
    return (
        ExceptionList(
            key="late",
            heading=_("Late"),
            meaning=_("Reviews that were settled after their deadline, the latest first."),
            columns=(
                _build_review_column(),
                _build_time_column(_("Due")),
                _build_time_column(_("Settled")),
                Column(heading=_("Late by"), fixed=70, align="right"),
            ),
            rows=list_late(report),
            unit=Unit.REVIEWS,
        ),
        ExceptionList(
            key="lapsed",
            heading=_("Lapsed"),
            meaning=_("Reviews whose deadline passed without enough answers, whatever came later."),
            columns=(
                _build_review_column(),
                _build_people_column(_("Owner")),
                _build_time_column(_("Due")),
                Column(heading=_("Status"), fixed=_TIME_SHORT),
            ),
            rows=list_lapsed(report),
            unit=Unit.REVIEWS,
        ),
        ExceptionList(
            key="open",
            heading=_("Open"),
            meaning=_("Reviews that were not answered up to the checkpoint, the oldest first."),
            columns=(
                _build_review_column(),
                _build_people_column(_("Owner")),
                _build_time_column(_("Opened")),
                _build_time_column(_("Due")),
            ),
            rows=list_open(report),
            unit=Unit.REVIEWS,
        ),
    )


def _list_about_ends(report: PackReport) -> tuple[ExceptionList, ...]:
    return (
        ExceptionList(
            key="superseded",
            heading=_("Superseded without an answer"),
            meaning=_("Reviews whose duty a bulk review took over before they were answered."),
            columns=(
                _build_review_column(),
                _build_people_column(_("Owner")),
                _build_time_column(_("Opened")),
                Column(heading=_("Superseded by"), fixed=_TIME_SHORT),
            ),
            rows=list_superseded(report),
            unit=Unit.REVIEWS,
        ),
        ExceptionList(
            key="unanswered",
            heading=_("Revisions without an answer"),
            meaning=_("Reviews in which a newer revision or the end of the document came before the answer."),
            columns=(
                _build_review_column(),
                _build_people_column(_("Owner")),
                Column(heading=_("Revisions"), fixed=62, align="right"),
                Column(heading=_("Status"), fixed=_TIME_SHORT),
            ),
            rows=list_unanswered(report),
            unit=Unit.REVIEWS,
        ),
        ExceptionList(
            key="gone",
            heading=_("Document gone"),
            meaning=_(
                "Reviews whose document was deleted or moved away while they were open, and is not back."
            ),
            columns=(
                _build_review_column(),
                _build_people_column(_("Owner")),
                _build_time_column(_("Opened")),
                Column(heading=_("Status"), fixed=_TIME_SHORT),
            ),
            rows=list_gone(report),
            unit=Unit.REVIEWS,
        ),
        ExceptionList(
            key="given-up",
            heading=_("Not delivered"),
            meaning=_("Reviews of which a card or notice did not reach its channel."),
            columns=(
                _build_review_column(),
                _build_people_column(_("Owner")),
                Column(heading=_("Messages"), fixed=66, align="right"),
                Column(heading=_("Status"), fixed=_TIME_SHORT),
            ),
            rows=list_given_up(report),
            unit=Unit.REVIEWS,
        ),
    )
