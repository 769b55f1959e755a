"""Calls to DocSpace: the host and the key of the settings, within the limits of all processes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import structlog

from docspace.limits import READ_SECONDS, ConcurrencyLimit
from reviews.errors import TryLater
from runtime.call_limits.call_allowance import (
    NO_TURN_WAIT,
    TOTAL_RATE,
    Allowance,
    build_person_permit,
    build_shared_permit,
)
from runtime.call_limits.spare_calls import SpareAllowance
from runtime.settings.settings import UnusableSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docspace.http import Http
    from reviews.clock import Clock
    from reviews.ports.unit_of_work import Transactions
    from runtime.call_limits.call_allowance import CallRate, TurnWait
    from runtime.settings.settings import Settings
    from webhook.accounts import AccountFinder

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class DocSpaceConnector:
    """Factory of connections to DocSpace; raises `UnusableSettings` if its host or the key is missing."""

    settings: Settings
    transactions: Transactions
    clock: Clock
    concurrency_limit: ConcurrencyLimit

    def connect(
        self, *, timeout: float, rates: Sequence[CallRate] = (), turn_wait: TurnWait = NO_TURN_WAIT
    ) -> Http:
        """Return a connection; DocSpace may take `timeout` seconds to connect, and again to answer.

        Its calls keep to these `rates` too, and `turn_wait` is how they wait for their turn.
        """
        allowances = [Allowance(self.transactions, self.clock, rate) for rate in (*rates, TOTAL_RATE)]
        return self._connect(build_shared_permit(allowances, turn_wait), self.concurrency_limit, timeout)

    def connect_with_spare_calls(self, *, timeout: float, turn_wait: TurnWait) -> Http:
        """Return a connection for one call at a time, of those that events leave."""
        spare = SpareAllowance(self.transactions, self.clock)
        return self._connect(build_shared_permit([spare], turn_wait), self.concurrency_limit, timeout)

    def connect_for_person(self, *, timeout: float) -> Http:
        """Return a connection for calls for which a person waits."""
        return self._connect(
            build_person_permit(self.transactions, self.clock), self.concurrency_limit, timeout
        )

    def connect_unlimited(self) -> Http:
        """Return a connection whose calls are not counted, so that it works without a database."""
        return self._connect(lambda: 0.0, ConcurrencyLimit(), READ_SECONDS)

    def connect_without_key(self) -> Http:
        """Return a connection for what DocSpace shows to everyone."""
        from docspace.http import Http  # noqa: PLC0415 - as below

        return Http(self._require_host(), "", timeout=READ_SECONDS)

    def _require_host(self) -> str:
        return self.settings.require(
            "DOCSPACE_API_HOST", "the address of your DocSpace, such as acme.onlyoffice.com"
        )

    def _connect(
        self, take_permit: Callable[[], float], concurrency_limit: ConcurrencyLimit, timeout: float
    ) -> Http:
        host = self._require_host()
        key = self.settings.require(
            "DOCSPACE_API_KEY", "make one in DocSpace under Developer tools, API keys"
        )
        from docspace.http import Http  # noqa: PLC0415 - a web process may never call DocSpace

        return Http(host, key, take_permit, concurrency_limit, timeout=timeout)


@dataclass(frozen=True)
class AccountSearch:
    """Implementation of the product's port `AccountQuery`; it is built at the first lookup.

    Most pages and clicks look up no account, so they need no key.
    """

    build: Callable[[], AccountFinder]

    def __call__(self, address: str) -> str | None:
        try:
            return self._finder(address)
        except UnusableSettings as error:
            log.error("account_not_asked_for", reason=str(error))  # noqa: TRY400 - the reason is all of it
            raise TryLater(str(error)) from error

    @cached_property
    def _finder(self) -> AccountFinder:
        return self.build()
