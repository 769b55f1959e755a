"""Filters in the address of the page. Invalid ones are ignored."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, TypeVar

from reviews.kinds import ChangeKind
from reviews.lists.archive import ReviewSearch, StatusFilter
from reviews.ports.listing import MAX_MARK_LENGTH, PageTurn, format_cursor, read_cursor
from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

    Choice = TypeVar("Choice", bound=StrEnum)

_EARLIEST, _LATEST = date(2000, 1, 1), date(2200, 1, 1)


def read_filters(parameters: Mapping[str, str]) -> ReviewSearch:
    since, until = _read_date(parameters.get("from", "")), _read_date(parameters.get("to", ""))
    return ReviewSearch(
        route=_clean_text(parameters.get("route", "")),
        folder=_clean_text(parameters.get("folder", "")),
        person=_clean_text(parameters.get("person", "")),
        kind=_choose_one(ChangeKind, parameters.get("kind", "")),
        status=_choose_one(StatusFilter, parameters.get("state", "")),
        since=since,
        until=until,
    )


def read_page(parameters: Mapping[str, str]) -> PageTurn | None:
    """Return the page that the address names; `None` for the first."""
    for name, back in (("before", True), ("after", False)):
        seq = read_cursor(parameters.get(name, ""))
        if seq is not None:
            return PageTurn(backward=back, seq=seq)
    return None


def write_filters(search: ReviewSearch) -> dict[str, str]:
    """Return the parameters that `read_filters` reads, without empty ones."""
    parameters = {
        "route": search.route,
        "folder": search.folder,
        "person": search.person,
        "kind": search.kind or "",
        "state": search.status or "",
        "from": search.since.isoformat() if search.since else "",
        "to": search.until.isoformat() if search.until else "",
    }
    return {name: str(value) for name, value in parameters.items() if value}


def write_page(search: ReviewSearch, seq: int | None, *, forward: bool) -> dict[str, str] | None:
    """Return the address parameters of another page; `None` if there is none on that side."""
    if seq is None:
        return None
    newest_first = search.status not in {StatusFilter.OVERDUE, StatusFilter.LAPSED}
    return {**write_filters(search), "before" if newest_first == forward else "after": format_cursor(seq)}


def format_today(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()


def _clean_text(text: str) -> str:
    return clean_text(text)[:MAX_MARK_LENGTH]


def _choose_one(choices: type[Choice], value: str) -> Choice | None:
    return next((each for each in choices if each == value), None)


def _read_date(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _EARLIEST <= day <= _LATEST else None
