"""A desk whose owner and deputy have accounts in a portal, and the use case that looks these up."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from demo import DemoPortal, PortalPerson, run_portal
from demo.entries import TERMINATED
from docspace.client import Client
from docspace.http import Http
from reviews.monitoring.owner_accounts import OwnerAccounts
from tests.reviews.portal_desk import SLOW
from tests.reviews.samples import DEPUTY, OWNER
from webhook.accounts import OwnerAccountFinder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.ports.owner_accounts import OwnerPresence
    from tests.reviews.desk import Desk

OWNING = PortalPerson("d0d0d0d0-0000-4000-8000-00000000da0a", "Dana Ozola", OWNER, "dana.ozola")
STEPPING_IN = PortalPerson("d0d0d0d0-0000-4000-8000-00000000de0e", "Sam Ito", DEPUTY, "sam.ito")


class Owners:
    """A desk with a portal that has accounts, and the use case that looks them up."""

    def __init__(self, desk: Desk, portal: DemoPortal, address: str) -> None:
        self.desk, self.portal = desk, portal
        self.query = OwnerAccountFinder(client=Client(Http(address, portal.api_key, timeout=SLOW)))

    @property
    def use_case(self) -> OwnerAccounts:
        desk = self.desk
        return OwnerAccounts(
            transactions=desk.transactions, routes=desk.routes, query=self.query, clock=desk.clock
        )

    def look(self, *, after: float = 0.0) -> int:
        """Look up who is due, so many hours later."""
        self.desk.clock.advance(hours=after)
        return self.use_case.look_up_due()

    def disable(self, person: PortalPerson = OWNING) -> None:
        self.portal.set_status(person.id, TERMINATED)

    def remove(self, person: PortalPerson = OWNING) -> None:
        self.disable(person)
        self.portal.remove_person(person.id)

    def entries(self) -> list[tuple[str, str, str]]:
        return [(each["type"], each["owner"], each["reason"]) for each in self.desk.entries()]

    def presence(self) -> OwnerPresence:
        with self.desk.transactions(reading=True) as work:
            return work.owner_states.find([OWNER])[OWNER].presence


@contextmanager
def open_owners(desk: Desk) -> Iterator[Owners]:
    portal = DemoPortal(desk.clock)
    portal.add_person(OWNING)
    portal.add_person(STEPPING_IN)
    with run_portal(portal) as address:
        yield Owners(desk, portal, address)
