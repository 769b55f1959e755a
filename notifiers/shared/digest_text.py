"""A digest of reviews in parts: the same words in every channel, hostile until escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.shared.card_text import shorten, write_date
from reviews.language import _, capitalize_first
from reviews.text import clean_text
from reviews.wording.digest_sentences import (
    describe_chart,
    describe_counts,
    list_figures,
    list_week_bars,
)
from reviews.wording.notice_sentences import describe_notice

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from reviews.digest_notices import ReviewDigestNotice

MAX_HEADING_LENGTH = 150
BAR, BAR_LENGTH = "\N{FULL BLOCK}", 12


def write_heading(notice: ReviewDigestNotice) -> str:
    return shorten(clean_text(describe_notice(notice)), MAX_HEADING_LENGTH)


def write_summary(notice: ReviewDigestNotice) -> str:
    """Return the heading and the figures, for a notification and a screen reader."""
    return f"{write_heading(notice)}. {describe_counts(notice.figures)}"


def describe_period(notice: ReviewDigestNotice, format_time: Callable[[datetime], str]) -> str:
    """Return since when; `format_time` writes a date."""
    return _("Since {time}").format(time=format_time(notice.since))


def describe_completeness(notice: ReviewDigestNotice, format_time: Callable[[datetime], str]) -> str:
    """Return up to when no change is missing."""
    until = notice.complete_until
    if until is None:
        return capitalize_first(_("not fully checked yet"))
    return capitalize_first(_("complete up to {time}").format(time=format_time(until)))


def list_digest_lines(notice: ReviewDigestNotice) -> list[str]:
    """Return the heading and all figures as lines of text."""
    details = [f"{each.label}: {each.details}" for each in list_figures(notice.figures) if each.details]
    chart = describe_chart(notice)
    link = [f"{label_page()}: {notice.page_url}"] if notice.page_url else []
    return [
        write_heading(notice),
        describe_period(notice, write_date),
        describe_counts(notice.figures),
        *details,
        *([chart] if chart else []),
        describe_completeness(notice, write_date),
        *link,
    ]


def draw_text_bars(notice: ReviewDigestNotice) -> list[str]:
    """Return the chart as lines of a font in which all characters are as wide."""
    bars = list_week_bars(notice)
    width = max((len(bar.label) for bar in bars), default=0)
    return [f"{bar.label:>{width}}  {draw_bar(bar.fraction)}{bar.value}" for bar in bars]


def draw_bar(fraction: float) -> str:
    """Return a bar and a space; nothing for no value, else at least one character."""
    length = max(round(fraction * BAR_LENGTH), 1) if fraction > 0 else 0
    return f"{BAR * length} " if length else ""


def label_page() -> str:
    return _("All reviews")
