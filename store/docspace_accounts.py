"""The repository `DocSpaceAccountRepository` on one connection."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.ports.people import AddressAnswer
from store.engine import build_by_dialect, find_rows
from store.expiry import delete_oldest
from store.schema import docspace_accounts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from store.engine import Insert

ACCOUNT_REWRITE_INTERVAL = timedelta(hours=1)
"""How old an answer may be before the same one is written again; far less than answers are valid."""

# Read at every click: built once.
_SELECT_BY_ADDRESSES = sa.select(docspace_accounts).where(
    docspace_accounts.c.address.in_(sa.bindparam("addresses", expanding=True))
)


def _remember(insert: Insert) -> Insert:
    newest = {"account": insert.excluded.account, "asked_at": insert.excluded.asked_at}
    return insert.on_conflict_do_update(index_elements=["address"], set_=newest)


_REMEMBER = build_by_dialect(docspace_accounts, _remember)


class SqlDocSpaceAccountRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def remember(self, answers: Mapping[str, str | None], *, at: datetime) -> None:
        newest = {address.casefold(): account for address, account in answers.items()}
        stored = find_rows(self._connection, docspace_accounts.c.address, sorted(newest))
        # In one order for all transactions, so that they can't deadlock.
        changed = [
            {"address": address, "account": account, "asked_at": at}
            for address, account in sorted(newest.items())
            if address not in stored or _differs(stored[address], account, at)
        ]
        if changed:
            self._connection.execute(_REMEMBER[self._connection.dialect.name], changed)

    def find_answers(self, addresses: Sequence[str]) -> dict[str, AddressAnswer]:
        if not addresses:
            return {}
        rows = self._connection.execute(
            _SELECT_BY_ADDRESSES, {"addresses": [each.casefold() for each in addresses]}
        )
        return {row.address: AddressAnswer(**row._mapping) for row in rows}  # noqa: SLF001 - its public name

    def forget(self, *, before: datetime) -> int:
        return delete_oldest(self._connection, docspace_accounts.c.asked_at, before=before)


def _differs(row: sa.RowMapping, account: str | None, at: datetime) -> bool:
    """Return whether an answer must be written; an answer without account is valid for a minute only."""
    asked_at = row["asked_at"]
    return account is None or account != row["account"] or not at - ACCOUNT_REWRITE_INTERVAL <= asked_at <= at
