"""An installation whose only review is closed, so that its people may be erased."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from store.unit_of_work import SqlUnitOfWork
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.samples import ALICE, event

if TYPE_CHECKING:
    import sqlalchemy as sa

ALICES = str(ALICE.email)


def open_closed_desk(engine: sa.Engine) -> Desk:
    """Return an installation with a closed review."""
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    desk.answers.record_answer(build_answer_request(desk.open(event())))
    desk.deliver_all()
    return desk
