"""What was erased and put back beside the ledger is found."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from runtime.ledger_verification.ledger_check import check_ledger
from store.schema import ledger_people
from store.unit_of_work import SqlUnitOfWork
from tests.erasure.erasing import erase
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.samples import ALICE, OWNER, event, routes

if TYPE_CHECKING:
    from reviews.ledger.hash_chain import Verdict


def put_back(engine: sa.Engine, row: Any) -> Verdict:
    with engine.begin() as connection:
        update = sa.update(ledger_people).where(ledger_people.c.seq == row.seq)
        connection.execute(update.values(disclosures=row.disclosures))
    return check_ledger(engine)


def read_first_row(engine: sa.Engine) -> Any:
    query = sa.select(ledger_people.c.seq, ledger_people.c.disclosures).order_by(ledger_people.c.seq)
    with engine.connect() as connection:
        return connection.execute(query.limit(1)).one()


def test_a_value_of_an_entry_without_a_review_is_found(engine: sa.Engine) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    desk.follow(routes(review=frozenset()))
    desk.intake.process(desk.receive(event(actor=ALICE)))
    assert desk.entries()[0]["review_id"] is None
    row = read_first_row(engine)
    erase(engine, str(ALICE.email))

    verdict = put_back(engine, row)

    says = [finding.says for finding in verdict.findings]
    expected = f"of entry {row.seq} stands beside it again, and a later entry says that it was erased"
    assert says
    assert all(expected in each for each in says)


def test_of_values_that_were_put_back_those_that_were_erased_are_named(engine: sa.Engine) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    desk.answers.record_answer(build_answer_request(desk.open(event())))
    row = read_first_row(engine)
    erase(engine, OWNER)

    says = "\n".join(finding.says for finding in put_back(engine, row).findings)

    assert f"/owners/0 of entry {row.seq} stands beside it again" in says
    assert f"/contributors/0 of entry {row.seq} stands" not in says
