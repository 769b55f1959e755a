"""A person who was away, or stood in for someone, is erased from absences and from reviews."""

from __future__ import annotations

from functools import partial

import pytest
import sqlalchemy as sa

from reviews.identity import ERASED
from store.schema import absences
from store.unit_of_work import SqlUnitOfWork
from tests.erasure.erasing import erase, list_traces
from tests.reviews.absences import STAND_IN, hand_over, leave, list_stand_ins
from tests.reviews.desk import Desk
from tests.reviews.samples import DEPUTY, OWNER, event

SECOND_STAND_IN = "other@example.com"


@pytest.mark.parametrize(
    ("erased", "left"),
    [(STAND_IN, [(OWNER, (ERASED,))]), (OWNER, [(ERASED, (STAND_IN,))]), (SECOND_STAND_IN, None)],
)
def test_the_row_of_a_review_and_its_entries_lose_the_same_person(
    engine: sa.Engine, erased: str, left: list[tuple[str, tuple[str, ...]]] | None
) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    review = desk.open(event())
    leave(desk)
    leave(desk, DEPUTY, SECOND_STAND_IN)
    hand_over(desk)
    assert list_stand_ins(desk, review) == [(OWNER, (STAND_IN,)), (DEPUTY, (SECOND_STAND_IN,))]

    erase(engine, erased)

    assert list_stand_ins(desk, review) == (left or [(OWNER, (STAND_IN,))])
    assert list_traces(engine, erased) == []
    assert desk.verdict().findings == ()
    assert desk.verdict().intact


def test_absences_of_the_person_go_and_others_lose_their_stand_in(engine: sa.Engine) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    leave(desk, OWNER, STAND_IN)
    leave(desk, STAND_IN, OWNER)

    erase(engine, STAND_IN)

    with engine.connect() as connection:
        rows = connection.execute(sa.select(absences.c.person, absences.c.stand_in)).all()
    assert rows == [(OWNER, None)]
    assert list_traces(engine, STAND_IN) == []
