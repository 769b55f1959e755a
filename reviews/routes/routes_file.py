"""Reads `routes.toml`. A mistake is said with the line and the reason, all mistakes at once."""

from __future__ import annotations

import re
import tomllib
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from reviews.errors import RoutesInvalid
from reviews.routes import people_table, route_values
from reviews.routes.routes_table import Table, shown
from reviews.routes.routing import (
    OPERATORS,
    MayAcknowledge,
    Operators,
    PageIdentity,
    Route,
    Routes,
    SegregationOfDuties,
    Thread,
    is_group,
)
from reviews.routes.working_time import WorkingHours

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import timedelta

    from reviews.routes.routing import AddressForm

KEYS = (
    "name", "watch", "owners", "deputies", "notify", "review", "quiet_period", "max_wait", "due",
    "working_hours", "timezone", "may_acknowledge", "guests", "segregation_of_duties", "identity", "required",
    "remind", "private", "thread", "tell_contributors", "acknowledge_reaction", "canary", "language",
    "bulk",
)  # fmt: skip
OPERATORS_KEYS = ("name", "notify", "backlog", "language")
MOST_WEEKS = 520
_WORKING_HOURS = "Mon-Fri 09:00-17:00"

_UTC = ZoneInfo("UTC")


def parse(text: str, *, notifiers: Mapping[str, AddressForm | None], silent: Collection[str] = ()) -> Routes:
    """Return the routes of the text, or raise `RoutesInvalid`.

    `notifiers` are the channels that exist, each with the form of its addresses, or `None` where the
    channel is one place; `silent` are those of them that can tell nobody of an alarm.
    """
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise RoutesInvalid([_with_line(str(error), text)]) from error
    problems = [
        f"line {_line(text, None, key)}: unknown key {key!r}: the file holds [[route]] and [people] only"
        for key in document
        if key not in {"route", "people"}
    ]
    tables = document.get("route", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise RoutesInvalid(
            [*problems, f"line {_line(text, None, 'route')}: routes are written as [[route]]"]
        )
    if not tables and not problems:
        problems.append("there is no [[route]]: nobody would be told of anything")
    found: list[Route | Operators] = []
    for number, table in enumerate(tables):
        reader = _Table(table, notifiers=notifiers, line=partial(_line, text, number))
        found.append(reader.operators(silent) if reader.is_of_operators else reader.route(number + 1))
        problems += reader.problems
    problems += _at_odds(found, text)
    routes = [rule for rule in found if isinstance(rule, Route)]
    operators = next((rule for rule in found if isinstance(rule, Operators)), None)
    if operators and not routes:
        problems.append(f"there is no [[route]] but {OPERATORS!r}, which watches nothing")
    people = people_table.read(
        document.get("people", {}), problems=problems, line=partial(_person_line, text)
    )
    problems += people_table.find_shortages(
        found, people, line=lambda number: _line(text, number, "required")
    )
    if problems:
        raise RoutesInvalid(problems)
    return Routes(routes, people, operators)


def _at_odds(routes: Sequence[Route | Operators], text: str) -> list[str]:
    """Return the problems that routes have with one another: names stand in records, the first match wins."""
    problems = []
    names: set[str] = set()
    watched: dict[str, str] = {}
    for number, route in enumerate(routes):
        if route.name in names:
            line = _line(text, number, "name")
            problems.append(f"line {line}: the name {route.name!r} is taken by an earlier route")
        for folder in route.watch:
            if folder in watched:
                line = _line(text, number, "watch")
                problems.append(
                    f"line {line}: watch: the route {watched[folder]!r} above watches {folder!r} too, "
                    "and the first match wins"
                )
        names.add(route.name)
        for folder in route.watch:
            watched.setdefault(folder, route.name)
    return problems


class _Table(Table):
    """One [[route]] table."""

    def __init__(
        self,
        table: Mapping[str, Any],
        *,
        notifiers: Mapping[str, AddressForm | None],
        line: Callable[[str], int],
    ) -> None:
        super().__init__(table, line=line)
        self.target = route_values.target(notifiers)

    @property
    def is_of_operators(self) -> bool:
        name = self.table.get("name")
        return isinstance(name, str) and name.strip() == OPERATORS

    def operators(self, silent: Collection[str]) -> Operators:
        """Read the route that is told of alarms; nobody is asked to review anything by it."""
        for key in self.table:
            if key not in OPERATORS_KEYS:
                known = ", ".join(OPERATORS_KEYS)
                self.problem(
                    key, f"{key}: {OPERATORS!r} is told of alarms, not of files; it has only {known}"
                )
        notify = self.list("notify", self.target, required=True)
        for target in notify:
            if target.notifier in silent:
                self.problem("notify", f"notify: {target} tells nobody anything, least of all an alarm")
        return Operators(
            notify=notify,
            backlog=self.read("backlog", None, route_values.interval) or Operators.backlog,
            language=self.read("language", None, route_values.language) or Operators.language,
        )

    def route(self, number: int) -> Route:
        """Read the nth route of the file, which may have no name."""
        default_name = f"route-{number}"
        for key in self.table:
            if key not in KEYS:
                self.problem(key, f"unknown key {key!r}{route_values.nearest(key, KEYS)}")
        zone = self.read("timezone", "UTC", route_values.zone)
        hours = self.read(
            "working_hours", _WORKING_HOURS, lambda text: WorkingHours.parse(text, zone or _UTC)
        )
        max_wait = self._length("max_wait", Route.max_wait)
        watch = self.list("watch", route_values.folder, required=True)
        owners = self.list("owners", route_values.owner, required=True)
        deputies = self.list("deputies", route_values.owner)
        thread = self.read("thread", None, route_values.choice(Thread))
        identity = self.read("identity", None, route_values.choice(PageIdentity)) or Route.identity
        self._refuse_unproven(identity)
        return Route(
            name=self.read("name", default_name, route_values.visible) or default_name,
            watch=watch,
            owners=owners,
            deputies=deputies,
            notify=self.list("notify", self.target, required=True),
            review=frozenset(self.list("review", route_values.kind)) or Route.review,
            quiet_period=self._quiet_period(max_wait),
            max_wait=max_wait,
            due=self._due(hours),
            working_hours=hours,
            may_acknowledge=self.read("may_acknowledge", None, route_values.choice(MayAcknowledge))
            or Route.may_acknowledge,
            guests=self._guests(),
            segregation_of_duties=self.read(
                "segregation_of_duties", None, route_values.choice(SegregationOfDuties)
            )
            or Route.segregation_of_duties,
            identity=identity,
            required=self._required((*owners, *deputies)),
            remind=self.read("remind", None, route_values.interval),
            private=self.flag("private"),
            thread=thread or Route.thread,
            tell_contributors=self.flag("tell_contributors"),
            acknowledge_reaction=self.read("acknowledge_reaction", None, route_values.reaction) or "",
            canary=self.read("canary", None, route_values.canary),
            language=self.read("language", None, route_values.language) or Route.language,
            bulk=self._bulk(),
        )

    def _bulk(self) -> int | None:
        value = self.table.get("bulk", Route.bulk)
        if type(value) is not int and not isinstance(value, str):
            self.problem("bulk", f'bulk must be a number of files or "off", not {shown(value)}')
            return Route.bulk
        try:
            return route_values.bulk(str(value))
        except ValueError as error:
            self.problem("bulk", f"bulk: {error}")
            return Route.bulk

    def _guests(self) -> bool:
        if "guests" in self.table and self.table.get("may_acknowledge") != MayAcknowledge.CHANNEL:
            self.problem("guests", 'guests counts only beside may_acknowledge = "channel"')
        return self.flag("guests")

    def _refuse_unproven(self, identity: PageIdentity) -> None:
        """Refuse to enforce the segregation of duties on people of whom nothing is proven."""
        duties = self.table.get("segregation_of_duties", Route.segregation_of_duties)
        if identity is PageIdentity.LINK and duties == SegregationOfDuties.ENFORCE:
            self.problem(
                "identity",
                'identity: a link does not prove who answers, so segregation_of_duties can\'t be "enforce", '
                'its default: write segregation_of_duties = "off" (or "warn"), or leave identity out',
            )

    def _required(self, people: tuple[str, ...]) -> int | None:
        value = self.table.get("required", 1)
        if type(value) is not int and not isinstance(value, str):
            self.problem("required", f'required must be a number or "all-owners", not {shown(value)}')
            return 1
        try:
            found = route_values.required(str(value))
        except ValueError as error:
            self.problem("required", f"required: {error}")
            return 1
        open_ended = self.table.get("may_acknowledge") == "channel" or any(map(is_group, people))
        enough = len(set(map(str.casefold, people))) or 1
        if found is not None and found > enough and not open_ended:
            self.problem("required", f"required: {found} people have to answer, and only {enough} may")
        return found

    def _quiet_period(self, max_wait: timedelta) -> timedelta:
        found = self._length("quiet_period", Route.quiet_period)
        if "quiet_period" in self.table and found > max_wait:
            self.problem("quiet_period", f"quiet_period is longer than max_wait, which is {max_wait}")
        return found

    def _length(self, key: str, default: timedelta) -> timedelta:
        read = self.read(key, None, route_values.duration)
        return default if read is None else read

    def _due(self, hours: WorkingHours | None) -> timedelta | None:
        due = self.read("due", None, route_values.duration)
        if due and hours and due > hours.a_week * MOST_WEEKS:
            self.problem("due", f"due: so much working time takes more than {MOST_WEEKS} weeks")
        return due


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


def _person_line(text: str, address: str) -> int:
    """Return the line on which a person is named; of the table itself where that is not found."""
    lines = text.splitlines()
    start = next((n for n, line in enumerate(lines) if re.match(r"\s*\[?\s*people\b", line)), 0)
    named = (n for n, line in enumerate(lines) if n >= start and address and address in line)
    return next(named, start) + 1
