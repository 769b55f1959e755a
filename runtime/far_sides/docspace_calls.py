"""How DocSpace is called here: the host and the key of the settings, within the limits of all processes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import structlog

from docspace.client import Client
from docspace.http import Http
from reviews.errors import TryLater
from runtime.far_sides.call_allowance import ALL_CALLS, RESERVED, Allowance
from runtime.settings.settings import UnusableSettings
from webhook.accounts import AccountFinder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docspace.http import Share
    from reviews.clock import Clock
    from reviews.ports.unit_of_work import Transactions
    from runtime.far_sides.call_allowance import Pace
    from runtime.settings.settings import Settings

TURN_SECONDS = 20.0
"""For so long a call of the worker's waits for its turn. Several workers take turns, each with a few dozen
calls at a time."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class InLine:
    """How a call waits for its turn: `seconds` in all. `wait` answers `True` where waiting has to end."""

    seconds: float
    wait: Callable[[float], bool]


NOT_IN_LINE = InLine(seconds=0.0, wait=lambda _seconds: True)
"""For calls that are told at once how long they have to wait, such as those of sweeps, which pause by
themselves."""


@dataclass(frozen=True, kw_only=True)
class Calls:
    """Connects to DocSpace; raises `UnusableSettings` where its host or the key is missing."""

    settings: Settings
    transactions: Transactions
    clock: Clock
    share: Share

    def connect(self, *, patience: float, paces: Sequence[Pace] = (), in_line: InLine = NOT_IN_LINE) -> Http:
        """Return the connection; DocSpace may take `patience` seconds to connect, and again to answer.

        Its calls keep to these paces too, and wait for their turn `in_line`.
        """
        allowances = [Allowance(self.transactions, self.clock, pace) for pace in (*paces, ALL_CALLS)]
        return self._connect(permit_all(allowances, in_line), patience)

    def connect_for_person(self, *, patience: float) -> Http:
        """Return the same for calls for which a person waits."""
        return self._connect(permit_person(self.transactions, self.clock), patience)

    def _connect(self, permit: Callable[[], float], patience: float) -> Http:
        host = self.settings.need(
            "DOCSPACE_API_HOST", "the address of your DocSpace, such as acme.onlyoffice.com"
        )
        key = self.settings.need("DOCSPACE_API_KEY", "make one in DocSpace under Developer tools, API keys")
        return Http(host, key, permit, self.share, patience=patience)


def permit_all(allowances: Sequence[Allowance], in_line: InLine = NOT_IN_LINE) -> Callable[[], float]:
    """Return what uses up a permit of each, or tells how many seconds the first without one has to wait.

    An event takes several calls. Given up in the middle, it makes those before it again; if many were, the
    limit would go into calls that lead to nothing.
    """

    def ask() -> float:
        left = in_line.seconds
        for each in allowances:
            while wait := each.ask():
                if wait > left or in_line.wait(wait):
                    return wait
                left -= wait
        return 0.0

    return ask


def permit_person(transactions: Transactions, clock: Clock) -> Callable[[], float]:
    """Return what uses up a permit of those reserved for people, or one of all where none of them is left."""
    reserved, others = (Allowance(transactions, clock, pace) for pace in (RESERVED, ALL_CALLS))
    return lambda: reserved.ask() and others.ask()


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
