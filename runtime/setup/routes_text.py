"""The text of `routes.toml` with one route as the answers have it; comments and other routes stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT

from reviews.routes.route import OPERATORS_ROUTE
from runtime.setup.answers import DEFAULT_ROUTE, Answers, parse_folders, parse_list

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tomlkit import TOMLDocument

HEADER = "Who reviews what: the first route that matches a file counts. All keys: docs/routes.md."
KEYS = {"watch": "folder", "owners": "owners", "deputies": "deputies", "notify": "notify"}
"""The keys of a route that are answers, with the names of these."""


class UnusableRoutes(Exception):
    """The text is no routing file that can be changed; the message says why in one line."""


def list_route_names(text: str) -> list[str]:
    """Return the names of the routes, without that of operators."""
    names = [row.get("name") for row in _read_rows(_parse(text))]
    return [str(name) for name in names if isinstance(name, str) and _is_route(name)]


def read_route(text: str, name: str) -> Mapping[str, tuple[str, ...]]:
    """Return the answers that a route holds, by their names; empty if there is no such route."""
    row = next((row for row in _read_rows(_parse(text)) if row.get("name") == name), None)
    if row is None:
        return {}
    try:
        return {
            answer: parse_folders(row[key].unwrap()) if key == "watch" else parse_list(row[key].unwrap())
            for key, answer in KEYS.items()
            if key in row
        }
    except (ValueError, AttributeError) as error:
        raise UnusableRoutes(f"the route {name}: {error}") from error


def change_routes_text(text: str, answers: Answers) -> str:
    """Return the text with the route of the answers, which is added where there is none of its name."""
    document = _parse(text)
    rows = _read_rows(document)
    name = answers.route or DEFAULT_ROUTE
    row = next((row for row in rows if row.get("name") == name), None)
    if row is None:
        row = tomlkit.table()
        row["name"] = name
        _change_row(row, answers)
        _add_row(document, row)
    else:
        _change_row(row, answers)
    return tomlkit.dumps(document)


def _parse(text: str) -> TOMLDocument:
    try:
        return tomlkit.parse(text)
    except (TOMLKitError, ValueError, RecursionError) as error:
        raise UnusableRoutes(str(error)) from error


def _read_rows(document: TOMLDocument) -> Sequence[Any]:
    rows: Any = document.get("route")
    if rows is None:
        return []
    if not isinstance(rows, AoT):
        raise UnusableRoutes("routes are not written as [[route]]: write them so, or change the file by hand")
    return list(rows)


def _change_row(row: Any, answers: Answers) -> None:
    """Change the keys whose values differ, so that the form of the others stays as it is."""
    for key, answer in KEYS.items():
        values = list(getattr(answers, answer))
        present = row.get(key)
        if values and (present is None or present.unwrap() != values):
            row[key] = values
        elif not values and present is not None:
            del row[key]


def _add_row(document: TOMLDocument, row: Any) -> None:
    """Add a route after the others."""
    rows = document.get("route")
    if rows:
        rows.append(row)
        return
    if not document:
        document.add(tomlkit.comment(HEADER))
        document.add(tomlkit.nl())
    rows = tomlkit.aot()
    rows.append(row)
    document.add("route", rows)


def _is_route(name: str) -> bool:
    return bool(name) and name != OPERATORS_ROUTE
