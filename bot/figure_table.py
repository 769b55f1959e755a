"""The figures of routes as a table, before a chat draws it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.language import _, format_number
from reviews.wording.digest_sentences import NO_VALUE
from reviews.wording.durations import format_duration

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from reviews.ports.listing import RouteFigures

MAX_ROUTE_COLUMNS = 3
"""Number of routes that fit side by side into a narrow window."""


def tabulate_figures(figures: Sequence[RouteFigures]) -> list[list[str]]:
    """Return rows of cells, with labels in the first row and column; what waits now comes first.

    The routes are columns while they fit into a narrow window; more of them are rows.
    """
    rows = [_list_labels(), *map(_list_values, figures)]
    if len(figures) > MAX_ROUTE_COLUMNS:
        return rows
    return [list(cells) for cells in zip(*rows, strict=True)]


def _list_labels() -> list[str]:
    return [
        _("Route"),
        _("Open"),
        _("Overdue"),
        _("Lapsed"),
        _("Opened"),
        _("Acknowledged"),
        _("Changes requested"),
        _("Median until acknowledged"),
        _("90th percentile"),
        _("Answered late"),
    ]


def _list_values(figures: RouteFigures) -> list[str]:
    counts = (
        figures.waiting,
        figures.overdue,
        figures.lapsed,
        figures.opened,
        figures.acknowledged,
        figures.changes_requested,
    )
    return [
        figures.route,
        *map(format_number, counts),
        _format_duration(figures.median),
        _format_duration(figures.ninetieth),
        _describe_late_share(figures),
    ]


def _format_duration(duration: timedelta | None) -> str:
    return NO_VALUE if duration is None else format_duration(duration)


def _describe_late_share(figures: RouteFigures) -> str:
    answered = figures.acknowledged + figures.changes_requested
    return _("{percent} %").format(percent=f"{100 * figures.late / answered:.0f}") if answered else NO_VALUE
