"""The figures with what each of them means, the charts, and the period by months."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reviews.kinds import ReviewState
from reviews.language import _, format_number
from reviews.pack.figures import is_late
from reviews.pack.printed.blocks import Bar, Chart, Column, Heading, Line, Paragraph, Table
from reviews.pack.printed.cells import build_cell, build_count_cell
from reviews.pack.printed.formats import format_month, format_seconds, format_share, name_state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from reviews.pack.printed.blocks import Block, Cell
    from reviews.pack.report import PackedReview, PackFigures, PackReport

_MAX_MONTHS = 24


def build_figures(report: PackReport) -> tuple[Block, ...]:
    figures = report.figures
    return (
        Heading(text=_("Figures")),
        _build_table(figures),
        *(_build_charts(figures) if figures.population else ()),
        *(_build_months(report.reviews) if figures.population else ()),
    )


def _build_table(figures: PackFigures) -> Table:
    return Table(
        columns=(
            Column(heading=_("Figure"), share=5),
            Column(heading=_("Number"), fixed=58, align="right"),
            Column(heading=_("Share"), fixed=52, align="right"),
            Column(heading=_("Meaning"), share=8),
        ),
        rows=(*_list_outcomes(figures), *_list_irregularities(figures), *_list_answers(figures)),
    )


def _list_outcomes(figures: PackFigures) -> list[tuple[Cell, ...]]:
    total = figures.population
    return [
        _build_row(
            _("Reviews"), total, total, _("Opened in the period. Shares of reviews are of this number.")
        ),
        _build_row(
            _("Acknowledged"), figures.acknowledged, total, _("By as many people as the route requires.")
        ),
        _build_row(
            _("Changes requested"), figures.changes_requested, total, _("The document was sent back.")
        ),
        _build_row(
            _("Carried over"), figures.carried, total, _("The same content had been acknowledged before.")
        ),
        _build_row(
            _("Superseded without an answer"),
            figures.superseded_unanswered,
            total,
            _("A bulk review took over the duty."),
        ),
        _build_row(
            _("Open"),
            figures.open,
            total,
            _("Up to the checkpoint not answered by as many people as the route requires."),
        ),
    ]


def _list_irregularities(figures: PackFigures) -> list[tuple[Cell, ...]]:
    total = figures.population
    return [
        _build_row(
            _("Late"),
            figures.late,
            total,
            _("Settled after the deadline of the last revision; those of earlier revisions are not shown."),
        ),
        _build_row(
            _("Open past the deadline"),
            figures.overdue_open,
            total,
            _("Open when the pack was made, and due before; also those that were snoozed."),
        ),
        _build_row(
            _("Lapsed"), figures.lapsed, total, _("The last step was taken, without enough answers by then.")
        ),
        _build_row(
            _("Escalated"), figures.escalated, total, _("A step asked more people, or notified a channel.")
        ),
        _build_row(
            _("Asked again for changes"),
            figures.followed_up,
            total,
            _("The contributors were asked again for the requested changes."),
        ),
        _build_row(
            _("Answer withdrawn"), figures.withdrawn, total, _("Taken back by the person who gave it.")
        ),
        _build_row(
            _("Document gone"), figures.document_gone, total, _("Deleted or moved away, and not back.")
        ),
        _build_row(
            _("Not delivered"), figures.given_up, total, _("A card or notice did not reach its channel.")
        ),
        _build_row(_("Erased"), figures.erased, total, _("The name of an owner or reviewer was erased.")),
    ]


def _list_answers(figures: PackFigures) -> list[tuple[Cell, ...]]:
    return [
        _build_row(
            _("Documents acknowledged"),
            figures.documents,
            None,
            _("Files of the acknowledged reviews. A bulk review has many, acknowledged with one click."),
        ),
        _build_row(_("Own changes"), figures.own_changes, None, _("Answers by people who had contributed.")),
        _build_row(
            _("In quick succession"), figures.rapid_answers, None, _("Acknowledgements, too soon to read.")
        ),
        _build_row(
            _("Revisions without an answer"),
            figures.unanswered_revisions,
            None,
            _("A newer one came first, or the document went."),
        ),
    ]


def _build_row(name: str, count: int, total: int | None, meaning: str) -> tuple[Cell, ...]:
    share = "" if total is None else format_share(count, total)
    return (
        (Line(text=name, style="strong"),),
        build_count_cell(count),
        build_cell(share),
        build_cell(meaning),
    )


def _build_charts(figures: PackFigures) -> tuple[Block, ...]:
    return (
        Heading(text=_("How the reviews ended"), level=2),
        _build_outcome_chart(figures),
        Heading(text=_("Time to acknowledge"), level=2),
        *_describe_durations(figures),
    )


def _build_outcome_chart(figures: PackFigures) -> Chart:
    counts = (
        (ReviewState.ACKNOWLEDGED, figures.acknowledged),
        (ReviewState.CHANGES_REQUESTED, figures.changes_requested),
        (ReviewState.CARRIED, figures.carried),
        (ReviewState.REPLACED, figures.superseded_unanswered),
        (ReviewState.OPEN, figures.open),
    )
    bars = tuple(
        Bar(
            label=name_state(state),
            count=count,
            figure=f"{format_number(count)}  ({format_share(count, figures.population)})",
        )
        for state, count in counts
    )
    return Chart(description=_describe_bars(bars), bars=bars)


def _describe_durations(figures: PackFigures) -> tuple[Block, ...]:
    if not any(share.count for share in figures.durations):
        return (Paragraph(text=_("No review was acknowledged."), is_quiet=True),)
    bars = tuple(_list_duration_bars(figures))
    return (
        Paragraph(
            text=_(
                "Half of the acknowledged reviews took up to {median}, nine of ten up to {ninetieth}, "
                "from the opening of the review."
            ).format(
                median=format_seconds(figures.median_seconds), ninetieth=format_seconds(figures.p90_seconds)
            )
        ),
        Chart(
            description=_describe_bars(bars),
            bars=bars,
            is_standing=True,
        ),
    )


def _list_duration_bars(figures: PackFigures) -> list[Bar]:
    bars, before = [], 0
    for share in figures.durations:
        if share.up_to is None:
            label = _("more than {time}").format(time=format_seconds(before))
        elif not before:
            label = _("up to {time}").format(time=format_seconds(share.up_to))
        else:
            first, last = format_seconds(before), format_seconds(share.up_to)
            label = _("{first} to {last}").format(first=first, last=last)
        before = share.up_to or before
        bars.append(Bar(label=label, count=share.count, figure=format_number(share.count)))
    return bars


def _describe_bars(bars: Sequence[Bar]) -> str:
    return "; ".join(f"{bar.label}: {bar.figure}" for bar in bars)


def _build_months(reviews: Sequence[PackedReview]) -> tuple[Block, ...]:
    """Return the population by months, of a long period by years."""
    by_month = {format_month(review.opened_at) for review in reviews}
    name = format_month if len(by_month) <= _MAX_MONTHS else _format_year
    parts: dict[str, list[PackedReview]] = {}
    for review in sorted(reviews, key=lambda each: each.opened_at):
        parts.setdefault(name(review.opened_at), []).append(review)
    return (
        Heading(text=_("By month of opening") if name is format_month else _("By year of opening"), level=2),
        _build_month_table(parts),
        Paragraph(
            text=_("Others were carried over, or superseded without an answer."),
            is_quiet=True,
        ),
    )


def _build_month_table(parts: Mapping[str, Sequence[PackedReview]]) -> Table:
    headings = (
        _("Reviews"),
        _("Acknowledged"),
        _("Changes requested"),
        _("Others"),
        _("Open"),
        _("Late"),
        _("Lapsed"),
    )
    return Table(
        columns=(
            Column(heading=_("Opened"), share=2),
            *(Column(heading=heading, share=2, align="right") for heading in headings),
        ),
        rows=tuple(
            (build_cell(part), *map(build_count_cell, _count_month(group))) for part, group in parts.items()
        ),
        is_whole=len(parts) <= _MAX_MONTHS,
    )


def _count_month(reviews: Sequence[PackedReview]) -> tuple[int, ...]:
    states = Counter(review.state for review in reviews)
    named = (ReviewState.ACKNOWLEDGED, ReviewState.CHANGES_REQUESTED, ReviewState.OPEN)
    acknowledged, sent_back, still_open = (states[state] for state in named)
    others = len(reviews) - acknowledged - sent_back - still_open

    def count(applies: Callable[[PackedReview], bool]) -> int:
        return sum(map(applies, reviews))

    lapsed = count(lambda review: review.lapsed_at is not None)
    return len(reviews), acknowledged, sent_back, others, still_open, count(is_late), lapsed


def _format_year(at: datetime) -> str:
    return str(at.year)
