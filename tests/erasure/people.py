"""People in the tables, and an installation with one route."""

from __future__ import annotations

from functools import partial
from typing import Any

import sqlalchemy as sa

from store.unit_of_work import SqlUnitOfWork
from tests.reviews.desk import Desk
from tests.reviews.samples import START, routes

SAID: dict[str, Any] = {"workspaces": [], "organization": "", "other_emails": [], "login": ""}


def make_desk(engine: sa.Engine, **route: Any) -> Desk:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    desk.follow(routes(**route))
    return desk


def insert(engine: sa.Engine, table: sa.Table, *rows: dict[str, Any]) -> None:
    with engine.begin() as connection:
        connection.execute(sa.insert(table), list(rows))


def make_account(account_id: str, name: str, email: str, **more: Any) -> dict[str, Any]:
    row = {"chat": "slack", "id": account_id, "name": name, "address": email, "email": email, "locale": ""}
    return {**row, "standing": "member", "said": SAID, "seen_at": START, **more}
