"""Calls to DocSpace: the host and the key of the settings, within the limits of all processes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import structlog

from docspace.client import Client
from docspace.http import Http
from reviews.errors import TryLater
from runtime.remote_calls.call_allowance import RESERVED_RATE, TOTAL_RATE, Allowance
from runtime.settings.settings import UnusableSettings
from webhook.accounts import AccountFinder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docspace.http import ConcurrencyLimit
    from reviews.clock import Clock
    from reviews.ports.unit_of_work import Transactions
    from runtime.remote_calls.call_allowance import CallRate
    from runtime.settings.settings import Settings

MAX_TURN_WAIT_SECONDS = 20.0
"""How long a call of the worker waits for its turn. Several workers take turns, each with a few dozen calls
at a time."""

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class TurnWait:
    """How a call waits for its turn: `seconds` in all. `wait` returns `True` if waiting has to end."""

    seconds: float
    wait: Callable[[float], bool]


NO_TURN_WAIT = TurnWait(seconds=0.0, wait=lambda _seconds: True)
"""For calls that get the waiting time at once, such as those of sweeps, which pause by themselves."""


@dataclass(frozen=True, kw_only=True)
class DocSpaceConnector:
    """Factory of connections to DocSpace; raises `UnusableSettings` if its host or the key is missing."""

    settings: Settings
    transactions: Transactions
    clock: Clock
    share: ConcurrencyLimit

    def connect(
        self, *, patience: float, paces: Sequence[CallRate] = (), in_line: TurnWait = NO_TURN_WAIT
    ) -> Http:
        """Return a connection; DocSpace may take `patience` seconds to connect, and again to answer.

        Its calls keep to these paces too, and wait for their turn `in_line`.
        """
        allowances = [Allowance(self.transactions, self.clock, pace) for pace in (*paces, TOTAL_RATE)]
        return self._connect(build_shared_permit(allowances, in_line), patience)

    def connect_for_person(self, *, patience: float) -> Http:
        """Return a connection for calls for which a person waits."""
        return self._connect(build_person_permit(self.transactions, self.clock), patience)

    def _connect(self, permit: Callable[[], float], patience: float) -> Http:
        host = self.settings.require(
            "DOCSPACE_API_HOST", "the address of your DocSpace, such as acme.onlyoffice.com"
        )
        key = self.settings.require(
            "DOCSPACE_API_KEY", "make one in DocSpace under Developer tools, API keys"
        )
        return Http(host, key, permit, self.share, patience=patience)


def build_shared_permit(
    allowances: Sequence[Allowance], in_line: TurnWait = NO_TURN_WAIT
) -> Callable[[], float]:
    """Return a function that uses up a permit of each, or returns the wait for a missing one in seconds.

    An event takes several calls. If it is given up in the middle, a retry repeats the calls before. With many
    of those, the rate limit would be spent on calls that lead to nothing.
    """

    def ask() -> float:
        remaining = in_line.seconds
        for each in allowances:
            while wait := each.take_permit():
                if wait > remaining or in_line.wait(wait):
                    return wait
                remaining -= wait
        return 0.0

    return ask


def build_person_permit(transactions: Transactions, clock: Clock) -> Callable[[], float]:
    """Return a function that uses up a permit reserved for people, or a common one if none is left."""
    reserved, others = (Allowance(transactions, clock, pace) for pace in (RESERVED_RATE, TOTAL_RATE))
    return lambda: reserved.take_permit() and others.take_permit()


@dataclass(frozen=True)
class AccountSearch:
    """Implementation of the product's port `AccountQuery`; it connects at the first lookup.

    Most pages and clicks look up no account, so they need no key.
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
