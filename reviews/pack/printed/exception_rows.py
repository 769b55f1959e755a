"""The rows of each list of exceptions, from the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.kinds import Decision, ReviewState
from reviews.language import _, format_number
from reviews.pack.figures import is_late
from reviews.pack.printed.blocks import NO_VALUE, Line
from reviews.pack.printed.cells import (
    build_cell,
    build_count_cell,
    build_names_cell,
    build_note_cell,
    build_person_cell,
    build_review_cell,
    build_reviewer_cell,
    build_status_cell,
    build_time_cell,
)
from reviews.pack.printed.formats import format_seconds
from reviews.text import clean_text, shorten_text
from reviews.wording.placeholders import format_title
from reviews.wording.step_sentences import name_step

if TYPE_CHECKING:
    from reviews.pack.printed.blocks import Cell
    from reviews.pack.report import PackedAnswer, PackedReview, PackReport, RapidRun

_MAX_TITLES = 3
_MAX_TITLE_LENGTH = 48
Rows = list[tuple["Cell", ...]]


def list_own_changes(report: PackReport) -> Rows:
    return [
        (
            build_review_cell(each.review),
            build_reviewer_cell(each.answer),
            _build_decision_cell(each.answer),
            build_time_cell(each.answer.at),
            build_cell(format_number(each.answer.entry)),
        )
        for each in report.own_changes
    ]


def list_rapid_runs(report: PackReport) -> Rows:
    titles = {review.id: review.title for review in report.reviews}
    return [
        (
            build_cell(str(number)),
            build_person_cell(run.reviewer, run.email),
            build_time_cell(run.began_at),
            build_count_cell(len(run.review_ids)),
            build_cell(format_seconds(int((run.ended_at - run.began_at).total_seconds()))),
            build_cell(format_seconds(run.shortest_seconds)),
            _build_titles_cell(run, titles),
        )
        for number, run in enumerate(report.rapid_runs, start=1)
    ]


def list_withdrawn(report: PackReport) -> Rows:
    return [
        (
            build_review_cell(review),
            build_reviewer_cell(answer),
            build_time_cell(answer.at),
            build_time_cell(answer.withdrawn_at),
        )
        for review in report.reviews
        for answer in review.answers
        if answer.withdrawn_at is not None
    ]


def list_sent_back(report: PackReport) -> Rows:
    rows: Rows = []
    for review in report.reviews:
        if review.state != ReviewState.CHANGES_REQUESTED:
            continue
        answer = _find_refusal(review)
        who = build_reviewer_cell(answer) if answer else build_cell(NO_VALUE)
        at = answer.at if answer else review.settled_at
        rows.append(
            (
                build_review_cell(review),
                who,
                build_time_cell(at),
                build_note_cell(answer.note if answer else None),
            )
        )
    return rows


def list_late(report: PackReport) -> Rows:
    return [
        (
            build_review_cell(review),
            build_time_cell(review.due_at),
            build_time_cell(review.settled_at),
            build_cell(format_seconds(_get_lateness(review))),
        )
        for review in sorted(filter(is_late, report.reviews), key=_get_lateness, reverse=True)
    ]


def list_lapsed(report: PackReport) -> Rows:
    return [
        (
            build_review_cell(review),
            build_names_cell(review.owners),
            build_time_cell(review.due_at),
            _build_step_cell(review),
            build_status_cell(review.state),
        )
        for review in report.reviews
        if review.lapsed_at is not None
    ]


def list_open(report: PackReport) -> Rows:
    return [
        (
            build_review_cell(review),
            build_names_cell(review.owners),
            build_time_cell(review.opened_at),
            build_time_cell(review.due_at),
        )
        for review in report.reviews
        if review.state == ReviewState.OPEN
    ]


def list_superseded(report: PackReport) -> Rows:
    return [
        (
            build_review_cell(review),
            build_names_cell(review.owners),
            build_time_cell(review.opened_at),
            build_cell(clean_text(review.superseded_by or NO_VALUE), style="mono"),
        )
        for review in report.reviews
        if review.state == ReviewState.REPLACED
    ]


def list_unanswered(report: PackReport) -> Rows:
    return [
        (
            build_review_cell(review),
            build_names_cell(review.owners),
            build_count_cell(review.unanswered),
            build_status_cell(review.state),
        )
        for review in report.reviews
        if review.unanswered
    ]


def list_gone(report: PackReport) -> Rows:
    return [
        (
            build_review_cell(review),
            build_names_cell(review.owners),
            build_time_cell(review.opened_at),
            build_status_cell(review.state),
        )
        for review in report.reviews
        if review.document_gone
    ]


def list_given_up(report: PackReport) -> Rows:
    return [
        (
            build_review_cell(review),
            build_names_cell(review.owners),
            build_count_cell(review.given_up),
            build_status_cell(review.state),
        )
        for review in report.reviews
        if review.given_up
    ]


def _get_lateness(review: PackedReview) -> int:
    """Return the seconds from the deadline to the settlement of a late review."""
    if review.settled_at is None or review.due_at is None:
        return 0
    return int((review.settled_at - review.due_at).total_seconds())


def _find_refusal(review: PackedReview) -> PackedAnswer | None:
    """Return the last request for changes that was not withdrawn."""
    return next(
        (
            answer
            for answer in reversed(review.answers)
            if answer.decision == Decision.REQUEST_CHANGES and answer.withdrawn_at is None
        ),
        None,
    )


def _build_step_cell(review: PackedReview) -> Cell:
    """Return when the last step was taken, and by which share of the time, if its entry says that."""
    label = name_step(review.lapsed_step)
    return (
        *build_time_cell(review.lapsed_at),
        *((Line(text=label, style="small"),) if label else ()),
    )


def _build_decision_cell(answer: PackedAnswer) -> Cell:
    decisions = {
        Decision.ACKNOWLEDGE: _("Acknowledged"),
        Decision.REQUEST_CHANGES: _("Changes requested"),
    }
    withdrawn = (Line(text=_("withdrawn"), style="small"),) if answer.withdrawn_at else ()
    return (Line(text=decisions.get(answer.decision, str(answer.decision))), *withdrawn)


def _build_titles_cell(run: RapidRun, titles: dict[str, str]) -> Cell:
    of_run = [titles[each] for each in run.review_ids if each in titles]
    named = [shorten_text(format_title(title), _MAX_TITLE_LENGTH) for title in of_run[:_MAX_TITLES]]
    omitted = len(run.review_ids) - len(named)
    more = (Line(text=_("and {count} more").format(count=format_number(omitted)), style="small"),)
    return (*map(_build_line, named), *(more if omitted and named else ())) or build_cell(NO_VALUE)


def _build_line(text: str) -> Line:
    return Line(text=text)
