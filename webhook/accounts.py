"""The lookup of a DocSpace account by address while a person waits (facts on DocSpace, 4.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from docspace import errors

if TYPE_CHECKING:
    from docspace.client import Client

ACCOUNT_TIMEOUT_SECONDS = 2.0  # seconds to connect, and again to answer

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class AccountFinder:
    """Implementation of the product's port `AccountQuery`; `client` has `ACCOUNT_TIMEOUT_SECONDS` at most."""

    client: Client

    def __call__(self, address: str) -> str | None:
        try:
            account = self.client.find_account(address)
        except errors.RequestRefused as error:
            log.info("account_not_found", reason=str(error))
            return None
        return account.id or None
