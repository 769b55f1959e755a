"""The repository `DocSpaceAccounts` on one connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.docspace_accounts import AskedAddress
from store.engine import by_dialect
from store.forgetting import forget_oldest
from store.schema import docspace_accounts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from store.engine import Insert

# Read at every click: built once.
_OF = sa.select(docspace_accounts).where(
    docspace_accounts.c.address.in_(sa.bindparam("addresses", expanding=True))
)


def _remember(insert: Insert) -> Insert:
    newest = {"account": insert.excluded.account, "asked_at": insert.excluded.asked_at}
    return insert.on_conflict_do_update(index_elements=["address"], set_=newest)


_REMEMBER = by_dialect(docspace_accounts, _remember)


class DocSpaceAccounts:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def remember(self, address: str, account: str | None, *, at: datetime) -> None:
        values = {"address": address.casefold(), "account": account, "asked_at": at}
        self._connection.execute(_REMEMBER[self._connection.dialect.name], values)

    def of(self, addresses: Sequence[str]) -> dict[str, AskedAddress]:
        if not addresses:
            return {}
        rows = self._connection.execute(_OF, {"addresses": [each.casefold() for each in addresses]})
        return {row.address: AskedAddress(**row._mapping) for row in rows}  # noqa: SLF001 - its public name

    def forget(self, *, before: datetime) -> int:
        return forget_oldest(self._connection, docspace_accounts.c.asked_at, before=before)
