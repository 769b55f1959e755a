"""`docspace-review reviews changes`: the differences for operators."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from reviews.comparison import ComparisonState
from runtime.cli import cli
from store.unit_of_work import SqlUnitOfWork
from tests.databases import ON_SQLITE
from tests.keys import SECRET_KEY
from tests.reviews.compared import make_part, make_summary, store_comparison
from tests.reviews.desk import Desk
from tests.reviews.samples import OWNER, WATCHED, event
from tests.runtime.command import CommandResult, run_command

if TYPE_CHECKING:
    import sqlalchemy as sa

    from reviews.model import Review

pytestmark = ON_SQLITE
HOSTILE = "\x1b[2Jpay \u202eEUR 1\r\n\x07"


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    return Desk(engine, partial(SqlUnitOfWork, engine))


@pytest.fixture
def review(desk: Desk) -> Review:
    return desk.open(event())


def show(database_url: str, *arguments: str, **settings: str) -> CommandResult:
    routes = {"COMPLIANCE_FOLDER_ID": WATCHED, "DEPARTMENT_OWNER_EMAIL": OWNER}
    values = {"DATABASE_URL": database_url, "SECRET_KEY": SECRET_KEY, **routes, **settings}
    return run_command(["reviews", "changes", *arguments], cli, **values)


def test_the_differences_are_printed_with_their_places(desk: Desk, review: Review, database_url: str) -> None:
    store_comparison(desk, review, [make_part()])

    result = show(database_url, review.id)

    assert result.code == 0
    assert result.out.splitlines() == [
        "1 changed; 1 amount",
        "",
        "Payment terms: replaced (amount)",
        "  - The fee is EUR 100.",
        "  + The fee is EUR 250.",
    ]


def test_as_json_they_come_with_both_states(desk: Desk, review: Review, database_url: str) -> None:
    store_comparison(desk, review, [make_part()])

    written: dict[str, Any] = json.loads(show(database_url, review.id, "--json").out)

    assert list(written) == [
        *("review_id", "revision", "from", "to"),
        *("state", "reason", "sentence", "counts", "matters", "parts"),
    ]
    assert (written["review_id"], written["revision"], written["from"]) == (review.id, 1, None)
    assert written["to"]["sha256"] == "ab" * 32
    assert written["counts"] == {"inserted": 0, "deleted": 0, "replaced": 1, "moved": 0, "mark": 0}
    [part] = written["parts"]
    assert part["where"] == "Payment terms"
    assert [words["change"] for words in part["words"]] == ["same", "deleted", "inserted", "same"]


def test_what_is_not_known_is_said_with_its_reason(desk: Desk, review: Review, database_url: str) -> None:
    summary = make_summary(0, state=ComparisonState.UNREADABLE, reason="password")
    store_comparison(desk, review, [], summary)

    result = show(database_url, review.id)
    written = json.loads(show(database_url, review.id, "--json").out)

    assert result.out == "The text could not be read: the file is protected by a password.\n"
    assert (written["state"], written["reason"]) == ("unreadable", "password")
    assert written["sentence"] == result.out.strip()


def test_a_reason_of_a_newer_release_is_its_state(desk: Desk, review: Review, database_url: str) -> None:
    store_comparison(desk, review, [], make_summary(0, state=ComparisonState.UNREADABLE, reason="holograms"))

    assert show(database_url, review.id).out == "unreadable\n"


def test_a_comparison_that_waits_is_said_to_wait(database_url: str, desk: Desk, review: Review) -> None:
    with desk.transactions(reading=True) as work:
        assert work.comparisons.get(review.id) is not None

    assert show(database_url, review.id).out == "The document waits to be compared: a worker does it.\n"


@pytest.mark.parametrize("review_id", ["rev-999", HOSTILE])
def test_an_unknown_review_is_an_error(database_url: str, review_id: str) -> None:
    result = show(database_url, review_id)

    assert result.code == 2
    assert result.out == ""
    assert "there is no comparison of review" in result.err
    assert "\x1b" not in result.err


def test_with_another_key_the_numbers_remain_and_the_reason_is_said(
    desk: Desk, review: Review, database_url: str
) -> None:
    store_comparison(desk, review, [make_part()])
    other = {"SECRET_KEY": "another-Zq8vN3rW6yKf0bXs2LmT9cHdJ4gP"}

    result = show(database_url, review.id, **other)
    with capture_logs() as lines:
        written = json.loads(show(database_url, review.id, "--json", **other).out)

    assert result.code == 0
    assert "1 changed; 1 amount\n\nThe differences can't be read: no SECRET_KEY is set" in result.out
    assert [(line["column"], line["review_id"]) for line in lines] == [("comparisons.parts", review.id)]
    assert (written["state"], written["reason"], written["parts"]) == ("compared", "sealed", [])


def test_differences_that_were_removed_are_said_to_be(desk: Desk, review: Review, database_url: str) -> None:
    store_comparison(desk, review, [], make_summary(1))

    assert show(database_url, review.id).out.endswith("The differences are no longer stored.\n")


def test_hostile_text_moves_no_cursor(desk: Desk, review: Review, database_url: str) -> None:
    store_comparison(desk, review, [make_part(before=HOSTILE, after=HOSTILE, words=())])

    for arguments in ([review.id], [review.id, "--json"]):
        out = show(database_url, *arguments).out
        assert not {"\x1b", "\u202e", "\r", "\x07"} & set(out)
