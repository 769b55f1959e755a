"""Repositories on one connection of people, and of their accounts in chats and in DocSpace."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.account import AccountStatus, ChatAccount
from reviews.identity import Person
from reviews.ports.people import AddressAnswer
from reviews.stored_enums import read_enum
from store.engine import MAX_PARAMETERS, build_by_dialect, insert_into
from store.expiry import delete_oldest
from store.schema import accounts, docspace_accounts, people

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from store.engine import Insert

PERSON_REWRITE_INTERVAL = timedelta(hours=1)
"""How old `seen_at` may be before a person without other changes is written again."""
ACCOUNT_REWRITE_INTERVAL = timedelta(hours=1)
"""How old an answer may be before the same one is written again; far less than answers are valid."""
# Each click looks up the account of the person who clicks: the queries are built once.
_SELECT_CHAT_ACCOUNT = (
    sa.select(accounts)
    .where(accounts.c.chat == sa.bindparam("chat"), accounts.c.seen_at > sa.bindparam("since"))
    .order_by(accounts.c.seen_at.desc())
    .limit(1)
)
_SELECT_BY_MEMBER = _SELECT_CHAT_ACCOUNT.where(accounts.c.id == sa.bindparam("member"))
_SELECT_BY_LOOKED_UP_ADDRESS = _SELECT_CHAT_ACCOUNT.where(accounts.c.address == sa.bindparam("address"))
# Read at every click: built once.
_SELECT_BY_ADDRESSES = sa.select(docspace_accounts).where(
    docspace_accounts.c.address.in_(sa.bindparam("addresses", expanding=True))
)


def _remember_person(insert: Insert) -> Insert:
    # A look-up that was refused brings no address; the stored one stays.
    new = insert.excluded
    email = sa.func.coalesce(new.email, people.c.email)
    newest = {"name": new.name, "email": email, "seen_at": new.seen_at}
    return insert.on_conflict_do_update(index_elements=["id"], set_=newest)


_REMEMBER_PERSON = build_by_dialect(people, _remember_person)  # done at every change: built once


def _remember_account(insert: Insert) -> Insert:
    newest = {"account": insert.excluded.account, "asked_at": insert.excluded.asked_at}
    return insert.on_conflict_do_update(index_elements=["address"], set_=newest)


_REMEMBER_ACCOUNT = build_by_dialect(docspace_accounts, _remember_account)

_PERSON, _ANSWER = "person", "answer"
# What is stored of people and addresses at every change: mostly nothing of it has to be written again.
_STORED = sa.union_all(
    sa.select(
        *(sa.literal(_PERSON, literal_execute=True).label("kind"), people.c.id.label("key"), people.c.name),
        *(people.c.email.label("value"), people.c.seen_at.label("at")),
    ).where(people.c.id.in_(sa.bindparam("ids", expanding=True))),
    sa.select(
        *(sa.literal(_ANSWER, literal_execute=True), docspace_accounts.c.address, sa.null()),
        *(docspace_accounts.c.account, docspace_accounts.c.asked_at),
    ).where(docspace_accounts.c.address.in_(sa.bindparam("addresses", expanding=True))),
)


class SqlPersonRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def remember(
        self, *persons: Person, answers: Mapping[str, str | None] | None = None, at: datetime
    ) -> None:
        newest, newest_answers = _merge_by_id(persons), _casefold_addresses(answers or {})
        stored = _find_stored(self._connection, ids=sorted(newest), addresses=sorted(newest_answers))
        _write_answers(self._connection, newest_answers, stored, at)
        # In one order for all transactions, so that they can't deadlock.
        changed = [
            {"id": key, "name": person.name, "email": person.email, "seen_at": at}
            for key, person in sorted(newest.items())
            if _has_person_changed(stored.get((_PERSON, key)), person, at)
        ]
        if changed:
            self._connection.execute(_REMEMBER_PERSON[self._connection.dialect.name], changed)

    def find_by_email(self, email: str) -> Person | None:
        query = (
            sa.select(people)
            .where(people.c.email == email.lower())
            .order_by(people.c.seen_at.desc())
            .limit(1)
        )
        row = self._connection.execute(query).mappings().first()
        return Person(id=row["id"], name=row["name"], email=row["email"]) if row else None

    def find_names(self, addresses: Sequence[str]) -> dict[str, str]:
        casefolded = {address.lower(): address.casefold() for address in addresses}
        query = sa.select(people.c.email, people.c.name).where(people.c.email.in_(casefolded))
        result = self._connection.execute(query.order_by(people.c.seen_at))
        return {casefolded[row.email]: row.name for row in result}


def _merge_by_id(persons: Iterable[Person]) -> dict[str, Person]:
    """Return each person with an id once: newest name, newest address that is set, in lower case."""
    merged: dict[str, Person] = {}
    for person in persons:
        if person.id is not None:
            before = merged.get(person.id, person).email
            merged[person.id] = replace(person, email=(person.email or before or "").lower() or None)
    return merged


def _find_stored(
    connection: sa.Connection, *, ids: Sequence[str], addresses: Sequence[str]
) -> dict[tuple[str, str], sa.Row[Any]]:
    """Return what is stored of people and addresses, without locks."""
    stored: dict[tuple[str, str], sa.Row[Any]] = {}
    for start in range(0, max(len(ids), len(addresses)), MAX_PARAMETERS):
        end = start + MAX_PARAMETERS
        parameters = {"ids": ids[start:end], "addresses": addresses[start:end]}
        stored.update(((row.kind, row.key), row) for row in connection.execute(_STORED, parameters))
    return stored


def _has_person_changed(row: sa.Row[Any] | None, person: Person, at: datetime) -> bool:
    """Return whether a person must be written: a look-up without an address changes nothing."""
    if row is None:
        return True
    is_readdressed = person.email is not None and person.email != row.value
    return bool(row.name != person.name or is_readdressed or row.at < at - PERSON_REWRITE_INTERVAL)


def _casefold_addresses(answers: Mapping[str, str | None]) -> dict[str, str | None]:
    return {address.casefold(): account for address, account in answers.items()}


def _write_answers(
    connection: sa.Connection,
    newest: Mapping[str, str | None],
    stored: Mapping[tuple[str, str], sa.Row[Any]],
    at: datetime,
) -> None:
    # In one order for all transactions, so that they can't deadlock.
    changed = [
        {"address": address, "account": account, "asked_at": at}
        for address, account in sorted(newest.items())
        if _has_answer_changed(stored.get((_ANSWER, address)), account, at)
    ]
    if changed:
        connection.execute(_REMEMBER_ACCOUNT[connection.dialect.name], changed)


class SqlDocSpaceAccountRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def remember(self, answers: Mapping[str, str | None], *, at: datetime) -> None:
        newest = _casefold_addresses(answers)
        stored = _find_stored(self._connection, ids=[], addresses=sorted(newest))
        _write_answers(self._connection, newest, stored, at)

    def find_answers(self, addresses: Sequence[str]) -> dict[str, AddressAnswer]:
        if not addresses:
            return {}
        rows = self._connection.execute(
            _SELECT_BY_ADDRESSES, {"addresses": [each.casefold() for each in addresses]}
        )
        return {row.address: AddressAnswer(**row._mapping) for row in rows}  # noqa: SLF001 - its public name

    def forget(self, *, before: datetime) -> int:
        return delete_oldest(self._connection, docspace_accounts.c.asked_at, before=before)


def _has_answer_changed(row: sa.Row[Any] | None, account: str | None, at: datetime) -> bool:
    """Return whether an answer must be written; an answer without account is valid for a minute only."""
    if row is None or account is None or account != row.value:
        return True
    return not at - ACCOUNT_REWRITE_INTERVAL <= row.at <= at


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
        return self._find_newest(_SELECT_BY_MEMBER, chat=chat, member=member, since=since)

    def find_by_address(self, chat: str, address: str, *, since: datetime) -> ChatAccount | None:
        return self._find_newest(
            _SELECT_BY_LOOKED_UP_ADDRESS, chat=chat, address=address.casefold(), since=since
        )

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
