"""Real threads at the same row: one of them wins, the others are told, nothing is written twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from reviews.delivery.call_slots import CallLimits, CallSlots
from reviews.errors import RefusalReason, Refused
from reviews.identity import Person, Reviewer
from reviews.kinds import EventState, ReviewState
from reviews.routes.route import Routes
from tests.reviews.deliveries import deliver_card
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import ELSEWHERE, OWNER, WATCHED, event, route
from tests.threads import run_in_threads

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


def test_of_eight_simultaneous_answers_one_is_taken(desk: Desk) -> None:
    review = desk.open(event())

    def answer(number: int) -> str:
        who = Reviewer(name=f"Owner {number}", email=OWNER)
        try:
            desk.answers.record_answer(build_answer_request(review, reviewer=who))
        except Refused as refused:
            return refused.reason
        return "taken"

    outcomes = Counter(run_in_threads(8, answer))

    assert outcomes == {"taken": 1, RefusalReason.ALREADY_ANSWERED: 7}
    assert len(desk.latest(review.file_id).answers) == 1
    assert [entry["type"] for entry in desk.entries()] == ["review:opened", "review:acknowledged"]
    assert desk.verdict().intact


def test_eight_simultaneous_answers_to_eight_reviews_are_all_taken(desk: Desk) -> None:
    """They are appended together, and each is in the chain once."""
    desk.follow(Routes([route(bulk=None)]))
    reviews = [desk.open(event(file_id=f"f{number}")) for number in range(8)]

    def answer(number: int) -> ReviewState:
        who = Reviewer(name=f"Owner {number}", email=OWNER)
        request = build_answer_request(reviews[number], reviewer=who, request_name=f"slack:{number}")
        return desk.answers.record_answer(request).state

    assert run_in_threads(8, answer) == [ReviewState.ACKNOWLEDGED] * 8

    answers = [entry for entry in desk.entries() if entry["type"] == "review:acknowledged"]
    assert {entry["review_id"] for entry in answers} == {review.id for review in reviews}
    assert len(answers) == 8
    assert desk.verdict().intact


def test_a_refused_answer_spoils_none_of_those_that_arrive_with_it(desk: Desk) -> None:
    desk.follow(Routes([route(bulk=None)]))
    reviews = [desk.open(event(file_id=f"f{number}")) for number in range(8)]

    def answer(number: int) -> str:
        address = "juris@example.com" if number % 2 else OWNER
        who = Reviewer(name=f"Person {number}", email=address)
        request = build_answer_request(reviews[number], reviewer=who, request_name=f"slack:{number}")
        try:
            return desk.answers.record_answer(request).state
        except Refused as refused:
            return refused.reason

    outcomes = run_in_threads(8, answer)

    assert outcomes == [ReviewState.ACKNOWLEDGED, RefusalReason.NOT_ALLOWED] * 4
    assert desk.verdict().intact


def test_two_workers_with_the_same_event_leave_one_review(desk: Desk) -> None:
    number = desk.receive(event())

    waits = run_in_threads(2, lambda _: desk.intake.process(number))
    for _ in filter(lambda wait: wait is not None, waits):
        assert desk.intake.process(number) is None

    assert len(desk.reviews()) == 1
    assert desk.latest("3358285").revision == 1
    assert len(desk.entries()) == 1
    assert desk.event(number).state is EventState.DONE
    assert len(desk.latest("3358285").cards) == 2


def test_many_workers_with_many_events_of_one_file_settle_each_once(desk: Desk) -> None:
    numbers = [desk.receive(event()) for _ in range(6)]

    def work(number: int) -> None:
        while desk.intake.process(numbers[number]) is not None:
            pass

    run_in_threads(6, work)

    assert len(desk.reviews()) == 1
    assert {each.state for each in desk.events()} <= {EventState.DONE, EventState.IGNORED}
    event_numbers = [number for entry in desk.entries() for number in entry["events"]]
    assert len(event_numbers) == len(set(event_numbers))
    assert desk.verdict().intact


def test_one_card_is_posted_once_however_many_jobs_come(desk: Desk) -> None:
    review = desk.open(event())
    card = review.cards[0]
    # With fewer slots than jobs, the job that has the card may be put off, and then only it can come again.
    delivery = replace(desk.delivery, call_slots=CallSlots(posts=CallLimits(per_channel=9, per_target=9)))

    run_in_threads(4, lambda number: deliver_card(delivery, card.id, f"job-{number}"))
    deliver_card(delivery, card.id, "job-9")

    assert [target for target, _ in desk.paper.posts] == [card.target]


def test_events_of_routes_that_name_their_owners_in_other_orders_do_not_wait_for_each_other(
    desk: Desk,
) -> None:
    """With one of two events half written, PostgreSQL ends the other one as a deadlock."""
    people = [
        Person(id=f"p{number:03}", name=f"P{number}", email=f"p{number:03}@example.com")
        for number in range(120)
    ]
    desk.portal.people.update((each.id, each) for each in people)
    owners = tuple(str(each.email) for each in people)
    backwards = route(name="other", watch=(ELSEWHERE,), owners=owners[::-1])
    desk.follow(Routes([route(owners=owners), backwards]))
    numbers = [
        desk.receive(event(file_id=file_id, parent_id=folder))
        for file_id, folder in (("f1", WATCHED), ("f2", ELSEWHERE))
    ]

    assert run_in_threads(2, lambda place: desk.intake.process(numbers[place])) == [None, None]

    assert {review.route for review in desk.reviews()} == {"compliance", "other"}
    assert desk.verdict().intact
