"""Repositories on one connection of conversations, codes, links and sessions, and of requests seen before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.identity import ProvenPerson
from reviews.ports.people import IdempotencyKey, MailedCode, SignInLink
from store.engine import insert_into
from store.expiry import delete_oldest
from store.schema import codes, conversations, idempotency_keys, sessions, sign_in_links

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

# Needed at every activity in Teams: built once.
_SELECT_CONVERSATION = sa.select(conversations.c.said).where(
    conversations.c.notifier == sa.bindparam("notifier"), conversations.c.address == sa.bindparam("address")
)


# Needed at every page of a person who is signed in: built once.
_OPEN = sa.select(sessions.c.key).where(
    sessions.c.key == sa.bindparam("key"), sessions.c.begun_at > sa.bindparam("since")
)


class SqlConversationRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def remember(self, notifier: str, address: str, details: Mapping[str, str], *, at: datetime) -> None:
        values = {"notifier": notifier, "address": address, "said": dict(details), "seen_at": at}
        insert = insert_into(self._connection, conversations).values(values)
        newest = {"said": insert.excluded.said, "seen_at": insert.excluded.seen_at}
        self._connection.execute(
            insert.on_conflict_do_update(index_elements=["notifier", "address"], set_=newest)
        )

    def get(self, notifier: str, address: str) -> dict[str, str] | None:
        parameters = {"notifier": notifier, "address": address}
        details: dict[str, str] | None = self._connection.execute(
            _SELECT_CONVERSATION, parameters
        ).scalar_one_or_none()
        return details

    def forget(self, notifier: str, address: str) -> None:
        conditions = (conversations.c.notifier == notifier, conversations.c.address == address)
        self._connection.execute(sa.delete(conversations).where(*conditions))


class SqlIdempotencyKeyRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add_if_new(self, key: str, *, at: datetime) -> bool:
        insert = (
            insert_into(self._connection, idempotency_keys).values(key=key, at=at).on_conflict_do_nothing()
        )
        # Not by the row count, which drivers report for updates and deletions only.
        return (
            self._connection.execute(insert.returning(idempotency_keys.c.key)).scalar_one_or_none()
            is not None
        )

    def get(self, key: str) -> IdempotencyKey | None:
        query = sa.select(idempotency_keys.c.at, idempotency_keys.c.refused).where(
            idempotency_keys.c.key == key
        )
        row = self._connection.execute(query).mappings().one_or_none()
        return IdempotencyKey(**row) if row else None

    def rewrite(self, key: str) -> None:
        update = sa.update(idempotency_keys).where(idempotency_keys.c.key == key)
        self._connection.execute(update.values(at=idempotency_keys.c.at))

    def mark_refused(self, key: str) -> None:
        self._connection.execute(
            sa.update(idempotency_keys).where(idempotency_keys.c.key == key).values(refused=True)
        )

    def forget(self, *, before: datetime) -> int:
        return delete_oldest(self._connection, idempotency_keys.c.at, before=before)


class SqlMailedCodeRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, code: MailedCode) -> None:
        self._connection.execute(sa.insert(codes).values(vars(code)))

    def find_newest(self, browser: str) -> MailedCode | None:
        columns = [codes.c[name] for name in MailedCode.__dataclass_fields__]
        query = (
            sa.select(*columns).where(codes.c.browser == browser).order_by(codes.c.sent_at.desc()).limit(1)
        )
        row = self._connection.execute(query).mappings().one_or_none()
        return MailedCode(**row) if row else None

    def count_attempt(self, code_id: str, *, max_tries: int, now: datetime) -> bool:
        conditions = ~codes.c.used, codes.c.tries < max_tries, codes.c.good_until > now
        update = sa.update(codes).where(codes.c.id == code_id, *conditions).values(tries=codes.c.tries + 1)
        return self._connection.execute(update).rowcount == 1

    def spend(self, code_id: str) -> bool:
        update = sa.update(codes).where(codes.c.id == code_id, ~codes.c.used).values(used=True)
        return self._connection.execute(update).rowcount == 1

    def forget(self, *, before: datetime) -> int:
        return delete_oldest(self._connection, codes.c.sent_at, before=before)


class SqlSignInLinkRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, link: SignInLink) -> None:
        self._connection.execute(
            sa.insert(sign_in_links).values({**vars(link), "person": link.person.to_stored()})
        )

    def get(self, link_id: str, *, now: datetime) -> SignInLink | None:
        columns = [sign_in_links.c[name] for name in SignInLink.__dataclass_fields__]
        query = sa.select(*columns).where(*_match_valid(link_id, now))
        row = self._connection.execute(query).mappings().one_or_none()
        if row is None:
            return None
        try:
            person = ProvenPerson.from_stored(row["person"])
        except (AttributeError, KeyError, TypeError, ValueError):
            return None  # written by another release of this program, or changed by hand
        return SignInLink(**{**row, "person": person})

    def spend(self, link_id: str, *, now: datetime) -> bool:
        update = sa.update(sign_in_links).where(*_match_valid(link_id, now)).values(used=True)
        return self._connection.execute(update).rowcount == 1

    def forget(self, *, before: datetime) -> int:
        return delete_oldest(self._connection, sign_in_links.c.made_at, before=before)


class SqlSessionRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def begin(self, key: str, *, at: datetime) -> None:
        self._connection.execute(sa.insert(sessions).values(key=key, begun_at=at))

    def is_open(self, key: str, *, since: datetime) -> bool:
        session = {"key": key, "since": since}
        return self._connection.execute(_OPEN, session).scalar_one_or_none() is not None

    def end(self, key: str) -> None:
        self._connection.execute(sa.delete(sessions).where(sessions.c.key == key))

    def forget(self, *, before: datetime) -> int:
        return delete_oldest(self._connection, sessions.c.begun_at, before=before)


def _match_valid(link_id: str, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return sign_in_links.c.id == link_id, ~sign_in_links.c.used, sign_in_links.c.good_until > now
