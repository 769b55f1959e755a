"""The repository `ChatAccountRepository` on one connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.account import AccountStatus, ChatAccount
from reviews.stored_enums import read_enum
from store.engine import insert_into
from store.schema import accounts

if TYPE_CHECKING:
    from datetime import datetime

# Each click looks up the account of the person who clicks: the queries are built once.
_SELECT_RECENT = (
    sa.select(accounts)
    .where(accounts.c.chat == sa.bindparam("chat"), accounts.c.seen_at > sa.bindparam("since"))
    .order_by(accounts.c.seen_at.desc())
    .limit(1)
)
_OF_MEMBER = _SELECT_RECENT.where(accounts.c.id == sa.bindparam("member"))
_AT_ADDRESS = _SELECT_RECENT.where(accounts.c.address == sa.bindparam("address"))


class SqlChatAccountRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def remember(self, account: ChatAccount, *, looked_up_address: str, at: datetime) -> None:
        """Save an account; keep the stored locale if this one has none."""
        address = looked_up_address.casefold() or None
        values: dict[str, Any] = {
            "address": address,
            "email": account.email,
            "name": account.name,
            "standing": account.status,
            "locale": account.locale,
            "said": {
                "workspaces": list(account.workspaces),
                "organization": account.organization,
                "other_emails": list(account.other_emails),
                "login": account.login,
            },
            "seen_at": at,
        }
        insert = insert_into(self._connection, accounts).values(chat=account.chat, id=account.id, **values)
        if not account.locale:
            del values["locale"]
        if address is None:
            own_address = (account.email or "").casefold()
            values["address"] = sa.case((accounts.c.address == own_address, accounts.c.address), else_=None)
        else:
            self._lock_rows(account, address)
            self._release_address(account, address)
        self._connection.execute(insert.on_conflict_do_update(index_elements=["chat", "id"], set_=values))

    def get(self, chat: str, member: str, *, since: datetime) -> ChatAccount | None:
        return self._find_newest(_OF_MEMBER, chat=chat, member=member, since=since)

    def find_by_address(self, chat: str, address: str, *, since: datetime) -> ChatAccount | None:
        return self._find_newest(_AT_ADDRESS, chat=chat, address=address.casefold(), since=since)

    def _lock_rows(self, account: ChatAccount, address: str) -> None:
        """Lock the rows to write in one order, so that two writers that swap an address don't deadlock."""
        conditions = (
            accounts.c.chat == account.chat,
            sa.or_(accounts.c.id == account.id, accounts.c.address == address),
        )
        self._connection.execute(
            sa.select(accounts.c.id).where(*conditions).order_by(accounts.c.id).with_for_update()
        )

    def _release_address(self, account: ChatAccount, address: str) -> None:
        """Take an address from the accounts that had it before."""
        conditions = (
            accounts.c.chat == account.chat,
            accounts.c.address == address,
            accounts.c.id != account.id,
        )
        self._connection.execute(sa.update(accounts).where(*conditions).values(address=None))

    def _find_newest(self, query: sa.Select[Any], **values: str | datetime) -> ChatAccount | None:
        row = self._connection.execute(query, values).one_or_none()
        return _build_account(row) if row else None


def _build_account(row: sa.Row[Any]) -> ChatAccount:
    return ChatAccount(
        chat=row.chat,
        id=row.id,
        name=row.name,
        email=row.email,
        status=read_enum(AccountStatus, row.standing),
        workspaces=tuple(row.said["workspaces"]),
        organization=row.said["organization"],
        other_emails=tuple(row.said["other_emails"]),
        login=row.said["login"],
        locale=row.locale,
    )
