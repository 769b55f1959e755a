"""What a watermark covers: the one rule by which sweeps move it, and what holds it back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.changes.burst import find_event_time
from reviews.ports.docspace_logs import MAX_LOG_DELAY
from reviews.sweep.sweep_rules import LOG_GRACE
from reviews.tree import FOLDER_ID_PREFIX

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reviews.model import StoredEvent
    from reviews.tree import UnexplainedDifference, Watermark

REPEAT_INTERVAL = timedelta(minutes=15)
"""Interval of whole listings for a difference that the first of them could not explain."""
NUMBER_OF_FILES = ""
"""Stands for the number of files in a folder, among the subjects of unexplained differences."""


def find_covered_time(
    complete_until: datetime,
    mark: Watermark,
    *,
    unexplained: Sequence[UnexplainedDifference],
    passed_over: StoredEvent | None,
) -> datetime | None:
    """Return up to when a sweep that would be complete until then covers all changes; `None` for nothing new.

    While a difference is unexplained, the watermark stays. `passed_over` is the oldest unsettled event if a
    file was left to its pending event: the sweep covers nothing after it.
    """
    if unexplained:
        return mark.swept_to
    return min(complete_until, find_event_time(passed_over)) if passed_over else complete_until


def is_log_awaited(unexplained: Sequence[UnexplainedDifference], now: datetime) -> bool:
    """Return whether the log may still explain a file; a clock set back ends it."""
    return any(
        each.since <= now < each.since + MAX_LOG_DELAY
        for each in unexplained
        if not each.subject.startswith(FOLDER_ID_PREFIX)
    )


def is_listing_due(
    unexplained: Sequence[UnexplainedDifference], listed_at: datetime | None, now: datetime
) -> bool:
    """Return whether the log was given time and explained nothing, so that the whole listing has to.

    It is compared once for a difference, and then at intervals.
    """
    compared_at = listed_at + LOG_GRACE if listed_at else None
    overdue = [each.since for each in unexplained if not each.since <= now < each.since + MAX_LOG_DELAY]
    if not overdue or compared_at is None:
        return bool(overdue)
    return compared_at < max(overdue) + MAX_LOG_DELAY or compared_at + REPEAT_INTERVAL <= now


def describe_unexplained(unexplained: Sequence[UnexplainedDifference]) -> str | None:
    """Return what holds a watermark back, in words for operators; `None` if nothing does."""
    if not unexplained:
        return None
    subject, since = unexplained[0].subject, f"{unexplained[0].since:%Y-%m-%d %H:%M} UTC"
    others = f", and {len(unexplained) - 1} more" if len(unexplained) > 1 else ""
    if subject == NUMBER_OF_FILES:
        return f"since {since} DocSpace lists another number of files than its log explains{others}"
    if subject.startswith(FOLDER_ID_PREFIX):
        folder = subject.removeprefix(FOLDER_ID_PREFIX)
        return f"since {since} the files in folder {folder} wait for a change of a folder above{others}"
    return f"since {since} file {subject} differs in DocSpace's listing, and no event explains it yet{others}"
