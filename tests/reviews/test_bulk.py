"""Many files that one cause touches are one review, from the first to the last of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from reviews.errors import RefusalReason, Refused
from reviews.identity import Person
from reviews.kinds import ChangeKind, ReviewState
from reviews.routes.route import Routes
from tests.reviews.desk import build_answer_request
from tests.reviews.flood import files_of, flood, handle, list_bulk_reviews, names, receive_events
from tests.reviews.samples import ALICE, BOB, ELSEWHERE, WATCHED, event, route, routes

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A desk whose route lets three files through one by one."""
    desk.follow(routes(bulk=3))
    return desk


def test_more_files_than_the_route_lets_through_are_one_review_with_one_card(desk: Desk) -> None:
    review = flood(desk, 4)
    desk.deliver_all()

    assert desk.reviews() == [desk.reviews()[0]]
    assert review.bulk is not None
    assert (review.bulk.count, review.bulk.kinds) == (4, ((ChangeKind.CONTENT, 4),))
    assert [file.file_id for file in review.bulk.sample_files] == names(4)
    assert (review.title, review.path) == ("Compliance", "Legal")
    assert review.contributors == (ALICE,)
    assert len(desk.paper.posts) == 2  # one in each channel
    assert desk.verdict().intact


def test_as_many_as_the_route_lets_through_are_reviewed_one_by_one(desk: Desk) -> None:
    handle(desk, receive_events(desk, names(3)))

    assert [review.kind for review in desk.reviews()] == [ChangeKind.CONTENT] * 3


def test_a_route_that_bundles_nothing_has_a_review_for_each_file(desk: Desk) -> None:
    desk.follow(routes(bulk=None))

    handle(desk, receive_events(desk, names(6)))

    assert len(desk.reviews()) == 6


def test_events_that_are_handled_before_the_next_arrives_become_one_review_all_the_same(desk: Desk) -> None:
    for file in names(3):
        handle(desk, receive_events(desk, [file]))
    desk.deliver_all()
    assert len(desk.paper.posts) == 6

    for file in ("f003", "f004"):
        desk.clock.advance(seconds=10)
        handle(desk, receive_events(desk, [file]))
    desk.deliver_all()

    [review] = list_bulk_reviews(desk)
    assert [file.file_id for file in files_of(desk, review)] == ["f003", "f000", "f001", "f002", "f004"]
    singles = [each for each in desk.reviews() if each.kind is not ChangeKind.BULK]
    assert {each.state for each in singles} == {ReviewState.REPLACED}
    assert {each.superseded_by for each in singles} == {review.id}
    assert len(desk.paper.posts) == 8
    assert desk.verdict().intact


def test_a_click_on_the_card_of_a_file_that_became_a_part_of_a_bulk_review_is_told_so(desk: Desk) -> None:
    handle(desk, receive_events(desk, names(3)))
    single = desk.latest("f000")
    handle(desk, receive_events(desk, ["f003", "f004"]))

    with pytest.raises(Refused, match="is reviewed together with many other files") as refused:
        desk.answers.record_answer(build_answer_request(single))

    assert refused.value.reason is RefusalReason.STALE


def test_one_person_who_is_slow_in_one_folder_is_one_cause(desk: Desk) -> None:
    for file in names(6):
        desk.clock.advance(seconds=90)
        handle(desk, receive_events(desk, [file]))

    [review] = list_bulk_reviews(desk)
    assert review.bulk is not None
    assert review.bulk.count == 6


def test_slow_changes_of_several_people_are_no_flood(desk: Desk) -> None:
    for number, file in enumerate(names(6)):
        who = f"p{number}"
        desk.portal.people[who] = Person(id=who, name=who, email=f"{who}@example.com")
        desk.clock.advance(seconds=90)
        handle(desk, receive_events(desk, [file], actor=Person(id=who, name="")))

    assert list_bulk_reviews(desk) == []


def test_a_change_when_the_flood_is_over_is_a_review_of_its_own(desk: Desk) -> None:
    flood(desk, 4)

    desk.clock.advance(minutes=30)
    handle(desk, receive_events(desk, ["later"]))

    assert desk.latest("later").kind is ChangeKind.CONTENT
    assert not desk.latest("later").is_file_view


def test_a_file_that_changes_again_is_brought_up_to_date_in_its_review(desk: Desk) -> None:
    before = flood(desk, 4)
    desk.portal.versions["f002"] += 1
    desk.portal.coauthors["f002"] = [BOB]

    desk.clock.advance(minutes=1)
    handle(desk, receive_events(desk, ["f002"], trigger="file.updated"))

    [review] = desk.reviews()
    assert review.revision == before.revision + 1
    files = {file.file_id: file for file in files_of(desk, review)}
    assert files["f002"].version_to == 9
    assert BOB in review.contributors
    assert desk.verdict().intact


def test_one_answer_counts_for_all_files(desk: Desk) -> None:
    review = flood(desk, 4)

    after = desk.answers.record_answer(build_answer_request(review))

    assert after.state is ReviewState.ACKNOWLEDGED
    assert {desk.latest(file).state for file in names(4)} == {ReviewState.ACKNOWLEDGED}
    assert desk.verdict().intact


