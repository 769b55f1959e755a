"""Parser of `routes.toml`, which reports all mistakes at once, each with its line and reason."""

from __future__ import annotations

import difflib
import tomllib
from functools import partial
from typing import TYPE_CHECKING

from reviews.errors import RoutesInvalid
from reviews.routes import people_table, working_time_keys
from reviews.routes.calendar_address import parse_calendar_address, refuse_plain_http
from reviews.routes.closed_days import refuse_calendar
from reviews.routes.file_lines import find_line, find_person_line, move_line_first
from reviews.routes.route import OPERATORS_ROUTE, Operators, Route, Routes
from reviews.routes.route_table import RouteTable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import date
    from typing import Any
    from urllib.parse import SplitResult

    from reviews.routes.calendar_address import CalendarAddress
    from reviews.routes.closed_days import FindCalendar
    from reviews.routes.route import AddressForm

_KEYS = ("route", "people", "absences")


def parse(
    text: str,
    *,
    notifiers: Mapping[str, AddressForm | None],
    silent: Collection[str] = (),
    find_calendar: FindCalendar = refuse_calendar,
    today: date | None = None,
    allows_plain_http: Callable[[SplitResult], bool] = refuse_plain_http,
) -> Routes:
    """Return the routes of the text, or raise `RoutesInvalid`.

    `notifiers` are the existing channels, each with the form of its addresses, or `None` where the channel is
    one place; `silent` are those of them that can't deliver an alarm. `find_calendar` looks up public
    holidays. From the year of `today` on each route must have working days; without it no year is checked.
    `allows_plain_http` says for which address of a calendar http will do.
    """
    try:
        document = tomllib.loads(text)
    except ValueError as error:
        raise RoutesInvalid([move_line_first(str(error), text)]) from error
    except RecursionError as error:
        raise RoutesInvalid(["lists or tables are nested too deeply to be read"]) from error
    problems = [
        f"line {find_line(text, None, key)}: unknown key {key!r}{_suggest_key(key)}"
        for key in document
        if key not in _KEYS
    ]
    calendar = _read_calendar(document, text, problems, allows_plain_http)
    tables = document.get("route", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise RoutesInvalid(
            [*problems, f"line {find_line(text, None, 'route')}: routes are written as [[route]]"]
        )
    if not tables and not problems:
        problems.append("there is no [[route]]: no card would be posted")
    read_hours = partial(working_time_keys.read_working_hours, find_calendar=find_calendar, today=today)
    rules: list[Route | Operators] = []
    for number, table in enumerate(tables):
        reader = RouteTable(table, notifiers=notifiers, silent=silent, text=text, number=number)
        rule = reader.read_operators() if reader.is_operators_table else reader.read_route(read_hours)
        if isinstance(rule, Route) and today is not None:
            working_time_keys.refuse_unreachable(reader, rule, today)
        rules.append(rule)
        problems += reader.problems
    problems += _find_conflicts(rules, text)
    routes = [item for item in rules if isinstance(item, Route)]
    operators = next((item for item in rules if isinstance(item, Operators)), None)
    if operators and not routes:
        problems.append(f"there is no [[route]] but {OPERATORS_ROUTE!r}, which watches nothing")
    people = people_table.read_people(
        document.get("people", {}), problems=problems, find_line=partial(find_person_line, text)
    )
    problems += people_table.find_shortages(
        rules, people, find_line=lambda number: find_line(text, number, "required")
    )
    if problems:
        raise RoutesInvalid(problems)
    return Routes(routes, people, operators, calendar)


def _suggest_key(key: str) -> str:
    near = difflib.get_close_matches(key, _KEYS, n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    return ": the file holds [[route]] and [people] only, above them absences"


def _read_calendar(
    document: Mapping[str, Any],
    text: str,
    problems: list[str],
    allows_plain_http: Callable[[SplitResult], bool],
) -> CalendarAddress | None:
    if "absences" not in document:
        return None
    try:
        return parse_calendar_address(document["absences"], allows_plain_http=allows_plain_http)
    except ValueError as error:
        problems.append(f"line {find_line(text, None, 'absences')}: absences: the address {error}")
        return None


def _find_conflicts(routes: Sequence[Route | Operators], text: str) -> list[str]:
    """Return the conflicts between routes: their names appear in the ledger, and the first match wins."""
    problems = []
    names: set[str] = set()
    watched: dict[str, str] = {}
    for number, route in enumerate(routes):
        if route.name in names:
            line = find_line(text, number, "name")
            problems.append(f"line {line}: the name {route.name!r} is taken by an earlier route")
        for folder in route.watch:
            if folder in watched:
                line = find_line(text, number, "watch")
                problems.append(
                    f"line {line}: watch: the route {watched[folder]!r} above watches {folder!r} too, "
                    "and the first match wins"
                )
        names.add(route.name)
        for folder in route.watch:
            watched.setdefault(folder, route.name)
    return problems
