"""`reviews show`: everything about a review, and its history."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from reviews.kinds import Decision
from reviews.routes.working_time import WorkingHours
from runtime.commands.reviews.review_status import format_minute
from store.unit_of_work import SqlUnitOfWork
from tests.databases import ON_SQLITE
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.samples import DEPUTY, OWNER, event, routes
from tests.runtime.command import run_command

if TYPE_CHECKING:
    import sqlalchemy as sa

    from reviews.model import Review

HOURS = WorkingHours.parse("Mon-Sun 00:00-23:59", ZoneInfo("UTC"))
ROUTES = (
    '[[route]]\nname = "compliance"\nwatch = ["1"]\nowners = ["owner@example.com"]\ndue = "2h"\n'
    'deputies = ["deputy@example.com"]\nnotify = ["console"]\n'
    'working_hours = "Mon-Sun 00:00-23:59"\ntimezone = "UTC"\n'
)
NOTE = "The threshold is wrong.\nSee section 4.2."


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    rules = routes(due=timedelta(hours=2), working_hours=HOURS, deputies=(DEPUTY,))
    return Desk(engine, partial(SqlUnitOfWork, engine), rules)


def show(database_url: str, review: Review, *options: str) -> str:
    done = run_command(["reviews", "show", review.id, *options], DATABASE_URL=database_url, ROUTES=ROUTES)
    assert (done.code, done.err) == (0, "")
    return done.out


@ON_SQLITE
def test_an_open_review_says_who_has_to_answer_by_when_and_what_comes_next(
    database_url: str, desk: Desk
) -> None:
    review = desk.open(event(title="Policy.docx"))
    desk.deliver_all()

    text = show(database_url, review)

    lines = [line.split(maxsplit=1) for line in text.splitlines() if line]
    assert review.due_at
    assert ["owner", OWNER] in lines
    assert ["deputy", DEPUTY] in lines
    assert ["due", format_minute(review.due_at)] in lines
    assert ["opened", format_minute(review.opened_at)] in lines
    assert ["next", f"{format_minute(review.due_at)}: escalation to deputies (100%)"] in lines
    assert any(line[0] == "card" and ": posted since " in line[1] for line in lines)
    facts, history = text.split("\nHistory")
    assert "Alice Moreau changed Policy.docx. The review was opened for version 8." in history
    assert "Waiting for review" in facts


@ON_SQLITE
def test_answers_stand_with_who_how_when_and_their_note(database_url: str, desk: Desk) -> None:
    review = desk.open(event())
    desk.clock.advance(hours=3)
    desk.answers.record_answer(build_answer_request(review, decision=Decision.REQUEST_CHANGES, note=NOTE))

    facts, history = show(database_url, review).split("\nHistory")

    assert f"changes requested by Dana Ozola <{OWNER}>, revision 1, version 8." in facts
    assert "(verified by their Slack account) The answer was late." in facts
    for text in (facts, history):
        assert "“The threshold is wrong.”" in text
        assert "“See section 4.2.”" in text


@ON_SQLITE
def test_the_reviews_before_and_after_it_are_named(database_url: str, desk: Desk) -> None:
    first = desk.open(event())
    desk.answers.record_answer(build_answer_request(first))
    desk.portal.versions[first.file_id] = 9
    desk.clock.advance(minutes=1)
    second = desk.open(event(occurred_at=desk.clock(), modified_at=desk.clock()))

    before, after = show(database_url, first), show(database_url, second)

    assert second.id != first.id
    assert f"superseded by  {second.id}" in before
    assert f"supersedes  {first.id}" in after
    assert json.loads(show(database_url, second, "--json"))["supersedes"] == first.id


@ON_SQLITE
def test_the_json_has_the_history_and_the_next_steps_beside_what_it_had(
    database_url: str, desk: Desk
) -> None:
    review = desk.open(event())

    shown = json.loads(show(database_url, review, "--json"))

    assert shown["id"] == review.id
    assert shown["deputies"] == [DEPUTY]
    assert [(step["action"], step["to"]) for step in shown["next_steps"]] == [
        ("escalate", "deputies"), ("lapse", None),
    ]  # fmt: skip
    assert [(each["type"], each["seq"]) for each in shown["history"]] == [("review:opened", 1)]


@ON_SQLITE
def test_without_a_routing_file_the_rest_is_shown(database_url: str, desk: Desk) -> None:
    review = desk.open(event())

    done = run_command(["reviews", "show", review.id], DATABASE_URL=database_url)

    assert done.code == 0
    assert "deputies and the next steps are not known: no routes" in done.err
    assert "next" not in done.out.split()
    assert OWNER in done.out
