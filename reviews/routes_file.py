"""Reads `routes.toml`. A mistake is said with the line and the reason, all mistakes at once."""

from __future__ import annotations

import difflib
import re
import tomllib
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from reviews.errors import RoutesInvalid
from reviews.model import ChangeKind
from reviews.routing import MayAcknowledge, Route, Routes, SegregationOfDuties, Target
from reviews.working_time import WorkingHours

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

_DURATION = re.compile(r"(\d+)\s*(s|m|h|d)")
_LONGEST = timedelta(days=366)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_KEYS = (
    "name", "watch", "owners", "deputies", "notify", "review", "quiet_period", "max_wait", "due",
    "working_hours", "timezone", "may_acknowledge", "segregation_of_duties",
)  # fmt: skip
MOST_ID = 10**30
MOST_WEEKS = 520
_WORKING_HOURS = "Mon-Fri 09:00-17:00"

E = TypeVar("E", bound=StrEnum)


def parse(text: str, *, notifiers: Mapping[str, str | None]) -> Routes:
    """Return the routes of the text, or raise `RoutesInvalid`.

    `notifiers` are the channels that exist, each with an example of its address, or `None` where the
    channel is one place.
    """
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise RoutesInvalid([_with_line(str(error), text)]) from error
    problems = [
        f"line {_line(text, None, key)}: unknown key {key!r}: the file holds [[route]] tables only"
        for key in document
        if key != "route"
    ]
    tables = document.get("route", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise RoutesInvalid(
            [*problems, f"line {_line(text, None, 'route')}: routes are written as [[route]]"]
        )
    if not tables and not problems:
        problems.append("there is no [[route]]: nobody would be told of anything")
    routes = []
    for number, table in enumerate(tables):
        reader = _Table(table, notifiers=notifiers, line=partial(_line, text, number))
        routes.append(reader.route(default_name=f"route-{number + 1}"))
        problems += reader.problems
    names = [route.name for route in routes]
    problems += [
        f"line {_line(text, number, 'name')}: the name {name!r} is taken by an earlier route"
        for number, name in enumerate(names)
        if name in names[:number]
    ]
    if problems:
        raise RoutesInvalid(problems)
    return Routes(routes)


def duration(text: str) -> timedelta:
    """Read `90s`, `10m`, `8h` or `2d`; `ValueError` says what is wrong."""
    form = _DURATION.fullmatch(text.strip())
    if form is None:
        raise ValueError(f'{text!r} is no duration: write a whole number and s, m, h or d, as in "60s"')
    if len(form[1]) > 8 or (length := timedelta(**{_UNITS[form[2]]: int(form[1])})) > _LONGEST:
        raise ValueError(f"{text!r} is longer than a year")
    return length


class _Table:
    """One [[route]] table; gathers a problem a line instead of stopping at the first."""

    def __init__(
        self, table: Mapping[str, Any], *, notifiers: Mapping[str, str | None], line: Callable[[str], int]
    ) -> None:
        self.table = table
        self.notifiers = notifiers
        self.line = line
        self.problems: list[str] = []

    def route(self, *, default_name: str) -> Route:
        for key in self.table:
            if key not in _KEYS:
                self._problem(key, f"unknown key {key!r}{_nearest(key, _KEYS)}")
        zone = self._read("timezone", "UTC", _zone)
        hours = self._read(
            "working_hours", _WORKING_HOURS, lambda text: WorkingHours.parse(text, zone or _UTC)
        )
        return Route(
            name=self._read("name", default_name, str.strip) or default_name,
            watch=self._list("watch", _folder, required=True),
            owners=self._list("owners", _email, required=True),
            deputies=self._list("deputies", _email),
            notify=self._list("notify", self._target, required=True),
            review=frozenset(self._list("review", _choice(ChangeKind))) or Route.review,
            quiet_period=self._length("quiet_period", Route.quiet_period),
            max_wait=self._length("max_wait", Route.max_wait),
            due=self._due(hours),
            working_hours=hours,
            may_acknowledge=self._read("may_acknowledge", None, _choice(MayAcknowledge))
            or Route.may_acknowledge,
            segregation_of_duties=self._read("segregation_of_duties", None, _choice(SegregationOfDuties))
            or Route.segregation_of_duties,
        )

    def _length(self, key: str, default: timedelta) -> timedelta:
        read = self._read(key, None, duration)
        return default if read is None else read

    def _due(self, hours: WorkingHours | None) -> timedelta | None:
        due = self._read("due", None, duration)
        if due and hours and due > hours.a_week * MOST_WEEKS:
            self._problem("due", f"due: so much working time takes more than {MOST_WEEKS} weeks")
        return due

    def _read(self, key: str, default: str | None, convert: Callable[[str], T]) -> T | None:
        value = self.table.get(key, default)
        if value is None:
            return None
        if not isinstance(value, str):
            self._problem(key, f"{key} must be text in quotes")
            return None
        return self._converted(key, value, convert)

    def _list(self, key: str, convert: Callable[[str], T], *, required: bool = False) -> tuple[T, ...]:
        values = self.table.get(key, [])
        if not isinstance(values, list):
            self._problem(key, f'{key} must be a list, as in {key} = ["..."]')
            return ()
        if required and not values:
            self._problem(key, f"{key} is missing or empty")
        read = []
        for value in values:
            text = str(value) if key == "watch" and type(value) is int and abs(value) < MOST_ID else value
            if not isinstance(text, str):
                self._problem(key, f"{key} must hold texts in quotes, not {_shown(value)}")
                continue
            converted = self._converted(key, text, convert)
            if converted is not None:
                read.append(converted)
        return tuple(read)

    def _converted(self, key: str, text: str, convert: Callable[[str], T]) -> T | None:
        try:
            return convert(text)
        except ValueError as error:
            self._problem(key, f"{key}: {error}")
            return None

    def _target(self, text: str) -> Target:
        target = Target.parse(text.strip())
        if target.notifier not in self.notifiers:
            raise ValueError(
                f"there is no channel {target.notifier!r}{_nearest(target.notifier, self.notifiers)}"
            )
        example = self.notifiers[target.notifier]
        if example and not target.address:
            raise ValueError(f"{text!r} lacks its address: write it as in {example!r}")
        return target

    def _problem(self, key: str, reason: str) -> None:
        self.problems.append(f"line {self.line(key)}: {reason}")


T = TypeVar("T")
_UTC = ZoneInfo("UTC")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name!r}; names look like Europe/Riga") from None


