"""The repository `People` on one connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.model import (
    Person,
)
from store.engine import by_dialect
from store.schema import people

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from store.engine import Insert


def _remember(insert: Insert) -> Insert:
    # A look-up that was refused brings no address; the one that is known stays.
    found = insert.excluded
    email = sa.func.coalesce(found.email, people.c.email)
    newest = {"name": found.name, "email": email, "seen_at": found.seen_at}
    return insert.on_conflict_do_update(index_elements=["id"], set_=newest)


_REMEMBER = by_dialect(people, _remember)  # done at every change: built once


class People:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def remember(self, person: Person, *, at: datetime) -> None:
        if person.id is None:
            return
        email = person.email.lower() if person.email else None
        values = {"id": person.id, "name": person.name, "email": email, "seen_at": at}
        self._connection.execute(_REMEMBER[self._connection.dialect.name], values)

    def by_email(self, email: str) -> Person | None:
        query = (
            sa.select(people)
            .where(people.c.email == email.lower())
            .order_by(people.c.seen_at.desc())
            .limit(1)
        )
        row = self._connection.execute(query).mappings().first()
        return Person(id=row["id"], name=row["name"], email=row["email"]) if row else None

    def names_of(self, addresses: Sequence[str]) -> dict[str, str]:
        wanted = {address.lower(): address.casefold() for address in addresses}
        query = sa.select(people.c.email, people.c.name).where(people.c.email.in_(wanted))
        found = self._connection.execute(query.order_by(people.c.seen_at))
        return {wanted[row.email]: row.name for row in found}
