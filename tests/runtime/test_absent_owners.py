"""`reviews list` and `reviews show` of a review of which an owner is away."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from store.unit_of_work import SqlUnitOfWork
from tests.databases import ON_SQLITE
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.samples import OWNER, event
from tests.reviews.stand_ins import BACK_AT, DANA, ILZE, make_stand_in, put_stand_ins, remember_names
from tests.runtime.command import run_command

if TYPE_CHECKING:
    import sqlalchemy as sa


@ON_SQLITE
def test_they_say_who_stands_in_and_who_answered_for_whom(database_url: str, engine: sa.Engine) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    remember_names(desk, DANA, ILZE)
    review = put_stand_ins(desk, desk.open(event()), make_stand_in())
    waiting = run_command(["reviews", "show", review.id], DATABASE_URL=database_url).out
    desk.answers.record_answer(build_answer_request(review, reviewer=ILZE))

    shown, listed, as_json, exported = (
        run_command(command, DATABASE_URL=database_url).out
        for command in (
            ["reviews", "show", review.id],
            ["reviews", "list"],
            ["reviews", "show", review.id, "--json"],
            ["ledger", "export", "--format", "csv"],
        )
    )

    assert f"Dana Ozola is away until {BACK_AT:%Y-%m-%d %H:%M}; Ilze Kalna stands in" in waiting
    assert "away" not in shown.partition("History")[0]
    assert "by Ilze Kalna for Dana Ozola" in shown
    assert "by Ilze Kalna for Dana Ozola" in listed
    assert json.loads(as_json)["answers"][0]["stand_in_for"] == OWNER
    assert "stand_in_for" in exported.splitlines()[0].split(",")
    assert '""name"": ""Dana Ozola""' in exported.splitlines()[-1]
