"""`ledger verify` holds who stands in on a review against the entries that say so."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from runtime.ledger_verification.ledger_check import check_ledger
from store.schema import reviews
from store.unit_of_work import SqlUnitOfWork
from tests.databases import ON_SQLITE
from tests.reviews.absences import STAND_IN, hand_over, leave
from tests.reviews.desk import Desk
from tests.reviews.samples import DEPUTY, OWNER, START, event

if TYPE_CHECKING:
    from datetime import datetime

EVE = "eve@example.com"


def stand_in(absent: str, *people: str, until: datetime = START) -> dict[str, Any]:
    return {"absent": absent, "people": list(people), "until": until.isoformat()}


def tamper(engine: sa.Engine, *stand_ins: dict[str, Any]) -> list[str]:
    with engine.begin() as connection:
        connection.execute(sa.update(reviews).values(stand_ins=list(stand_ins)))
    return [finding.says for finding in check_ledger(engine).findings]


@ON_SQLITE
def test_a_stand_in_that_no_entry_names_is_found(engine: sa.Engine) -> None:
    Desk(engine, partial(SqlUnitOfWork, engine)).open(event())

    findings = tamper(engine, stand_in(OWNER, EVE))

    assert any("another stand_ins than its entries say" in each and EVE in each for each in findings)


@pytest.mark.parametrize("forged", [[stand_in(OWNER, EVE)], [stand_in(OWNER, STAND_IN)], []])
@ON_SQLITE
def test_a_stand_in_who_was_replaced_or_whose_time_was_changed_is_found(
    engine: sa.Engine, forged: list[dict[str, Any]]
) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    desk.open(event())
    leave(desk)
    hand_over(desk)
    assert check_ledger(engine).findings == ()

    assert any("another stand_ins than entry" in each for each in tamper(engine, *forged))


@ON_SQLITE
def test_stand_ins_of_deputies_have_no_entry(engine: sa.Engine) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    desk.open(event())
    leave(desk, DEPUTY)
    hand_over(desk)

    assert check_ledger(engine).findings == ()