def test_an_answer_to_fewer_files_than_there_are_now_is_refused(desk: Desk) -> None:
    seen = flood(desk, 4)
    handle(desk, receive_events(desk, ["late"]))

    with pytest.raises(Refused) as refused:
        desk.answers.record_answer(build_answer_request(seen))

    assert refused.value.reason is RefusalReason.STALE


def test_a_file_that_changes_after_the_answer_gets_a_review_from_the_version_that_was_answered(
    desk: Desk,
) -> None:
    review = flood(desk, 4)
    desk.answers.record_answer(build_answer_request(review))
    desk.portal.versions["f001"] = 11
    desk.clock.advance(hours=1)

    handle(desk, receive_events(desk, ["f001"], trigger="file.updated"))

    alone = desk.latest("f001")
    assert (alone.kind, alone.version_from, alone.version_to) == (ChangeKind.CONTENT, 8, 11)
    [_, apart, *_] = files_of(desk, review)
    assert apart.apart == alone.id
    assert desk.verdict().intact


def test_files_of_another_route_are_not_part_of_it(desk: Desk) -> None:
    desk.follow(routes(bulk=3))
    numbers = [
        *receive_events(desk, names(2)),
        *receive_events(desk, ["x1", "x2", "x3"], parent_id=ELSEWHERE),
    ]

    handle(desk, numbers)

    assert list_bulk_reviews(desk) == []


def test_it_is_named_after_the_folder_that_the_files_have_in_common(desk: Desk) -> None:
    desk.follow(routes(bulk=3, watch=("2",)))
    numbers = [
        *receive_events(desk, names(2)),
        *receive_events(desk, ["x1", "x2", "x3"], parent_id=ELSEWHERE),
    ]

    handle(desk, numbers)

    [review] = list_bulk_reviews(desk)
    assert (review.title, review.folders) == ("Legal", ("1", "2"))
    assert {file.folders[-1] for file in files_of(desk, review)} == {WATCHED, ELSEWHERE}


def test_a_worker_that_takes_long_still_gathers_what_arrived_together(desk: Desk) -> None:
    numbers = receive_events(desk, names(6))

    for number in numbers:
        desk.clock.advance(minutes=20)
        handle(desk, [number])

    [review] = desk.reviews()
    assert review.bulk is not None
    assert review.bulk.count == 6


def test_nothing_joins_what_has_been_answered(desk: Desk) -> None:
    numbers = receive_events(desk, names(6))
    handle(desk, numbers[:5])
    [review] = list_bulk_reviews(desk)
    desk.answers.record_answer(build_answer_request(review))

    handle(desk, numbers[5:])

    assert desk.latest("f005").state is ReviewState.OPEN
    assert desk.latest("f005").kind is ChangeKind.CONTENT
    assert desk.verdict().intact


def test_an_earlier_review_that_was_answered_is_superseded_by_the_one_of_many(desk: Desk) -> None:
    alone = desk.open(event(file_id="f000", trigger="file.created"))
    desk.answers.record_answer(build_answer_request(alone))
    desk.portal.versions["f000"] += 1
    desk.clock.advance(hours=1)

    review = flood(desk, 4, trigger="file.updated")

    with desk.transactions(reading=True) as work:
        before = work.reviews.get(alone.id)
    assert before is not None
    assert before.superseded_by == review.id
    assert desk.latest("f000").version_from == 8
    assert desk.verdict().intact


def test_the_newest_review_of_a_file_is_that_of_many_where_it_joined_later_than_its_own_was_opened(
    desk: Desk,
) -> None:
    [early] = receive_events(desk, ["early"])
    desk.clock.advance(seconds=70)
    review = flood(desk, 6)
    desk.clock.advance(seconds=1)
    handle(desk, [early])
    alone = desk.latest("early")
    desk.answers.record_answer(build_answer_request(alone))
    desk.portal.versions["early"] += 1

    handle(desk, receive_events(desk, ["early"], trigger="file.updated"))

    assert alone.opened_at > review.opened_at
    newest = desk.latest("early")
    assert (newest.id, newest.state, newest.version_to) == (review.id, ReviewState.OPEN, 9)


def test_of_two_routes_the_newest_review_of_a_file_is_the_one_that_it_came_to_last(desk: Desk) -> None:
    desk.follow(Routes([route(bulk=3), replace(route(bulk=3), name="other", watch=(ELSEWHERE,))]))
    review = flood(desk, 4)
    desk.clock.advance(seconds=10)
    there = desk.open(event(file_id="x", parent_id=ELSEWHERE))
    desk.answers.record_answer(build_answer_request(there))
    desk.clock.advance(seconds=10)

    handle(desk, receive_events(desk, ["x"], trigger="file.moved", parent_id=WATCHED))
    here = desk.latest("x")
    with desk.transactions(reading=True) as work:
        left = work.reviews.find_latest("x", route="other")
    assert left is not None
    desk.answers.record_answer(build_answer_request(left))
    desk.clock.advance(hours=1)
    handle(desk, receive_events(desk, ["x"], trigger="file.moved", parent_id=ELSEWHERE))

    assert (here.id, there.opened_at > review.opened_at) == (review.id, True)
    assert desk.latest("x").route == "other"
