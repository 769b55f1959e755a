"""The table `[people]` of the routing file: who an address is where a look-up would not find them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reviews import route_values
from reviews.routing import Known

if TYPE_CHECKING:
    from collections.abc import Callable

_PLACES = {
    "slack": (re.compile("[UW][A-Z0-9]{1,40}"), "a member's id in Slack, as in U0123456789"),
    "teams": (re.compile(r"[^\s<>\"]{1,113}"), "a user principal name or an object id in Entra"),
    "docspace": (
        re.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
        "the id of an account in DocSpace, as in 66faa6e4-f133-11ea-b126-00ffeec8b4ef",
    ),
}


def read(table: Any, *, problems: list[str], line: Callable[[str], int]) -> dict[str, Known]:
    """Return the people by casefolded address; adds a sentence to `problems` for each mistake."""
    if not isinstance(table, dict):
        problems.append(f"line {line('')}: people is written as a table, [people]")
        return {}
    people = {}
    for address, said in table.items():
        try:
            people[route_values.email(address).casefold()] = _known(said)
        except ValueError as error:
            problems.append(f"line {line(address)}: people: {error}")
    return people


def _known(said: Any) -> Known:
    if not isinstance(said, dict) or not said:
        raise ValueError('write who it is, as in "anna@example.com" = { slack = "U0123456789" }')
    for place, account in said.items():
        if place not in _PLACES:
            raise ValueError(f"unknown key {place!r}{route_values.nearest(place, _PLACES)}")
        form, meaning = _PLACES[place]
        if not isinstance(account, str) or not form.fullmatch(account):
            raise ValueError(f"{str(account)[:60]!r} is not {meaning}")
    docspace = said.get("docspace", "").lower()  # as DocSpace writes it
    return Known(**{**said, "docspace": docspace})
