"""The lookup of DocSpace accounts: while a person waits, and of owners (facts on DocSpace, 4.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from docspace import errors
from docspace.client import AccountStatus
from reviews.ports.owner_accounts import AccountAnswer

if TYPE_CHECKING:
    from collections.abc import Callable

    from docspace.client import AccountInfo, Client

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


@dataclass(frozen=True, kw_only=True)
class OwnerAccountFinder:
    """Implementation of the product's port `OwnerAccountQuery` (facts on DocSpace, 4.5).

    A removed account is 404; a disabled one is shown, with the status of one. Whether a 404 comes from
    DocSpace itself is shown by the key's own user, for whom it can't be right. A 500 may be about
    this person only.
    """

    client: Client

    def find_by_address(self, address: str) -> AccountAnswer:
        return self._ask(lambda: self.client.find_account(address))

    def find_by_id(self, account_id: str) -> AccountAnswer:
        return self._ask(lambda: self.client.get_person(account_id))

    def finds_key_user(self) -> bool:
        try:
            own = self.client.get_key_user()
        except (errors.RequestRefused, errors.ServerFailed) as error:
            log.warning("key_user_not_found", reason=str(error))
            return False
        return bool(own.email) and self.find_by_address(own.email or "") is AccountAnswer.ACTIVE

    def _ask(self, ask: Callable[[], AccountInfo]) -> AccountAnswer:
        try:
            account = ask()
        except errors.NotFound:
            return AccountAnswer.NO_ACCOUNT
        except (errors.RequestRefused, errors.ServerFailed) as error:
            log.info("account_not_shown", reason=str(error))
            return AccountAnswer.UNCLEAR
        if not account.id or account.status is None:
            return AccountAnswer.UNCLEAR
        return _ANSWERS.get(account.status, AccountAnswer.UNCLEAR)


_ANSWERS: dict[int, AccountAnswer] = {
    AccountStatus.ACTIVE: AccountAnswer.ACTIVE,
    AccountStatus.TERMINATED: AccountAnswer.DISABLED,
}
