"""From change events to reviews, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from reviews.errors import Permanent, TryLater
from reviews.identity import Person
from reviews.intake import intake
from reviews.kinds import ChangeKind, EventState, ReviewState
from reviews.routes.route import Routes
from reviews.routes.working_time import WorkingHours
from tests.reviews.samples import ALICE, BOB, ELSEWHERE, START, event, route

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


def test_an_event_is_received_once_under_either_key(desk: Desk) -> None:
    first = event()
    receive = partial(intake.receive_events, desk.transactions, now=START)

    taken = [
        receive([first, first]),
        receive([first]),
        receive([replace(first, semantic_key="other")]),
        receive([replace(first, delivery_key="other")]),
        receive([replace(first, delivery_key="other", semantic_key="other")]),
    ]

    assert taken == [[True, False], [False], [False], [False], [True]]
    assert len(desk.events()) == 2


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"trigger": "room.created"}, "room.created is not a change of a file or folder"),
        ({"trigger": ""}, "older than 3.1"),
        ({"file_id": "", "unusable": "the payload names no file"}, "names no file"),
    ],
)
def test_what_is_no_change_of_a_file_is_written_down_and_ignored(
    desk: Desk, more: dict[str, str], reason: str
) -> None:
    number = desk.receive(event(**more))

    assert desk.intake.process(number) is None
    assert desk.event(number).state is EventState.IGNORED
    assert reason in (desk.event(number).reason or "")


def test_a_change_opens_a_review_with_its_entry_and_its_cards(desk: Desk) -> None:
    review = desk.open(event())

    assert (review.state, review.revision, review.kind) == (ReviewState.OPEN, 1, ChangeKind.CONTENT)
    assert (review.path, review.version_from, review.version_to) == ("Legal / Compliance", None, 8)
    assert review.contributors == (ALICE,)
    assert [(card.notifier, card.target) for card in review.cards] == [("paper", "C1"), ("paper", "C2")]
    assert [entry["type"] for entry in desk.entries()] == ["review:opened"]
    assert desk.entries()[0]["events"] == [desk.newest_event().id]
    assert desk.newest_event().state is EventState.DONE


def test_a_further_change_revises_the_open_review(desk: Desk) -> None:
    desk.open(event())
    desk.portal.versions["3358285"] = 9
    desk.clock.advance(minutes=5)

    review = desk.open(event(actor=Person(id=BOB.id, name="")))

    assert (review.revision, review.version_to, review.contributors) == (2, 9, (ALICE, BOB))
    assert review.opened_at == START
    assert review.changed_at == START + timedelta(minutes=5)
    assert len(desk.reviews()) == 1
    assert {card.requested_drawing for card in review.cards} == {2}
    assert [entry["type"] for entry in desk.entries()] == ["review:opened", "review:revised"]


def test_an_event_that_changes_nothing_leaves_the_open_review_alone(desk: Desk) -> None:
    desk.open(event())

    number = desk.receive(event())
    desk.intake.process(number)

    assert desk.latest("3358285").revision == 1
    assert desk.event(number).state is EventState.IGNORED
    assert "opens no review" in (desk.event(number).reason or "")


@pytest.mark.parametrize("hidden", [False, True])
def test_a_change_elsewhere_is_ignored_with_the_reason(desk: Desk, *, hidden: bool) -> None:
    desk.portal.hidden = {ELSEWHERE} if hidden else set()
    number = desk.receive(event(parent_id=ELSEWHERE))

    while desk.intake.process(number) is not None:
        pass

    assert desk.event(number).state is EventState.IGNORED
    assert desk.event(number).reason == "the file is not under a watched folder"
    assert desk.reviews() == []
    assert desk.entries() == []


def test_a_file_that_leaves_is_reviewed_once_and_then_forgotten(desk: Desk) -> None:
    desk.open(event())

    left = desk.open(event(trigger="file.moved", parent_id=ELSEWHERE))
    number = desk.receive(event(parent_id=ELSEWHERE))
    desk.intake.process(number)

    assert (left.kind, left.revision) == (ChangeKind.MOVED_OUT, 2)
    assert desk.event(number).state is EventState.IGNORED


def test_nothing_is_opened_before_the_file_has_been_quiet(desk: Desk) -> None:
    desk.follow(Routes([route(quiet_period=timedelta(seconds=60), max_wait=timedelta(minutes=10))]))
    number = desk.receive(event())

    assert desk.intake.process(number) == 60
    desk.clock.advance(seconds=59.5)
    assert desk.intake.process(number) == 0.5
    desk.clock.advance(seconds=0.5)
    assert desk.intake.process(number) is None

    assert desk.latest("3358285").revision == 1


def test_edits_without_end_are_shown_after_the_longest_wait(desk: Desk) -> None:
    desk.follow(Routes([route(quiet_period=timedelta(seconds=60), max_wait=timedelta(seconds=100))]))
    first = desk.receive(event())
    for _ in range(3):
        desk.clock.advance(seconds=30)
        desk.receive(event(actor=Person(id=BOB.id, name="")))

    assert desk.intake.process(first) == 10
    desk.clock.advance(seconds=10)
    assert desk.intake.process(first) is None

    review = desk.latest("3358285")
    assert (review.revision, review.contributors) == (1, (ALICE, BOB))
    assert {each.state for each in desk.events()} == {EventState.DONE}
    assert desk.entries()[0]["events"] == sorted(each.id for each in desk.events())


def test_an_outage_keeps_the_event_and_counts_the_attempt(desk: Desk) -> None:
    number = desk.receive(event())
    desk.portal.trouble["place"] = [TryLater("down", retry_after=7.0), TryLater("still down")]

    assert desk.intake.process(number) == 7.0
    assert desk.intake.process(number) == 4.0
    stored = desk.event(number)
    assert (stored.state, stored.attempts, stored.reason) == (EventState.RECEIVED, 2, "still down")

    assert desk.intake.process(number) is None
    assert desk.event(number).state is EventState.DONE


def test_an_event_is_given_up_after_the_last_attempt(desk: Desk) -> None:
    number = desk.receive(event())
    desk.portal.trouble["file"] = [TryLater("down")] * 20

    waits = [desk.intake.process(number) for _ in range(20)]

    assert waits[-1] is None
    assert all(wait is not None for wait in waits[:-1])
    assert desk.event(number).state is EventState.DEAD


def test_a_name_that_cannot_be_found_does_not_hold_up_the_review(desk: Desk) -> None:
    number = desk.receive(event())
    desk.portal.trouble["person"] = [TryLater("down")] * 4

    while desk.intake.process(number) is not None:
        pass

    assert desk.latest("3358285").contributors[0].name == "somebody DocSpace could not name"


def test_what_will_never_work_is_a_dead_letter_that_can_be_replayed(desk: Desk) -> None:
    number = desk.receive(event())
    desk.portal.trouble["place"] = [Permanent("the portal is gone: check the host")]

    assert desk.intake.process(number) is None
    dead = desk.event(number)
    with desk.transactions() as work:
        assert work.events.reopen(number)
        work.commit()
    desk.intake.process(number)

    assert (dead.state, dead.reason) == (EventState.DEAD, "the portal is gone: check the host")
    assert desk.event(number).state is EventState.DONE
    assert len(desk.reviews()) == 1


def test_processing_again_changes_nothing(desk: Desk) -> None:
    desk.open(event())
    number = desk.newest_event().id

    assert desk.intake.process(number) is None
    assert desk.intake.process(999) is None
    assert len(desk.entries()) == 1


def test_a_failure_does_not_touch_an_event_that_another_worker_has_settled(desk: Desk) -> None:
    desk.open(event())
    number = desk.newest_event().id
    before = desk.event(number)

    desk.intake.count_failure(number, TryLater("down"))

    assert desk.event(number).reason == before.reason


def test_what_arrives_while_a_poison_event_is_buried_is_looked_at(desk: Desk) -> None:
    poison = desk.receive(event())
    for _ in range(19):
        desk.intake.count_failure(poison, TryLater("broken"))
    later = desk.receive(event(file_id="3358285"))
    with desk.transactions() as work:
        work.events.settle([later], EventState.IGNORED, "not yet there")
        work.commit()

    assert desk.intake.count_failure(poison, TryLater("broken")) == 0.0
    assert desk.event(poison).state is EventState.DEAD
    assert desk.intake.count_failure(poison, TryLater("broken")) is None


def test_the_due_time_counts_working_time(desk: Desk) -> None:
    hours = WorkingHours.parse("Mon-Fri 09:00-17:00", ZoneInfo("UTC"))
    desk.follow(Routes([route(due=timedelta(hours=4), working_hours=hours)]))

    # On a Monday at five past two: less than three hours are left of the day.
    assert desk.open(event()).due_at == START + timedelta(hours=20)


def test_without_working_hours_nothing_is_due(desk: Desk) -> None:
    desk.follow(Routes([route(due=timedelta(hours=8), working_hours=None)]))

    assert desk.open(event()).due_at is None


def test_someone_who_wrote_since_the_version_that_was_told_is_known_though_nothing_was_before(
    desk: Desk,
) -> None:
    for version, who in ((9, Person(id="d3", name="")), (10, ALICE), (11, BOB), (12, ALICE)):
        desk.portal.versions["3358285"] = version
        desk.portal.wrote("3358285", who)

    review = desk.open(event(version=10))

    assert {who.id for who in review.contributors} == {ALICE.id, BOB.id}
