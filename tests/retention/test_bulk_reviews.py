"""Bulk reviews that were closed long ago: they go with their files, and with what became a part of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.identity import Person
from reviews.kinds import ChangeKind, Decision, ReviewState
from reviews.notice import ChangeNotice
from store.removed_reviews import remove_reviews
from store.schema import bulk_reviews, review_file_people, review_files, review_index
from tests.retention.removing import LATEST, YEAR, count_rows, let_years_pass, pass_days, remove, remove_all
from tests.reviews.desk import build_answer_request, make_review_request
from tests.reviews.flood import flood, handle, list_bulk_reviews, names, receive_events
from tests.reviews.notices import require_type
from tests.reviews.samples import event, notice, routes
from tests.reviews.subscribed import deliver_change_notices, deliver_notices, subscribe

if TYPE_CHECKING:
    from reviews.model import Review
    from store.retention import RetentionStep
    from tests.reviews.desk import Desk

CROWD = tuple(
    Person(id=f"p{number}", name=f"P{number}", email=f"p{number}@example.com") for number in range(130)
)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A desk whose route lets three files through one by one."""
    desk.follow(routes(bulk=3))
    return desk


def answer(desk: Desk, review: Review, decision: Decision = Decision.ACKNOWLEDGE) -> None:
    """Answer a review as it is now, when its flood is over, and have all cards drawn."""
    desk.clock.advance(hours=1)
    desk.deliver_all()
    with desk.transactions(reading=True) as work:
        now = work.reviews.get(review.id)
    assert now is not None
    note = None if decision is Decision.ACKNOWLEDGE else "Section 4 is missing"
    desk.answers.record_answer(build_answer_request(now, decision=decision, note=note))
    desk.deliver_all()


def indexed(desk: Desk) -> set[int]:
    with desk.engine.connect() as connection:
        return set(connection.execute(sa.select(review_index.c.seq)).scalars())


def test_it_goes_with_its_files_and_all_that_it_was_found_by(desk: Desk) -> None:
    desk.portal.people |= {who.id: who for who in CROWD}
    desk.portal.coauthors["f000"] = list(CROWD)
    answer(desk, flood(desk, 8))
    let_years_pass(desk)

    assert remove(desk) == [LATEST]

    left = [count_rows(desk, table) for table in (bulk_reviews, review_files, review_file_people)]
    assert (left, len(indexed(desk))) == ([0, 0, 0], 1)
    verdict = desk.verdict()
    assert (verdict.problem, verdict.removed) == (None, 1)


def test_what_it_was_found_by_for_files_as_they_once_were_goes_too(desk: Desk) -> None:
    desk.portal.people |= {who.id: who for who in CROWD[:1]}
    desk.portal.coauthors["f000"] = [CROWD[0]]
    many = flood(desk, 5)
    desk.portal.coauthors["f000"] = []
    desk.portal.versions["f000"] += 1
    handle(desk, receive_events(desk, ["f000"], trigger="file.updated"))
    answer(desk, many)
    let_years_pass(desk)

    remove(desk)

    assert (len(indexed(desk)), desk.verdict().problem) == (1, None)


def test_reviews_that_became_a_part_of_it_stay_as_long_as_it_does_and_go_with_it(desk: Desk) -> None:
    handle(desk, receive_events(desk, names(3)))
    desk.deliver_all()
    handle(desk, receive_events(desk, ["g0", "g1", "g2", "g3"]))
    [many] = list_bulk_reviews(desk)
    pass_days(desk, 400)
    remove_all(desk, keep_reviews=YEAR)
    assert len([each for each in desk.reviews() if each.state is ReviewState.REPLACED]) == 3
    answer(desk, many)
    pass_days(desk, 300)
    remove_all(desk, keep_reviews=YEAR)
    assert len(desk.reviews()) == 4
    let_years_pass(desk, days=66)

    assert remove(desk) == [LATEST]
    verdict = desk.verdict()
    assert (verdict.problem, verdict.removed) == (None, 4)


@pytest.mark.parametrize("first", ["the file", "the others"])
def test_a_file_that_was_taken_out_goes_by_its_own_answer(desk: Desk, first: str) -> None:
    many = flood(desk, 5)
    apart = desk.separation.separate(make_review_request(many), file_id="f001")
    early, late = (apart, many) if first == "the file" else (many, apart)
    answer(desk, early)
    pass_days(desk, 200)
    answer(desk, late)
    let_years_pass(desk, days=250)

    assert len(remove(desk)) == 2
    assert desk.verdict().problem is None
    pass_days(desk, 200)

    assert remove(desk) == [LATEST]
    assert (desk.verdict().problem, len(indexed(desk))) == (None, 1)


