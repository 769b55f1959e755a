"""Reading of the table `[people]` in the routing file: whose an address is where a look-up fails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reviews.identity import CHATS, DOCSPACE, LinkedAccounts, drop_duplicate_addresses, join_addresses
from reviews.routes import value_parsers
from reviews.routes.route import MayAcknowledge, Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from reviews.routes.route import Operators

_ACCOUNT_FORMS = {
    **{name: (chat.id_form, chat.id_meaning) for name, chat in CHATS.items()},
    DOCSPACE: (
        re.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
        "the id of an account in DocSpace, as in 66faa6e4-f133-11ea-b126-00ffeec8b4ef",
    ),
}


def read_people(
    table: Any, *, problems: list[str], find_line: Callable[[str], int]
) -> dict[str, LinkedAccounts]:
    """Return the people by casefolded address; adds a sentence to `problems` for each mistake."""
    if not isinstance(table, dict):
        problems.append(f"line {find_line('')}: people is written as a table, [people]")
        return {}
    people = {}
    for address, value in table.items():
        try:
            people[value_parsers.parse_email(address).casefold()] = _read_linked_accounts(value)
        except ValueError as error:
            problems.append(f"line {find_line(address)}: people: {error}")
    return people


def list_persons(people: Mapping[str, LinkedAccounts], addresses: Iterable[str]) -> list[tuple[str, ...]]:
    """Return each person who has one of these addresses, with all their addresses."""
    persons = (
        sorted(person_address.casefold() for person_address in join_addresses(people, (address,)))
        for address in addresses
    )
    return list(dict.fromkeys(map(tuple, persons)))


def find_shortages(
    routes: Sequence[Route | Operators],
    people: Mapping[str, LinkedAccounts],
    *,
    find_line: Callable[[int], int],
) -> list[str]:
    """Return a sentence for each route that needs more people than its addresses stand for in the table.

    `find_line` returns where the text says how many people a route needs. A route with too few addresses is
    not a problem of the table.
    """
    problems = []
    for number, route in enumerate(routes):
        if not isinstance(route, Route) or route.may_acknowledge is MayAcknowledge.CHANNEL or route.groups:
            continue
        addresses = drop_duplicate_addresses((*route.owners, *route.deputies))
        persons = len(list_persons(people, addresses))
        if persons < min(route.required or 1, len(addresses)):
            problems.append(
                f"line {find_line(number)}: required: {route.required} people have to answer, but only "
                f"{persons} may: [people] gives the same account to several addresses"
            )
    return problems


def _read_linked_accounts(value: Any) -> LinkedAccounts:
    if not isinstance(value, dict) or not value:
        raise ValueError('name an account, as in "anna@example.com" = { slack = "U0123456789" }')
    for key, account in value.items():
        if key not in _ACCOUNT_FORMS:
            raise ValueError(f"unknown key {key!r}{value_parsers.suggest_nearest(key, _ACCOUNT_FORMS)}")
        form, meaning = _ACCOUNT_FORMS[key]
        if not isinstance(account, str) or not form.fullmatch(account):
            raise ValueError(f"{str(account)[:60]!r} is not {meaning}")
    chat_ids = {name: account for name, account in value.items() if name in CHATS}
    docspace = value.get(DOCSPACE, "").lower()  # as DocSpace writes it
    return LinkedAccounts(chat_ids=chat_ids, docspace=docspace)
