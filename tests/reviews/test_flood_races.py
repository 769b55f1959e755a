"""Workers and people at the same flood at once: each file ends in exactly one duty."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.errors import Refused
from reviews.kinds import ChangeKind, ReviewState
from tests.reviews.desk import JURIS, build_answer_request, hand_over, make_review_request
from tests.reviews.flood import duties_of, files_of, flood, list_bulk_reviews, names, receive_events
from tests.reviews.people import make_proven_person
from tests.reviews.samples import routes
from tests.threads import run_in_threads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.reviews.desk import Desk

FILES = names(12)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A desk whose route lets three files through one by one."""
    desk.follow(routes(bulk=3))
    return desk


def work_through(desk: Desk, numbers: Sequence[int]) -> None:
    for number in numbers:
        for _ in range(200):
            with suppress(sa.exc.OperationalError):  # SQLite was busy for long: the worker comes again, too
                if desk.intake.process(number) is None:
                    break
        else:
            raise AssertionError(f"event {number} does not come to an end")


def test_workers_that_see_the_same_flood_open_one_review_together(desk: Desk) -> None:
    numbers = receive_events(desk, FILES)

    run_in_threads(4, lambda worker: work_through(desk, numbers[worker::4]))

    [review] = list_bulk_reviews(desk)
    assert review.bulk is not None
    assert review.bulk.count == len(FILES)
    assert review.revision == len(FILES)
    assert all(duties_of(desk, file) == [review.id] for file in FILES)
    assert desk.verdict().intact


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_a_review_that_is_handed_over_while_its_cause_becomes_a_flood_stays(desk: Desk) -> None:
    work_through(desk, receive_events(desk, names(3)))
    handed = desk.latest(names(1)[0])
    left = [handed]

    @sa.event.listens_for(desk.engine, "before_cursor_execute")
    def hand_over_first(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("INSERT INTO bulk_reviews") and left:
            hand_over(desk).reassign(make_review_request(left.pop()), new_owner=make_proven_person(JURIS))

    work_through(desk, receive_events(desk, ["one more"]))

    assert left == []
    assert desk.latest(handed.file_id).owners == ("juris@example.com",)
    assert duties_of(desk, handed.file_id) == [handed.id]
    assert desk.verdict().intact


def test_files_that_are_told_one_by_one_to_several_workers_are_all_in_one_duty(desk: Desk) -> None:
    def tell(worker: int) -> None:
        for file in FILES[worker::3]:
            work_through(desk, receive_events(desk, [file]))

    run_in_threads(3, tell)

    assert all(len(duties_of(desk, file)) == 1 for file in FILES)
    assert len([review for review in list_bulk_reviews(desk) if review.state is ReviewState.OPEN]) == 1
    assert desk.verdict().intact


def test_an_answer_while_files_join_counts_for_those_that_it_saw(desk: Desk) -> None:
    flood(desk, 4)
    late = receive_events(desk, FILES[4:])

    def act(number: int) -> None:
        if number:
            work_through(desk, late[number - 1 :: 2])
            return
        for _ in range(50):
            try:
                desk.answers.record_answer(build_answer_request(list_bulk_reviews(desk)[-1]))
            except Refused:
                continue
            return

    run_in_threads(3, act)

    answered = [review for review in list_bulk_reviews(desk) if review.answers]
    for review in answered:
        joined = [each for each in files_of(desk, review) if each.apart is None]
        assert review.bulk is not None
        assert review.answers[-1].revision == review.revision == len(joined) == review.bulk.count
    assert all(len(duties_of(desk, file)) == 1 for file in FILES)
    assert desk.verdict().intact


def test_a_file_that_is_taken_out_while_all_are_answered_is_in_one_of_the_two(desk: Desk) -> None:
    review = flood(desk, 5)

    def act(number: int) -> bool:
        try:
            if number:
                desk.separation.separate(make_review_request(review), file_id="f001")
            else:
                desk.answers.record_answer(build_answer_request(review))
        except Refused:
            return False
        return True

    assert sorted(run_in_threads(2, act)) == [False, True]
    assert len(duties_of(desk, "f001")) == 1
    assert desk.verdict().intact


def test_of_people_who_take_out_one_file_at_once_one_does(desk: Desk) -> None:
    review = flood(desk, 5)

    def act(_: int) -> bool:
        try:
            desk.separation.separate(make_review_request(review), file_id="f001")
        except Refused:
            return False
        return True

    assert sum(run_in_threads(4, act)) == 1
    assert [each.kind for each in desk.reviews()].count(ChangeKind.CONTENT) == 1
    assert desk.verdict().intact