def test_what_was_sent_back_stays_with_all_its_files(desk: Desk) -> None:
    many = flood(desk, 5)
    answer(desk, many, Decision.REQUEST_CHANGES)
    let_years_pass(desk)

    assert remove(desk) == [many.file_id, LATEST]
    assert count_rows(desk, review_files) == 5


def test_what_was_told_of_a_flood_is_told_once_also_where_a_file_comes_months_later(desk: Desk) -> None:
    subscribe(desk)
    *numbers, late = receive_events(desk, names(6))
    handle(desk, numbers)
    assert len(deliver_notices(desk)) == 1
    pass_days(desk, 200)
    handle(desk, receive_events(desk, [LATEST]))
    desk.deliver_all()
    remove_all(desk)

    handle(desk, [late])

    [many] = list_bulk_reviews(desk)
    assert many.bulk is not None
    assert many.bulk.count == 6
    assert [notice.change_kind for notice in deliver_change_notices(desk)] == [
        ChangeKind.BULK,
        ChangeKind.CONTENT,
    ]


def test_what_was_told_of_a_flood_goes_after_its_review(desk: Desk) -> None:
    subscribe(desk)
    many = flood(desk, 5)
    answer(desk, many)
    let_years_pass(desk)

    for _ in range(2):
        remove_all(desk, keep_reviews=YEAR)

    notices = require_type(ChangeNotice, (card.notice for card in desk.notices()))
    assert [notice.change_kind for notice in notices] == [ChangeKind.CONTENT]


def test_a_step_removes_no_more_than_so_many_files(desk: Desk) -> None:
    answer(desk, flood(desk, 5))
    desk.clock.advance(hours=1)
    handle(desk, receive_events(desk, [f"g{number}" for number in range(5)]))
    answer(desk, list_bulk_reviews(desk)[0])
    let_years_pass(desk)

    steps: list[RetentionStep] = []
    for _ in range(3):
        after = steps[-1].after if steps else 0
        before = desk.clock() - YEAR
        steps.append(remove_reviews(desk.engine, after, before=before, now=desk.clock(), max_files=6))

    assert [(step.removed, step.after is None) for step in steps] == [(1, False), (1, False), (0, True)]
    assert desk.verdict().problem is None


def test_how_a_review_ended_goes_once_it_is_a_part_of_another(desk: Desk) -> None:
    handle(desk, receive_events(desk, names(1)))
    [alone] = desk.reviews()
    with desk.transactions() as work:
        cause = "outcome:1:1:acknowledged:a"  # of an answer that was taken back
        work.cards.owe_notice(("paper", "C1"), notice(), cause=cause, review_id=alone.id)
        work.commit()
    desk.deliver_all()
    answer(desk, flood(desk, 8))
    pass_days(desk, 91)
    handle(desk, receive_events(desk, [LATEST]))

    remove_all(desk)

    assert [post.cause for post in desk.notices() if post.review_id == alone.id] == []


def test_it_stays_where_its_files_can_not_be_read(desk: Desk) -> None:
    answer(desk, flood(desk, 8))
    let_years_pass(desk)
    with desk.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE review_files SET folders = '5' WHERE position = 3")

    remove_all(desk, keep_reviews=YEAR)

    assert [count_rows(desk, table) for table in (bulk_reviews, review_files)] == [1, 8]


def left_of(desk: Desk) -> set[str]:
    """Remove what was closed more than a year ago; return the ids of what is left."""
    remove(desk)
    return {review.id for review in desk.reviews()}


def send_back(desk: Desk, file: str) -> Review:
    alone = desk.open(event(file_id=file, trigger="file.created"))
    answer(desk, alone, Decision.REQUEST_CHANGES)
    desk.portal.versions[file] += 1
    desk.clock.advance(hours=1)
    return alone


def test_what_was_sent_back_stays_while_the_document_is_in_an_open_review_of_many(desk: Desk) -> None:
    asked = send_back(desk, "f000")
    for file in names(3):
        handle(desk, receive_events(desk, [file]))
    handle(desk, receive_events(desk, ["f003", "f004"]))
    [many] = list_bulk_reviews(desk)
    let_years_pass(desk)
    assert asked.id in left_of(desk)

    answer(desk, many)
    let_years_pass(desk)

    assert asked.id not in left_of(desk)


def test_what_was_sent_back_stays_while_the_document_has_an_open_review_of_its_own(desk: Desk) -> None:
    asked = send_back(desk, "f000")
    many = flood(desk, 6, trigger="file.updated")
    desk.deliver_all()
    with desk.transactions(reading=True) as work:
        now = work.reviews.get(many.id)
    assert now is not None
    apart = desk.separation.separate(make_review_request(now), file_id="f000")
    answer(desk, many)
    let_years_pass(desk)
    assert asked.id in left_of(desk)

    answer(desk, apart)
    let_years_pass(desk)

    assert asked.id not in left_of(desk)
