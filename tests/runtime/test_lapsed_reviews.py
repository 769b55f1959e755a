"""`reviews list --lapsed`: the open reviews whose last step was taken, and whom it asked."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from reviews.ledger.ledger_entries import format_moment
from reviews.routes.working_time import WorkingHours
from store.unit_of_work import SqlUnitOfWork
from tests.databases import ON_SQLITE
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.samples import DEPUTY, OWNER, event, routes
from tests.runtime.command import run_command

if TYPE_CHECKING:
    import sqlalchemy as sa

HOURS = WorkingHours.parse("Mon-Sun 00:00-23:59", ZoneInfo("UTC"))


def lapse_two(engine: sa.Engine) -> Desk:
    """Let three reviews lapse, of which one is answered then, and open a fourth."""
    rules = routes(due=timedelta(hours=2), working_hours=HOURS, deputies=(DEPUTY,))
    desk = Desk(engine, partial(SqlUnitOfWork, engine), rules)
    opened = [desk.open(event(file_id=f"f{number}")) for number in range(3)]
    desk.clock.advance(hours=3)
    while desk.reminders.process_due_reviews():
        pass
    desk.answers.record_answer(build_answer_request(opened[1]))
    desk.open(event(file_id="f3"))
    return desk


def list_lapsed(database_url: str, *more: str) -> Any:
    done = run_command(["reviews", "list", "--lapsed", "--json", *more], DATABASE_URL=database_url)
    assert (done.code, done.err) == (0, "")
    return json.loads(done.out)


@ON_SQLITE
def test_the_lapsed_reviews_are_listed_with_whom_the_last_step_asked(
    database_url: str, engine: sa.Engine
) -> None:
    desk = lapse_two(engine)
    at = format_moment(next(each for each in desk.reviews() if each.lapsed_at).lapsed_at)

    listed = list_lapsed(database_url)

    assert [each["file_id"] for each in listed] == ["f0", "f2"]
    assert {each["lapsed_at"] for each in listed} == {at}
    step = {"action": "escalate", "at": at, "step": "100%", "whom": [OWNER, DEPUTY]}
    assert [each["last_step"] for each in listed] == [step, step]
    assert len(list_lapsed(database_url, "--limit", "1", "--route", "compliance")) == 1
    assert list_lapsed(database_url, "--route", "another") == []


@ON_SQLITE
def test_the_list_says_what_lapsed_and_what_is_overdue(database_url: str, engine: sa.Engine) -> None:
    desk = lapse_two(engine)
    waiting = [each for each in desk.reviews() if not each.answers]
    lapsed = [each.lapsed_at for each in waiting if each.lapsed_at]
    due = [each.due_at for each in waiting if each.due_at and not each.lapsed_at]

    done = run_command(["reviews", "list"], DATABASE_URL=database_url)

    ends = [line.partition("Waiting for review, ")[2].strip() for line in done.out.splitlines()]
    assert sorted(filter(None, ends)) == [
        *(f"lapsed {at:%Y-%m-%d %H:%M}" for at in lapsed),
        *(f"overdue since {at:%Y-%m-%d %H:%M}" for at in due),
    ]
    assert (len(lapsed), len(due)) == (2, 1)


@ON_SQLITE
def test_answered_reviews_are_not_asked_for_as_lapsed(database_url: str) -> None:
    done = run_command(["reviews", "list", "--lapsed", "--state", "acknowledged"], DATABASE_URL=database_url)

    assert done.code == 2
    assert "--lapsed lists open reviews" in done.err
