"""Numbers, shares, times and names as the PDF writes them. All times are UTC, which the PDF says once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.kinds import ReviewState
from reviews.language import _, gettext_noop, list_month_names
from reviews.pack.printed.blocks import NO_VALUE
from reviews.stored_enums import PhraseTable
from reviews.text import clean_text
from reviews.wording.durations import format_duration
from reviews.wording.placeholders import format_name

if TYPE_CHECKING:
    from datetime import datetime


_DAY = timedelta(days=1)
_STATES = PhraseTable(
    {
        ReviewState.OPEN: gettext_noop("Open"),
        ReviewState.ACKNOWLEDGED: gettext_noop("Acknowledged"),
        ReviewState.CHANGES_REQUESTED: gettext_noop("Changes requested"),
        ReviewState.REPLACED: gettext_noop("Superseded without an answer"),
        ReviewState.CARRIED: gettext_noop("Carried over"),
    }
)


def name_state(state: ReviewState) -> str:
    """Return how a review ended, in the words of the figures."""
    return _(_STATES[state])


def show_name(name: str) -> str:
    """Return a name from the ledger in the language of the pack; a dash for none."""
    return format_name(clean_text(name)) or NO_VALUE


def format_time(at: datetime | None) -> str:
    """Return date and time, without the zone so that columns are narrow."""
    if at is None:
        return NO_VALUE
    return _("{day} {month} {year}, {time}").format(
        day=at.day, month=_get_month(at), year=at.year, time=f"{at:%H:%M}"
    )


def format_year_day(at: datetime) -> str:
    """Return a day with its year."""
    return _("{day} {month} {year}").format(day=at.day, month=_get_month(at), year=at.year)


def format_month(at: datetime) -> str:
    return _("{month} {year}").format(month=_get_month(at), year=at.year)


def _get_month(at: datetime) -> str:
    return list_month_names()[at.month - 1]


def format_period(since: datetime, until: datetime) -> str:
    """Return a period by its first and last day, or by its times where it doesn't end with a day."""
    if is_one_day(since, until):
        return format_year_day(since)
    if _begins_day(since) and _begins_day(until) and since < until:
        first, last = format_year_day(since), format_year_day(until - _DAY)
        return _("{first} to {last}").format(first=first, last=last)
    return _("{first} to {last}").format(first=format_time(since), last=format_time(until))


def is_one_day(since: datetime, until: datetime) -> bool:
    """Return whether a period is one whole day."""
    return _begins_day(since) and until - since == _DAY


def _begins_day(at: datetime) -> bool:
    return at.time() == at.min.time()


def format_share(count: int, total: int) -> str:
    """Return a share in percent with one decimal; a dash if it is of nothing."""
    if not total:
        return NO_VALUE
    tenths = (count * 1000 + total // 2) // total
    tenths = min(max(tenths, 1 if count else 0), 1000 if count >= total else 999)
    return _("{whole}.{tenth}%").format(whole=tenths // 10, tenth=tenths % 10)


def format_seconds(seconds: int | None) -> str:
    return NO_VALUE if seconds is None else format_duration(timedelta(seconds=seconds))


def shorten_hex(root: str) -> str:
    """Return the beginning of a hash, enough to compare two pages."""
    return f"{root[:16]}…"
