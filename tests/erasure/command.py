"""The command that erases a person, on the database of a desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from store.schema import ledger
from tests.runtime.command import run_command

if TYPE_CHECKING:
    from tests.reviews.desk import Desk
    from tests.runtime.command import CommandResult

ROUTE = (
    '[[route]]\nname = "compliance"\nwatch = ["539564"]\nowners = ["new@example.com"]\nnotify = ["console"]\n'
)


def erase(desk: Desk, *arguments: str, route: str = ROUTE, **more: Any) -> CommandResult:
    address = desk.engine.url.render_as_string(hide_password=False)
    return run_command(["people", "erase", *arguments], DATABASE_URL=address, ROUTES=route, **more)


def verify(desk: Desk) -> CommandResult:
    address = desk.engine.url.render_as_string(hide_password=False)
    return run_command(["ledger", "verify"], DATABASE_URL=address)


def count_entries(desk: Desk) -> int:
    with desk.engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(ledger)).scalar_one()
