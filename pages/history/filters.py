"""Filters in the address of the page. Invalid ones are ignored."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, TypeVar

from reviews.kinds import ChangeKind
from reviews.lists.archive import ReviewSearch, StatusFilter
from reviews.ports.listing import MAX_MARK_LENGTH, PageTurn, format_cursor, read_cursor
from reviews.text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

    Choice = TypeVar("Choice", bound=StrEnum)

_EARLIEST, _LATEST = date(2000, 1, 1), date(2200, 1, 1)


def read_filters(said: Mapping[str, str]) -> ReviewSearch:
    since, until = _read_date(said.get("from", "")), _read_date(said.get("to", ""))
    return ReviewSearch(
        route=_text(said.get("route", "")),
        folder=_text(said.get("folder", "")),
        person=_text(said.get("person", "")),
        kind=_choose_one(ChangeKind, said.get("kind", "")),
        standing=_choose_one(StatusFilter, said.get("state", "")),
        since=since,
        until=until,
    )


def read_page(said: Mapping[str, str]) -> PageTurn | None:
    """Return the page that the address names; `None` for the first."""
    for name, back in (("before", True), ("after", False)):
        seq = read_cursor(said.get(name, ""))
        if seq is not None:
            return PageTurn(back=back, seq=seq)
    return None


def write_filters(sought: ReviewSearch) -> dict[str, str]:
    """Return the parameters that `read_filters` reads, without empty ones."""
    parameters = {
        "route": sought.route,
        "folder": sought.folder,
        "person": sought.person,
        "kind": sought.kind or "",
        "state": sought.standing or "",
        "from": sought.since.isoformat() if sought.since else "",
        "to": sought.until.isoformat() if sought.until else "",
    }
    return {name: str(value) for name, value in parameters.items() if value}


def write_page(sought: ReviewSearch, seq: int | None, *, ahead: bool) -> dict[str, str] | None:
    """Return the address parameters of another page; `None` if there is none on that side."""
    if seq is None:
        return None
    newest_first = sought.standing is not StatusFilter.OVERDUE
    return {**write_filters(sought), "before" if newest_first == ahead else "after": format_cursor(seq)}


def format_today(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()


def _text(said: str) -> str:
    return plain(said)[:MAX_MARK_LENGTH]


def _choose_one(choices: type[Choice], said: str) -> Choice | None:
    return next((each for each in choices if each == said), None)


def _read_date(said: str) -> date | None:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return None
    return day if _EARLIEST <= day <= _LATEST else None
