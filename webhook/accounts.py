"""Whose account in DocSpace an address is, asked while a person waits (facts on DocSpace, 4.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from webhook.asking import REFUSED, patient

if TYPE_CHECKING:
    from docspace.client import Client

PATIENCE = 2.0  # seconds to connect, and again to answer

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class AccountFinder:
    """Implements the product's port `FindsAccounts`; `client` has no more than `PATIENCE`."""

    client: Client

    def __call__(self, address: str) -> str | None:
        try:
            account = patient(lambda: self.client.account(address))
        except REFUSED as error:
            log.info("account_not_found", reason=str(error))
            return None
        return account.id or None
