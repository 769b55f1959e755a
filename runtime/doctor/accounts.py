"""Whether owners and deputies have the DocSpace accounts that distinguish them from contributors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docspace import errors
from reviews.people.answerers import is_segregated
from reviews.routes.route import MayAcknowledge, is_group
from runtime.doctor.findings import report_error, report_ok, report_warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docspace.client import Client
    from reviews.routes.route import Route
    from runtime.doctor.findings import Finding
    from runtime.wiring.wiring import Wiring

MAX_LOOKUPS = 200  # addresses, each a call to DocSpace
ABOUT = "account of {address}"
REMEDY = 'add it under [people] in the routing file: "{address}" = {{ docspace = "<the account\'s id>" }}'


def check_accounts(wiring: Wiring) -> Iterator[Finding]:
    """Report each owner and deputy who needs an account to be distinguished from contributors and has none.

    If DocSpace does not answer at all, the folder checks report that.
    """
    routes = [route for route in wiring.routes.all if is_segregated(route)]
    directory = wiring.directory
    people = {each.casefold(): each for route in routes for each in _list_people(route)}
    lookups = {
        key: each
        for key, each in people.items()
        if not directory.find_docspace_ids(directory.join_addresses((each,)))
    }
    client, absent = wiring.unlimited_client, {}
    try:
        for key, address in list(lookups.items())[:MAX_LOOKUPS]:
            if reason := _explain_absence(client, address):
                absent[key] = reason
    except errors.DocSpaceError:
        return
    for key, reason in absent.items():
        remedy = REMEDY.format(address=lookups[key])
        yield report_warning(ABOUT.format(address=lookups[key]), f"{reason}, so they can't answer", remedy)
    for route in routes:
        others_may = route.groups or route.may_acknowledge is MayAcknowledge.CHANNEL
        if (
            route.owners
            and not others_may
            and {each.casefold() for each in _list_people(route)} <= set(absent)
        ):
            message = "no one can answer: DocSpace shows no account for any owner or deputy"
            yield report_error(f"route {route.name}", message, "see the accounts above")
    if people and not absent:
        yield report_ok("accounts of owners and deputies", "DocSpace shows all of them")


def _list_people(route: Route) -> list[str]:
    return [entry for entry in (*route.owners, *route.deputies) if not is_group(entry)]


def _explain_absence(client: Client, address: str) -> str:
    """Return why an address has no account, or nothing. Raises errors that are not about the account."""
    try:
        return "" if client.find_account(address).id else "DocSpace has no account with this address"
    except errors.Forbidden:
        return "DocSpace does not show this account to the API key's user"
    except (errors.NotFound, errors.BadRequest):
        return "DocSpace has no account with this address"
