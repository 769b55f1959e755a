"""A record with something of everything in it, and how to get past its guards."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.model import Decision
from runtime.record_check import check
from store.guards import restore_guards
from store.schema import ledger, ledger_head
from store.unit_of_work import UnitOfWork
from tests.reviews.desk import Desk, attempt
from tests.reviews.samples import event

if TYPE_CHECKING:
    from reviews.ledger import Verdict

ENTRIES = 6


def filled(engine: sa.Engine) -> Desk:
    """Fill a record: rev-1 opened, revised, acknowledged; rev-2 opened and sent back; rev-3 opened."""
    desk = Desk(engine, partial(UnitOfWork, engine))
    desk.open(event(file_id="f1"))
    desk.portal.versions["f1"] += 1
    desk.answers.take(attempt(desk.open(event(file_id="f1"))))
    returned = desk.open(event(file_id="f2"))
    desk.answers.take(attempt(returned, decision=Decision.REQUEST_CHANGES, note="Section 4 is missing"))
    desk.open(event(file_id="f3"))
    assert (desk.verdict().checked, desk.verdict().problem) == (ENTRIES, None)
    return desk


def tampered(engine: sa.Engine, *statements: sa.Executable) -> Verdict:
    """Take the guards away, do this to the database, put them back, and check."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            query = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            guards = [f"DROP TRIGGER {name}" for name in connection.execute(query).scalars()]
        else:
            guards = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in (ledger, ledger_head)]
        for statement in (*map(sa.text, guards), *statements):
            connection.execute(statement)
    restore_guards(engine)
    return check(engine)
