"""The lists of exceptions: what each kind means, and its columns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from reviews.language import _, format_number
from reviews.pack.figures import MIN_RAPID_ANSWERS, RAPID_GAP
from reviews.pack.file_names import POPULATION
from reviews.pack.printed.blocks import Column
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

    from reviews.pack.printed.blocks import Cell
    from reviews.pack.report import PackReport

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


def list_exceptions(report: PackReport) -> tuple[ExceptionList, ...]:
    """Return a list of each kind, also of those that did not occur."""
    return (
        _build_own_changes(report),
        _build_rapid_runs(report),
        _build_withdrawn(report),
        _build_changes_requested(report),
        _build_late(report),
        _build_lapsed(report),
        _build_open(report),
        _build_superseded(report),
        _build_unanswered(report),
        _build_gone(report),
        _build_given_up(report),
    )


def _build_review_column() -> Column:
    return Column(heading=_("Review"), share=5)


def _build_time_column(heading: str) -> Column:
    return Column(heading=heading, fixed=_TIME)


def _build_people_column(heading: str) -> Column:
    return Column(heading=heading, share=3)


def _build_own_changes(report: PackReport) -> ExceptionList:
    return ExceptionList(
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
    )


def _build_rapid_runs(report: PackReport) -> ExceptionList:
    return ExceptionList(
        key="rapid-runs",
        heading=_("In quick succession"),
        meaning=_(
            "At least {count} acknowledgements by one person, each within {time} after the one before: "
            "too soon to read a document. {population} has the number of the run at each of its reviews."
        ).format(
            count=format_number(MIN_RAPID_ANSWERS),
            time=format_seconds(int(RAPID_GAP.total_seconds())),
            population=POPULATION,
        ),
        columns=(
            Column(heading=_("Run"), fixed=30, align="right"),
            _build_people_column(_("Person")),
            _build_time_column(_("Began")),
            Column(heading=_("Reviews"), fixed=54, align="right"),
            Column(heading=_("Took"), fixed=50, align="right"),
            Column(heading=_("Shortest"), fixed=58, align="right"),
            Column(heading=_("Documents"), share=4),
        ),
        rows=list_rapid_runs(report),
        unit=Unit.RUNS,
    )


def _build_withdrawn(report: PackReport) -> ExceptionList:
    return ExceptionList(
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
    )


def _build_changes_requested(report: PackReport) -> ExceptionList:
    return ExceptionList(
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
    )


def _build_late(report: PackReport) -> ExceptionList:
    return ExceptionList(
        key="late",
        heading=_("Late"),
        meaning=_("Reviews that were settled after the deadline of their last revision, the latest first."),
        columns=(
            _build_review_column(),
            _build_time_column(_("Due")),
            _build_time_column(_("Settled")),
            Column(heading=_("Late by"), fixed=70, align="right"),
        ),
        rows=list_late(report),
        unit=Unit.REVIEWS,
    )


def _build_lapsed(report: PackReport) -> ExceptionList:
    return ExceptionList(
        key="lapsed",
        heading=_("Lapsed"),
        meaning=_(
            "Reviews that did not have enough answers when the last step was taken, whatever came later."
        ),
        columns=(
            _build_review_column(),
            _build_people_column(_("Owner")),
            _build_time_column(_("Due")),
            _build_time_column(_("Last step")),
            Column(heading=_("Status"), fixed=_TIME_SHORT),
        ),
        rows=list_lapsed(report),
        unit=Unit.REVIEWS,
    )


def _build_open(report: PackReport) -> ExceptionList:
    return ExceptionList(
        key="open",
        heading=_("Open"),
        meaning=_(
            "Reviews that were not answered by as many people as the route requires up to the checkpoint, "
            "the oldest first."
        ),
        columns=(
            _build_review_column(),
            _build_people_column(_("Owner")),
            _build_time_column(_("Opened")),
            _build_time_column(_("Due")),
        ),
        rows=list_open(report),
        unit=Unit.REVIEWS,
    )


def _build_superseded(report: PackReport) -> ExceptionList:
    return ExceptionList(
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
    )


def _build_unanswered(report: PackReport) -> ExceptionList:
    return ExceptionList(
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
    )


def _build_gone(report: PackReport) -> ExceptionList:
    return ExceptionList(
        key="gone",
        heading=_("Document gone"),
        meaning=_("Reviews whose document was deleted or moved away while they were open, and is not back."),
        columns=(
            _build_review_column(),
            _build_people_column(_("Owner")),
            _build_time_column(_("Opened")),
            Column(heading=_("Status"), fixed=_TIME_SHORT),
        ),
        rows=list_gone(report),
        unit=Unit.REVIEWS,
    )


def _build_given_up(report: PackReport) -> ExceptionList:
    return ExceptionList(
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
    )
