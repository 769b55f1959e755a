"""How DocSpace is called here: the host and the key of the settings, within the limits of all processes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import structlog

from docspace.client import Client
from docspace.http import Http
from reviews.errors import TryLater
from runtime.allowance import ALL_CALLS, Allowance
from runtime.settings import UnusableSettings
from webhook.accounts import AccountFinder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docspace.http import Share
    from reviews.ports import Clock, Transactions
    from runtime.allowance import Pace
    from runtime.settings import Settings

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Calls:
    """Connects to DocSpace; raises `UnusableSettings` where its host or the key is missing."""

    settings: Settings
    transactions: Transactions
    clock: Clock
    share: Share

    def connect(self, *, patience: float, paces: Sequence[Pace] = ()) -> Http:
        """Return the connection; DocSpace may take `patience` seconds to connect, and again to answer.

        Its calls keep to these paces too.
        """
        host = self.settings.need(
            "DOCSPACE_API_HOST", "the address of your DocSpace, such as acme.onlyoffice.com"
        )
        key = self.settings.need("DOCSPACE_API_KEY", "make one in DocSpace under Developer tools, API keys")
        permit = permit_all([Allowance(self.transactions, self.clock, pace) for pace in (*paces, ALL_CALLS)])
        return Http(host, key, permit, self.share, patience=patience)


def permit_all(allowances: Sequence[Allowance]) -> Callable[[], float]:
    """Return what uses up a permit of each, or tells how many seconds the first without one has to wait."""

    def ask() -> float:
        return next((wait for each in allowances if (wait := each.ask())), 0.0)

    return ask


@dataclass(frozen=True)
class AccountSearch:
    """Implements the product's port `FindsAccounts`; connects when the first account is wanted.

    Most pages and clicks want none, so they need no key.
    """

    connect: Callable[[], Http]

    def __call__(self, address: str) -> str | None:
        try:
            return self._finder(address)
        except UnusableSettings as error:
            log.error("account_not_asked_for", reason=str(error))  # noqa: TRY400 - the reason is all of it
            raise TryLater(str(error)) from error

    @cached_property
    def _finder(self) -> AccountFinder:
        return AccountFinder(client=Client(self.connect()))
