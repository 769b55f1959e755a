"""What the command line says of a bulk review: a line in the list, and all its files as JSON."""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from runtime.commands.reviews.review_details import load_all_files
from store.unit_of_work import SqlUnitOfWork
from tests.databases import engine_on
from tests.reviews.desk import Desk, make_review_request
from tests.reviews.flood import flood
from tests.reviews.samples import routes
from tests.runtime.command import run_command

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = 30


@contextmanager
def desk_on(database_url: str) -> Iterator[Desk]:
    engine = engine_on(database_url)
    yield Desk(engine, partial(SqlUnitOfWork, engine), routes())
    engine.dispose()


def printed(database_url: str, *arguments: str) -> Any:
    done = run_command(["reviews", *arguments, "--json"], DATABASE_URL=database_url)
    assert (done.code, done.err) == (0, "")
    return json.loads(done.out)


@pytest.fixture
def flooded(database_url: str) -> str:
    """Return the id of the review of thirty files, of which one was taken out."""
    with desk_on(database_url) as desk:
        review = flood(desk, FILES)
        desk.separation.separate(make_review_request(review), file_id="f003")
    return review.id


def test_the_list_names_the_first_files_and_how_many_there_are(database_url: str, flooded: str) -> None:
    listed_reviews = {each["id"]: each for each in printed(database_url, "list")}
    many, alone = listed_reviews.pop(flooded), listed_reviews.popitem()[1]

    assert (many["kind"], many["file_id"], many["files_count"]) == ("bulk", f"bulk:{flooded}", FILES - 1)
    assert [each["file_id"] for each in many["files"]] == [f"f{number:03}" for number in range(25)]
    assert {"file_id", "title", "path", "kind"} <= many["files"][0].keys()
    assert sum(many["kinds"].values()) == FILES - 1
    assert (alone["file_id"], "files" in alone) == ("f003", False)


def test_one_review_names_all_its_files_and_what_became_of_them(database_url: str, flooded: str) -> None:
    many = printed(database_url, "show", flooded)

    assert [each["file_id"] for each in many["files"]] == [f"f{number:03}" for number in range(FILES)]
    assert [each["file_id"] for each in many["files"] if each["apart"]] == ["f003"]


def test_files_are_read_in_parts_and_none_is_missing(database_url: str, flooded: str) -> None:
    with desk_on(database_url) as desk, desk.transactions(reading=True) as work:
        files = load_all_files(work, flooded, page_size=7)

    assert [file.file_id for file in files] == [f"f{number:03}" for number in range(FILES)]


def test_for_people_it_is_one_line(database_url: str, flooded: str) -> None:
    lines = run_command(["reviews", "list"], DATABASE_URL=database_url).out.splitlines()
    shown = run_command(["reviews", "show", flooded], DATABASE_URL=database_url).out

    [line] = [each for each in lines if each.startswith(flooded)]
    assert "29 files in Compliance" in line
    assert "f000.docx, f001.docx" in shown
    assert "and 19 more" in shown
