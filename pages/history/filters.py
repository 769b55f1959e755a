"""What somebody looks for, as the address of the page says it. Whatever makes no sense there is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, TypeVar

from reviews.kinds import ChangeKind
from reviews.lists.archive import Sought, Standing
from reviews.ports.listing import LONGEST_MARK, Turn, cursor_of, read_cursor
from reviews.text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

    Choice = TypeVar("Choice", bound=StrEnum)

_EARLIEST, _LATEST = date(2000, 1, 1), date(2200, 1, 1)


def read(said: Mapping[str, str]) -> Sought:
    since, until = _day(said.get("from", "")), _day(said.get("to", ""))
    return Sought(
        route=_text(said.get("route", "")),
        folder=_text(said.get("folder", "")),
        person=_text(said.get("person", "")),
        kind=_one_of(ChangeKind, said.get("kind", "")),
        standing=_one_of(Standing, said.get("state", "")),
        since=since,
        until=until,
    )


def turn(said: Mapping[str, str]) -> Turn | None:
    """Return to which page the address leads; `None` for the first."""
    for name, back in (("before", True), ("after", False)):
        seq = read_cursor(said.get(name, ""))
        if seq is not None:
            return Turn(back=back, seq=seq)
    return None


def written(sought: Sought) -> dict[str, str]:
    """Return the same as `read` takes it, without what is not looked for."""
    said = {
        "route": sought.route,
        "folder": sought.folder,
        "person": sought.person,
        "kind": sought.kind or "",
        "state": sought.standing or "",
        "from": sought.since.isoformat() if sought.since else "",
        "to": sought.until.isoformat() if sought.until else "",
    }
    return {name: str(value) for name, value in said.items() if value}


def turned(sought: Sought, seq: int | None, *, ahead: bool) -> dict[str, str] | None:
    """Return what the address of another page says; `None` where there is none on that side."""
    if seq is None:
        return None
    newest_first = sought.standing is not Standing.OVERDUE
    return {**written(sought), "before" if newest_first == ahead else "after": cursor_of(seq)}


def standing_as(sought: Sought, standing: Standing) -> dict[str, str]:
    return written(replace(sought, standing=standing))


def today(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()


def _text(said: str) -> str:
    return plain(said)[:LONGEST_MARK]


def _one_of(choices: type[Choice], said: str) -> Choice | None:
    return next((each for each in choices if each == said), None)


def _day(said: str) -> date | None:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return None
    return day if _EARLIEST <= day <= _LATEST else None
