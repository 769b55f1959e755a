"""The files of a bulk review as a page asks for them, and the newest entries of its story."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from reviews.ledger.hash_chain import EntryType
from reviews.ledger.history_entries import list_history_entries
from reviews.lists.file_lists import FILES_PER_PAGE, FileLists
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.desk import Desk, build_answer_request, make_review_request
from tests.reviews.flood import handle, list_bulk_reviews, receive_events
from tests.reviews.samples import routes

if TYPE_CHECKING:
    import sqlalchemy as sa

    from reviews.model import Review

TITLES = ("Übersicht.docx", "ANNEX 100%.docx", "annex_1.docx", "b\\c.docx", "Zoë.docx", "policy.docx")


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    return Desk(engine, partial(SqlUnitOfWork, engine), routes(bulk=5))


def flood_of(desk: Desk, titles: tuple[str, ...]) -> Review:
    for number, title in enumerate(titles):
        receive_events(desk, [f"f{number}"], title=title)
    handle(desk, sorted(stored.id for stored in desk.events()))
    [review] = list_bulk_reviews(desk)
    return review


def search_titles(desk: Desk, review: Review, title: str) -> list[str]:
    with desk.transactions(reading=True) as work:
        files = work.bulk_files.search(review.id, title=title, skip=0, limit=100)
        assert work.bulk_files.count_matches(review.id, title=title) == len(files)
    return [file.title for file in files]


def test_files_are_in_the_order_of_their_titles_in_small_letters(desk: Desk) -> None:
    review = flood_of(desk, TITLES)

    assert search_titles(desk, review, "") == [
        *("ANNEX 100%.docx", "annex_1.docx", "b\\c.docx", "policy.docx", "Zoë.docx", "Übersicht.docx"),
    ]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("annex", ["ANNEX 100%.docx", "annex_1.docx"]),
        ("ÜBER", ["Übersicht.docx"]),
        ("ZOË", ["Zoë.docx"]),
        ("%", ["ANNEX 100%.docx"]),
        ("_", ["annex_1.docx"]),
        ("\\", ["b\\c.docx"]),
        ("'; DROP TABLE reviews; --", []),
    ],
)
def test_a_part_of_a_title_finds_it_whatever_its_letters_mean_to_a_database(
    desk: Desk, title: str, expected: list[str]
) -> None:
    assert search_titles(desk, flood_of(desk, TITLES), title) == expected


def test_a_page_goes_on_where_the_one_before_ended_and_knows_who_went_where(desk: Desk) -> None:
    handle(desk, receive_events(desk, [f"f{number:03}" for number in range(FILES_PER_PAGE + 7)]))
    [review] = list_bulk_reviews(desk)
    apart = desk.separation.separate(make_review_request(review), file_id=f"f{FILES_PER_PAGE:03}")

    first, second = (FileLists(transactions=desk.transactions).fetch_page(review, number=n) for n in (1, 2))

    assert first
    assert second
    assert [len(page.files) for page in (first, second)] == [FILES_PER_PAGE, 7]
    assert (second.first, second.last_page, second.match_count) == (FILES_PER_PAGE + 1, 2, FILES_PER_PAGE + 7)
    assert list(second.separate_reviews) == [apart.id]
    assert [file.apart for file in second.files[:2]] == [apart.id, None]


def test_the_story_is_how_it_began_and_what_came_last(desk: Desk) -> None:
    review = flood_of(desk, TITLES)
    desk.separation.separate(make_review_request(review), file_id="f3")
    [review] = list_bulk_reviews(desk)
    desk.answers.record_answer(build_answer_request(review))
    with desk.transactions(reading=True) as work:
        story = list_history_entries(work, review, limit=50)
        last = work.ledger.list_last_entries(review.id, 2)
        second = list_history_entries(work, review, skip=1, limit=1)

    kinds = [EntryType.REVIEW_OPENED, EntryType.REVIEW_TAKEN_OUT, EntryType.REVIEW_ACKNOWLEDGED]
    assert [entry["type"] for entry in story] == kinds
    assert [entry["type"] for entry in last] == kinds[1:]
    assert second == story[1:2]
