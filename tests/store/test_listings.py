"""Lists of reviews: each page once, by whatever they are looked for, and the figures about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.kinds import ChangeKind, Decision, ReviewState
from reviews.ports.listing import (
    ListingQuery,
    Mark,
    MarkKind,
    PageTurn,
    ReviewOrder,
    format_cursor,
    make_marks,
    read_cursor,
)
from reviews.tree import Place
from store.marks import format_mark, list_marks
from store.schema import review_index
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import ALICE, BOB, DEPUTY, OWNER, START, answer, review
from tests.store.reads import list_statements

if TYPE_CHECKING:
    from reviews.model import Review

HOUR = timedelta(hours=1)
COUNT = 12
BY_ALICE, BY_BOB = make_marks(MarkKind.CONTRIBUTOR, ("alice@example.com", "bob@example.com"))
ROOM, FOLDER_1, FOLDER_2, ELSEWHERE = make_marks(MarkKind.FOLDER, ("2", "folder1", "folder2", "elsewhere"))
ON_COMPLIANCE = Mark(MarkKind.ROUTE, "compliance")
FOR_OWNER, ANSWERED_BY_OWNER = Mark(MarkKind.WAITING_OWNER, OWNER), Mark(MarkKind.ANSWERED_BY, OWNER)
OVERDUE: dict[str, Any] = {"overdue_at": START + 3 * HOUR, "order": ReviewOrder.LONGEST_OVERDUE}
LAPSED: dict[str, Any] = {"lapsed": True, "order": ReviewOrder.LONGEST_OVERDUE}


@pytest.fixture
def filled(engine: sa.Engine) -> sa.Engine:
    """Twelve reviews, an hour apart: even ones of Alice, odd ones of Bob, every third moved out."""
    with SqlUnitOfWork(engine) as work:
        for number in range(1, COUNT + 1):
            work.reviews.add(made(number))
        work.commit()
    return engine


def made(number: int) -> Review:
    return review(
        id=f"r{number}",
        file_id=f"f{number}",
        kind=ChangeKind.MOVED_OUT if number % 3 == 0 else ChangeKind.CONTENT,
        contributors=(BOB if number % 2 else ALICE,),
        opened_at=START + number * HOUR,
        changed_at=START + number * HOUR,
        due_at=START + (COUNT - number) * HOUR,
        folders=("1", "2", f"folder{number % 4}"),
        lapsed_at=START + 20 * HOUR if number in {2, 4, 5, 7, 11, 12} else None,
    )


def ids(engine: sa.Engine, turn: PageTurn | None = None, *, count: int = 20, **wanted: Any) -> list[str]:
    with SqlUnitOfWork(engine, reading=True) as work:
        return [
            each.review.id for each in work.listings.fetch_page(ListingQuery(**wanted), count, turn).entries
        ]


def numbered(*numbers: int) -> list[str]:
    return [f"r{number}" for number in numbers]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, numbered(*range(COUNT, 0, -1))),
        ({"order": ReviewOrder.OLDEST, "waiting": True}, numbered(*range(1, COUNT + 1))),
        ({"marks": ((Mark(MarkKind.CONTRIBUTOR, "ALICE@example.com"),),)}, numbered(12, 10, 8, 6, 4, 2)),
        ({"marks": ((Mark(MarkKind.CONTRIBUTOR, "Bob Chen"),),)}, numbered(11, 9, 7, 5, 3, 1)),
        ({"marks": ((FOLDER_1,),)}, numbered(9, 5, 1)),
        ({"marks": ((FOLDER_1, FOLDER_2),)}, numbered(10, 9, 6, 5, 2, 1)),
        ({"marks": ((ROOM, ON_COMPLIANCE),)}, numbered(*range(COUNT, 0, -1))),
        ({"kind": ChangeKind.MOVED_OUT}, numbered(12, 9, 6, 3)),
        ({"kind": ChangeKind.MOVED_OUT, "marks": ((FOLDER_1,),)}, numbered(9)),
        ({"kind": ChangeKind.TRASHED, "marks": ((FOLDER_1,),)}, []),
        ({"marks": ((ROOM,), (Mark(MarkKind.CONTRIBUTOR, str(ALICE.id)),))}, numbered(12, 10, 8, 6, 4, 2)),
        ({"marks": ((FOLDER_1,), (BY_ALICE,))}, []),
        ({"since": START + 10 * HOUR}, numbered(12, 11, 10)),
        ({"since": START + 10 * HOUR, "marks": ((BY_ALICE,),)}, numbered(12, 10)),
        ({"since": START + 99 * HOUR}, []),
        ({"marks": ((),)}, []),
        ({"marks": ((FOR_OWNER,),), "order": ReviewOrder.OLDEST}, numbered(*range(1, COUNT + 1))),
        ({"marks": ((Mark(MarkKind.WAITING_OWNER, DEPUTY),),)}, []),
        ({"overdue_at": START + 3 * HOUR, "order": ReviewOrder.LONGEST_OVERDUE}, numbered(12, 11, 10)),
        ({"until": START + 3 * HOUR}, numbered(2, 1)),
        ({"since": START + 3 * HOUR, "until": START + 5 * HOUR}, numbered(4, 3)),
        ({"until": START - HOUR}, []),
        ({"state": ReviewState.OPEN, "marks": ((BY_ALICE,),)}, numbered(12, 10, 8, 6, 4, 2)),
        ({"state": ReviewState.ACKNOWLEDGED, "marks": ((BY_ALICE,),)}, []),
        ({**OVERDUE, "marks": ((BY_ALICE,),)}, numbered(12, 10)),
        ({**OVERDUE, "marks": ((BY_ALICE,), (FOLDER_2,))}, numbered(10)),
        ({**OVERDUE, "kind": ChangeKind.MOVED_OUT, "marks": ((ON_COMPLIANCE,),)}, numbered(12)),
        ({**OVERDUE, "since": START + 11 * HOUR, "until": START + 12 * HOUR}, numbered(11)),
        ({**OVERDUE, "marks": ((),)}, []),
        (LAPSED, numbered(12, 11, 7, 5, 4, 2)),
        ({**LAPSED, "marks": ((BY_ALICE,),)}, numbered(12, 4, 2)),
        ({**LAPSED, "kind": ChangeKind.CONTENT}, numbered(11, 7, 5, 4, 2)),
        ({**LAPSED, "until": START + 8 * HOUR}, numbered(7, 5, 4, 2)),
        ({**LAPSED, "marks": ((),)}, []),
    ],
)
def test_reviews_are_found_by_what_they_are_marked_with(
    filled: sa.Engine, wanted: dict[str, Any], expected: list[str]
) -> None:
    assert ids(filled, **wanted) == expected


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"order": ReviewOrder.OLDEST, "waiting": True},
        {"marks": ((ROOM,),)},
        {"marks": ((ROOM,), (BY_ALICE,))},
        {"overdue_at": START + 9 * HOUR, "order": ReviewOrder.LONGEST_OVERDUE, "waiting": True},
        {"state": ReviewState.OPEN, "marks": ((ROOM, ON_COMPLIANCE),)},
        LAPSED,
        {**OVERDUE, "overdue_at": START + 9 * HOUR, "marks": ((ROOM, ON_COMPLIANCE),)},
    ],
)
def test_page_after_page_shows_each_review_once_and_leads_back(
    filled: sa.Engine, wanted: dict[str, Any]
) -> None:
    pages = []
    with SqlUnitOfWork(filled, reading=True) as work:
        newest_first = wanted.get("order") is None
        page = work.listings.fetch_page(ListingQuery(**wanted), 4)
        pages.append(page)
        while page.next_seq is not None:
            page = work.listings.fetch_page(
                ListingQuery(**wanted), 4, PageTurn(backward=newest_first, seq=page.next_seq)
            )
            pages.append(page)
        for before in reversed(pages[:-1]):
            assert page.previous_seq is not None
            page = work.listings.fetch_page(
                ListingQuery(**wanted), 4, PageTurn(backward=not newest_first, seq=page.previous_seq)
            )
            assert page.entries == before.entries

    shown = [each.review.id for page in pages for each in page.entries]
    assert shown == ids(filled, **wanted)
    assert page.previous_seq is None
    assert len(pages) > 1


def test_what_lies_beyond_the_end_is_the_first_page(filled: sa.Engine) -> None:
    assert ids(filled, PageTurn(backward=True, seq=1), count=2) == numbered(12, 11)
    assert ids(filled, PageTurn(backward=False, seq=2**31 - 1), count=2) == numbered(12, 11)


def test_an_answer_takes_a_review_off_the_lists_of_what_waits(filled: sa.Engine) -> None:
    with SqlUnitOfWork(filled) as work:
        work.reviews.record_answer("r3", answer(at=START + 5 * HOUR), ReviewState.ACKNOWLEDGED)
        work.commit()

    assert "r4" in ids(filled, **LAPSED)
    with SqlUnitOfWork(filled) as work:
        work.reviews.record_answer("r4", answer(at=START + 25 * HOUR, late=True), ReviewState.ACKNOWLEDGED)
        work.commit()
    assert "r4" not in ids(filled, **LAPSED)
    for mark in (FOR_OWNER, Mark(MarkKind.WAITING_ROUTE, "compliance")):
        assert "r3" not in ids(filled, marks=((mark,),))
    assert ids(filled, marks=((ANSWERED_BY_OWNER,),)) == numbered(4, 3)
    assert "r3" in ids(filled, marks=((BY_BOB,),))


def test_a_new_revision_is_found_by_what_it_is_now(filled: sa.Engine) -> None:
    now = replace(
        made(3), revision=2, kind=ChangeKind.CONTENT, contributors=(BOB, ALICE), folders=("1", "elsewhere")
    )
    with SqlUnitOfWork(filled) as work:
        assert work.reviews.revise(now)
        work.commit()

    assert "r3" in ids(filled, marks=((BY_ALICE,),), kind=ChangeKind.CONTENT)
    assert ids(filled, marks=((ELSEWHERE,),)) == numbered(3)
    assert "r3" not in ids(filled, marks=((ROOM,),))
    assert "r3" not in ids(filled, marks=((BY_BOB,),), kind=ChangeKind.MOVED_OUT)


def test_a_document_that_moved_within_is_found_where_it_is_now(filled: sa.Engine) -> None:
    with SqlUnitOfWork(filled) as work:
        review = work.reviews.get("r3")
        assert review is not None
        assert work.reviews.relabel(replace(review, path="Elsewhere", folders=("1", "elsewhere")))
        work.commit()

    assert ids(filled, marks=((ELSEWHERE,),)) == numbered(3)


def test_what_is_rolled_back_leaves_no_mark(filled: sa.Engine) -> None:
    with filled.connect() as connection:
        before = connection.execute(sa.select(sa.func.count()).select_from(review_index)).scalar()
    with SqlUnitOfWork(filled) as work:
        work.reviews.add(made(COUNT + 1))

    with filled.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(review_index)).scalar() == before


def test_the_figures_count_what_was_done_in_time_and_what_is_left(filled: sa.Engine) -> None:
    with SqlUnitOfWork(filled) as work:
        for number in range(1, 11):
            late = number == 1
            at = START + number * HOUR + timedelta(minutes=number)
            work.reviews.record_answer(f"r{number}", answer(at=at, late=late), ReviewState.ACKNOWLEDGED)
        work.reviews.record_answer(
            "r11",
            answer(decision=Decision.REQUEST_CHANGES, at=START + 11 * HOUR, note="No"),
            ReviewState.CHANGES_REQUESTED,
        )
        before = START - timedelta(days=1)
        work.reviews.add(review(id="other", route="a legal one", file_id="g", opened_at=before))
        work.commit()

    with SqlUnitOfWork(filled, reading=True) as work:
        other, one = work.listings.compute_figures(since=START.date(), now=START + 24 * HOUR)

    assert (one.route, one.opened, one.acknowledged, one.changes_requested) == ("compliance", 12, 10, 1)
    assert (one.late, one.waiting, one.overdue, one.lapsed) == (1, 1, 1, 1)
    assert (one.median, one.ninetieth) == (timedelta(minutes=5), timedelta(minutes=9))
    assert (other.route, other.opened, other.waiting, other.median) == ("a legal one", 0, 1, None)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("compliance", ["3"]),
        ("Legal / Compliance", ["3"]),
        ("legal/ compliance", ["3"]),
        ("HR / Compliance", []),
    ],
)
def test_folders_are_found_by_their_names(engine: sa.Engine, path: str, expected: list[str]) -> None:

    with SqlUnitOfWork(engine) as work:
        work.folders.put(Place(folders=(("1", "Rooms"), ("2", "Legal"), ("3", "Compliance"))), at=START)
        work.commit()

    with SqlUnitOfWork(engine, reading=True) as work:
        assert work.listings.find_folders(path, 10) == expected


@pytest.mark.parametrize("seq", [1, 20, 4711, 2**31 - 1])
def test_a_cursor_is_read_as_what_it_was_made_of_and_nothing_else_is(seq: int) -> None:
    cursor = format_cursor(seq)
    wrong = f"{cursor[:-1]}{'0' if cursor[-1] != '0' else '1'}"

    assert read_cursor(cursor) == seq
    assert read_cursor(wrong) is None
    assert read_cursor(f"0{cursor}") is None


@pytest.mark.parametrize("text", ["", "x", "-1", "0", "ff" * 20, "00", format_cursor(2**40)])
def test_what_is_no_cursor_of_ours_is_none(text: str) -> None:
    assert read_cursor(text) is None


def test_the_state_decides_who_waits() -> None:

    waiting, done = review(), review(state=ReviewState.ACKNOWLEDGED, answers=(answer(),))

    assert list_marks(waiting) - list_marks(done) == {
        format_mark(MarkKind.WAITING_OWNER, OWNER),
        format_mark(MarkKind.WAITING_ROUTE, "compliance"),
    }
    assert list_marks(done) - list_marks(waiting) == {format_mark(MarkKind.ANSWERED_BY, OWNER)}


def test_what_was_answered_and_sent_to_a_channel_is_found_by_its_marks(filled: sa.Engine) -> None:
    with SqlUnitOfWork(filled) as work:
        for number in (2, 4, 5, 9):
            work.cards.owe(f"r{number}", [("inbox", "")])
        work.cards.owe("r6", [("slack", "C1")])
        for number in (4, 6, 9):
            work.reviews.record_answer(f"r{number}", answer(), Decision.ACKNOWLEDGE.outcome)
        work.commit()

    mine = ((ON_COMPLIANCE, ANSWERED_BY_OWNER),)
    assert ids(filled, sent_to="inbox", marks=mine) == numbered(9, 5, 4, 2)
    assert ids(filled, answered=True, marks=mine) == numbered(9, 6, 4)
    assert ids(filled, sent_to="inbox", answered=True, marks=mine) == numbered(9, 4)
    assert ids(filled, sent_to="inbox", marks=((FOR_OWNER,),)) == numbered(5, 2)
    assert ids(filled, sent_to="mail", marks=mine) == []


@pytest.mark.parametrize("count", [1, 100])
def test_what_one_mark_leads_to_is_read_at_once(filled: sa.Engine, count: int) -> None:
    statements = list_statements(filled, lambda: ids(filled, count=count, marks=((FOR_OWNER,),)))

    assert len([statement for statement, _ in statements if "FROM review_index" in statement]) == 1


@pytest.mark.parametrize("state", ReviewState)
@pytest.mark.parametrize("few", [True, False], ids=["few of that state", "few of that folder"])
def test_a_state_and_a_mark_find_the_same_whichever_is_rarer(
    engine: sa.Engine, state: ReviewState, *, few: bool
) -> None:
    states = [state] * (2 if few else 9) + [each for each in ReviewState if each is not state] * 4
    with SqlUnitOfWork(engine) as work:
        for number, each in enumerate(states):
            folder = "rare" if number % 2 == 0 and (few or number < 4) else "other"
            work.reviews.add(review(id=f"r{number}", file_id=f"f{number}", state=each, folders=(folder,)))
        work.commit()

    review_ids = ids(engine, state=state, marks=((Mark(MarkKind.FOLDER, "rare"),),))

    assert review_ids == (["r0"] if few else ["r2", "r0"])
