"""Two people are erased at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from reviews.ledger.ledger_entries import describe_person, format_moment
from runtime.ledger_verification.ledger_check import check_ledger
from store import schema
from store.chain import SqlLedgerRepository
from tests.databases import ON_POSTGRESQL
from tests.erasure.erasing import erase_by_steps, list_traces
from tests.reviews.samples import ALICE, BOB, START
from tests.threads import wait_for_locks


@ON_POSTGRESQL
def test_two_who_erase_at_once_write_no_one_back(engine: sa.Engine) -> None:
    whom = [str(ALICE.email), str(BOB.email)]
    with engine.begin() as connection:
        chain = SqlLedgerRepository(connection)
        people = [describe_person(each) for each in (ALICE, BOB)]
        about = {"type": "change:unrouted", "route": "compliance", "at": format_moment(START)}
        chain.append({**about, "review_id": None, "contributors": people})
        chain.write_waiting()

    with ThreadPoolExecutor(2) as pool, engine.begin() as connection:
        # Who erases gets as far as the ledger's head, with the row beside the entry rewritten.
        connection.execute(sa.select(schema.ledger_head).with_for_update())
        running = []
        for address in whom:
            running.append(pool.submit(list, erase_by_steps(engine, address, max_reviews=1)))
            wait_for_locks(connection, len(running))
        connection.rollback()
    assert [len(each.result()) for each in running] == [1, 1]

    assert list_traces(engine, *whom) == []
    assert check_ledger(engine).problem is None
