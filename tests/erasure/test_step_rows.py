"""A person whom the steps of a ladder asked is erased, from the card's last step and from the queue."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from reviews.identity import ERASED
from reviews.kinds import StepAction
from reviews.notice import NoticeKind
from reviews.ports.reminders import QueuedReminder
from reviews.routes.working_time import WorkingHours
from store.unit_of_work import SqlUnitOfWork
from tests.erasure.erasing import erase, list_traces
from tests.reviews.desk import Desk
from tests.reviews.samples import DEPUTY, OWNER, START, event, routes

if TYPE_CHECKING:
    import sqlalchemy as sa


def test_the_last_step_of_a_review_and_its_entry_lose_the_same_person(engine: sa.Engine) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    hours = WorkingHours.parse("Mon-Sun 00:00-23:59", ZoneInfo("UTC"))
    desk.follow(routes(due=timedelta(minutes=30), working_hours=hours, deputies=(DEPUTY,)))
    desk.open(event())
    desk.clock.advance(hours=1)
    desk.look()
    [before] = desk.reviews()
    assert before.last_step is not None
    assert (before.last_step.action, before.last_step.whom) == (StepAction.ESCALATE, (OWNER, DEPUTY))

    erase(engine, DEPUTY)

    [after] = desk.reviews()
    assert after.last_step is not None
    assert after.last_step.whom == (OWNER, ERASED)
    assert list_traces(engine, DEPUTY) == []
    assert desk.verdict().intact


def test_a_queued_reminder_goes_to_the_others_alone(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        for place in (None, ("mail", DEPUTY)):
            recipients = () if place else (OWNER, DEPUTY)
            reminder = QueuedReminder(
                review_id="rev-1", kind=NoticeKind.REMINDER, recipients=recipients, at=START, place=place
            )
            work.queued_reminders.add(reminder)
        work.commit()

    erase(engine, DEPUTY)

    assert list_traces(engine, DEPUTY) == []
    with SqlUnitOfWork(engine) as work:
        assert [each.recipients for each in work.queued_reminders.list_oldest(9).values()] == [(OWNER,)]


def test_a_reminder_of_a_review_that_is_gone_is_dropped(engine: sa.Engine) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    with SqlUnitOfWork(engine) as work:
        for kind in (NoticeKind.REMINDER, NoticeKind.FOLLOW_UP):
            reminder = QueuedReminder(review_id="gone", kind=kind, recipients=(OWNER,), at=START)
            work.queued_reminders.add(reminder)
        work.commit()

    desk.look()

    with SqlUnitOfWork(engine) as work:
        assert work.queued_reminders.list_oldest(9) == {}
    assert desk.notices() == []
