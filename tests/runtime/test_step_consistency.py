"""`ledger verify` holds the last step that a card shows against the entries of the steps."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from reviews.kinds import StepAction
from reviews.routes.ladder import DEPUTIES, LadderStep
from reviews.routes.working_time import WorkingHours
from runtime.ledger_verification.ledger_check import check_ledger
from store.schema import reviews
from store.unit_of_work import SqlUnitOfWork
from tests.databases import ON_SQLITE
from tests.reviews.desk import Desk
from tests.reviews.samples import DEPUTY, OWNER, event, routes

if TYPE_CHECKING:
    from reviews.ledger.hash_chain import Verdict

HOURS = WorkingHours.parse("Mon-Sun 00:00-23:59", ZoneInfo("UTC"))
CHANNEL = "paper:OPS"
LADDER = (
    LadderStep(after=50, action=StepAction.REMIND),
    LadderStep(after=75, action=StepAction.ESCALATE, to=DEPUTIES),
    LadderStep(after=100, action=StepAction.ESCALATE, to=CHANNEL, place=("paper", "OPS")),
    LadderStep(after=150, action=StepAction.LAPSE),
)


def climb(engine: sa.Engine, hours: int) -> tuple[Desk, Verdict]:
    """Let so many of the four hours until the deadline pass, hour by hour."""
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    desk.follow(routes(due=timedelta(hours=4), working_hours=HOURS, deputies=(DEPUTY,), ladder=LADDER))
    desk.open(event())
    for _ in range(hours):
        desk.clock.advance(hours=1, seconds=1)
        desk.look()
    return desk, check_ledger(engine)


def tamper(engine: sa.Engine, **values: Any) -> list[str]:
    with engine.begin() as connection:
        connection.execute(sa.update(reviews).values(values))
    return [finding.says for finding in check_ledger(engine).findings]


@pytest.mark.parametrize(
    ("hours", "action", "after", "whom"),
    [
        (2, StepAction.REMIND, "50%", (OWNER,)),
        (3, StepAction.ESCALATE, "75%", (OWNER, DEPUTY)),
        (4, StepAction.ESCALATE, "100%", (CHANNEL,)),
        (6, StepAction.LAPSE, "150%", ()),
    ],
)
@ON_SQLITE
def test_each_step_agrees_with_its_entry(
    engine: sa.Engine, hours: int, action: StepAction, after: str, whom: tuple[str, ...]
) -> None:
    desk, verdict = climb(engine, hours)

    [review] = desk.reviews()
    assert review.last_step is not None
    assert (review.last_step.action, review.last_step.after, review.last_step.whom) == (action, after, whom)
    assert (verdict.findings, verdict.incomparable_members) == ((), {})


@ON_SQLITE
def test_a_step_that_no_entry_has_is_found(engine: sa.Engine) -> None:
    desk, _ = climb(engine, 3)
    [review] = desk.reviews()
    assert review.last_step is not None
    step = {"action": "escalate", "at": review.last_step.at.isoformat(), "after": "75%", "whom": [OWNER]}

    [line] = tamper(engine, last_step=step)

    assert "has another last_step.whom than entry" in line


@ON_SQLITE
def test_a_lapse_that_is_made_up_is_found(engine: sa.Engine) -> None:
    desk, _ = climb(engine, 4)

    step = {"action": "lapse", "at": desk.clock().isoformat(), "after": "150%", "whom": []}

    assert any("last_step.action" in line for line in tamper(engine, last_step=step))


@ON_SQLITE
def test_a_step_that_was_emptied_is_counted_beside_rows_of_earlier_versions(engine: sa.Engine) -> None:
    climb(engine, 3)

    assert tamper(engine, last_step=None) == []
    assert check_ledger(engine).incomparable_members == {"last_step": 1}