def _folder(text: str) -> str:
    if not text.strip():
        raise ValueError("a folder id is empty")
    return text.strip()


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text.strip()):
        raise ValueError(f"{text!r} is no e-mail address")
    return text.strip()


def _choice(kind: type[E]) -> Callable[[str], E]:
    def convert(text: str) -> E:
        try:
            return kind(text)
        except ValueError:
            raise ValueError(
                f"{text!r} is unknown{_nearest(text, [member.value for member in kind])}"
            ) from None

    return convert


def _nearest(word: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(sorted(known))}"


def _shown(value: object) -> str:
    """Return a value as it can be said in a sentence; a number may have more digits than can be written."""
    return "a monstrous number" if isinstance(value, int) and abs(value) >= MOST_ID else repr(value)[:60]


def _with_line(message: str, text: str) -> str:
    """Turn "... (at line 3, column 7)" into our form."""
    message = message.replace("(at end of document)", f"(at line {len(text.splitlines())}, column 1)")
    place = re.search(r"\s*\(at line (\d+), column \d+\)", message)
    return f"line {place[1]}: {message[: place.start()]}" if place else message


def _line(text: str, table: int | None, key: str) -> int:
    """Return the line of a key in the nth [[route]], or of the table itself where the key is missing.

    `tomllib` does not keep positions of what it could read, so the line is found by its form.
    """
    start, current = 1, -1
    for number, line in enumerate(text.splitlines(), start=1):
        if re.match(r"\s*\[\[\s*route\s*\]\]", line):
            current += 1
            start = number if current == table else start
        elif current == (-1 if table is None else table) and re.match(
            rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line
        ):
            return number
    return start
