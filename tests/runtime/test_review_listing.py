"""`reviews list`: open and overdue reviews, those of a route, and those that a person answered."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from reviews.kinds import Decision
from reviews.routes.working_time import WorkingHours
from runtime.commands.reviews.review_selection import ReviewSelection, list_selected
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.samples import OWNER, event, routes
from tests.runtime.command import run_command

if TYPE_CHECKING:
    import sqlalchemy as sa

HOURS = WorkingHours.parse("Mon-Sun 00:00-23:59", ZoneInfo("UTC"))
ACCOUNT = '{docspace = "66faa6e4-f133-11ea-b126-00ffeec8b4ef"}'
ROUTES = (
    f'[people]\n"owner@example.com" = {ACCOUNT}\n"dana@another.example.com" = {ACCOUNT}\n'
    '[[route]]\nname = "compliance"\nwatch = ["1"]\nowners = ["owner@example.com"]\nnotify = ["console"]\n'
)


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    """Return a desk with an overdue review, one that was answered, and three that were just opened."""
    made = Desk(engine, partial(SqlUnitOfWork, engine), routes(due=timedelta(hours=2), working_hours=HOURS))
    made.open(event(file_id="overdue"))
    made.clock.advance(minutes=1)
    answered = made.open(event(file_id="answered"))
    made.clock.advance(minutes=1)
    made.open(event(file_id="overdue later"))
    made.answers.record_answer(build_answer_request(answered, decision=Decision.REQUEST_CHANGES, note="Why?"))
    return made


def list_files(database_url: str, *options: str) -> list[str]:
    done = run_command(["reviews", "list", "--json", *options], DATABASE_URL=database_url, ROUTES=ROUTES)
    assert (done.code, done.err) == (0, "")
    listed: list[dict[str, Any]] = json.loads(done.out)
    return [each["file_id"] for each in listed]


@pytest.mark.parametrize(
    ("options", "files"),
    [
        ([], ["overdue later", "answered", "overdue"]),
        (["--open"], ["overdue later", "overdue"]),
        (["--open", "--state", "open"], ["overdue later", "overdue"]),
        (["--overdue"], ["overdue", "overdue later"]),
        (["--overdue", "--limit", "1"], ["overdue"]),
        (["--overdue", "--route", "compliance"], ["overdue", "overdue later"]),
        (["--overdue", "--route", "another"], []),
        (["--by", OWNER], ["answered"]),
        (["--by", OWNER.upper()], ["answered"]),
        (["--by", OWNER, "--open"], []),
        (["--by", OWNER, "--route", "compliance", "--state", "changes_requested"], ["answered"]),
        (["--by", "alice@example.com"], []),
        (["--route", "compliance", "--limit", "2"], ["overdue later", "answered"]),
        (["--lapsed"], []),
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("desk")
def test_each_condition_narrows_the_list(database_url: str, options: list[str], files: list[str]) -> None:
    assert list_files(database_url, *options) == files


@pytest.mark.usefixtures("desk")
def test_a_person_has_each_address_of_the_routing_file(database_url: str) -> None:
    other = "dana@another.example.com"
    without = run_command(["reviews", "list", "--by", other], DATABASE_URL=database_url)

    assert list_files(database_url, "--by", other) == ["answered"]
    assert without.out == "No review meets this.\n"
    assert "other addresses of this person are not known" in without.err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("--open --state acknowledged", "--open lists open reviews: leave --state out"),
        ("--overdue --state closed", "--overdue lists open reviews: leave --state out"),
        ("--lapsed --state carried", "--lapsed lists open reviews: leave --state out"),
        ("--lapsed --overdue", "leave --overdue or --lapsed out"),
    ],
)
def test_what_contradicts_itself_is_refused_in_one_line(database_url: str, options: str, says: str) -> None:
    done = run_command(["reviews", "list", *options.split()], DATABASE_URL=database_url)

    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert done.err.count("\n") == 1


@pytest.mark.usefixtures("desk")
def test_where_nothing_meets_the_conditions_it_says_so(database_url: str) -> None:
    done = run_command(["reviews", "list", "--route", "another"], DATABASE_URL=database_url)

    assert done.out == "No review meets this.\n"


@pytest.mark.parametrize("selection", [ReviewSelection(), ReviewSelection(route="compliance")])
@pytest.mark.parametrize("limit", [1, 4, 7, 9])
def test_a_long_list_is_read_page_by_page(engine: sa.Engine, limit: int, selection: ReviewSelection) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    opened = [desk.open(event(file_id=f"f{number}")).id for number in range(7)]

    with desk.transactions(reading=True) as work:
        selected = list_selected(work, selection, limit, now=desk.clock(), batch_size=3)

    assert [each.id for each in selected] == opened[::-1][:limit]
