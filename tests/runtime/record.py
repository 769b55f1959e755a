"""A record with something of everything in it, and how to get past its guards."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.kinds import Decision
from reviews.ledger.hash_chain import GENESIS_HASH, Head, chain_entry, encode_canonical
from runtime.ledger_verification.ledger_check import check_ledger
from store import ledger_reading
from store.guards import restore_guards
from store.schema import ledger, ledger_head, ledger_people
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.samples import event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.ledger.hash_chain import Verdict

ENTRIES = 6


def fill_record(engine: sa.Engine) -> Desk:
    """Fill a record: rev-1 opened, revised, acknowledged; rev-2 opened and sent back; rev-3 opened."""
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    desk.open(event(file_id="f1"))
    desk.portal.versions["f1"] += 1
    desk.answers.record_answer(build_answer_request(desk.open(event(file_id="f1"))))
    returned = desk.open(event(file_id="f2"))
    desk.answers.record_answer(
        build_answer_request(returned, decision=Decision.REQUEST_CHANGES, note="Section 4 is missing")
    )
    desk.open(event(file_id="f3"))
    assert (desk.verdict().checked, desk.verdict().problem) == (ENTRIES, None)
    return desk


def rewrite(engine: sa.Engine, *, without: Sequence[str] = (), **change: Any) -> None:
    """Calculate the whole chain anew, with members left out of each entry, or others in the first.

    Its entries name people in clear, as those of earlier versions do.
    """
    end, anew = Head(seq=0, hash=GENESIS_HASH), []
    for each in list(ledger_reading.iterate_entries(engine)):
        left_out = {"seq", "hash", "prev_hash", *without}
        body = {name: value for name, value in each.items() if name not in left_out}
        entry = chain_entry(end, {**body, **change} if each["seq"] == 1 else body)
        end = Head(seq=entry["seq"], hash=entry["hash"])
        text = encode_canonical(entry).decode()
        anew.append(sa.update(ledger).where(ledger.c.seq == end.seq).values(hash=end.hash, entry=text))
    pinned = sa.update(ledger_head).values(hash=end.hash)
    check_tampered(engine, *anew, sa.delete(ledger_people), pinned)


def check_tampered(engine: sa.Engine, *statements: sa.Executable) -> Verdict:
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
    return check_ledger(engine)
