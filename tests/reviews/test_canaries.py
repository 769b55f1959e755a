"""A canary arrives once, is told in each channel, and is nothing of a review."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from reviews.errors import Permanent
from reviews.kinds import CardState, EventState, StepAction
from reviews.monitoring.canaries import DAY, OVERDUE_AFTER, Canaries, find_due_slot
from reviews.notice import NoticeKind
from reviews.routes.ladder import LadderStep
from reviews.routes.route import Operators, Routes, Target
from reviews.subscriptions.digests import DEFAULT_WORKING_HOURS
from reviews.wording.notice_sentences import describe_notice
from tests.reviews.canary import CANARY, NONCE, arriving
from tests.reviews.samples import route, routes

if TYPE_CHECKING:
    from reviews.model import ChangeEvent, StoredEvent
    from reviews.monitoring.canaries import CanaryProgress
    from tests.reviews.desk import Desk


@pytest.fixture
def canaries(desk: Desk) -> Canaries:
    return desk.intake.canaries


def receive(desk: Desk, *events: ChangeEvent) -> StoredEvent:
    """Receive and process events; return what became of the last of them."""
    numbers = [desk.receive(each) for each in events]
    assert desk.intake.process(numbers[-1]) is None
    return desk.event(numbers[-1])


def legs(canaries: Canaries, canary_id: str = CANARY) -> CanaryProgress:
    progress = canaries.find_progress(canary_id)
    assert progress
    return progress


def test_a_canary_is_told_in_each_channel_of_its_route_and_waited_for(desk: Desk, canaries: Canaries) -> None:
    canaries.create(CANARY, NONCE, route="compliance")
    desk.clock.advance(seconds=1)

    stored = receive(desk, arriving())

    assert (stored.state, stored.reason) == (EventState.DONE, "a test, told in paper:C1, paper:C2")
    assert not legs(canaries).is_back
    [post, _] = desk.notices()
    assert post.notice
    assert post.notice.kind is NoticeKind.TEST
    assert "There is nothing to review" in describe_notice(post.notice)

    desk.deliver_all()

    progress = legs(canaries)
    assert progress.is_back
    assert [(str(each.target), each.at) for each in progress.posts] == [
        ("paper:C1", desk.clock()),
        ("paper:C2", desk.clock()),
    ]
    assert legs(canaries).canary.back_at == desk.clock()


def test_a_canary_opens_no_review_and_the_ledger_has_no_word_of_it(desk: Desk, canaries: Canaries) -> None:
    canaries.create(CANARY, NONCE)
    receive(desk, arriving())
    desk.deliver_all()
    canaries.acknowledge(CANARY, acknowledged_by="Dana")

    assert desk.reviews() == []
    assert desk.entries() == []


@pytest.mark.parametrize(
    ("canary_id", "nonce"), [(CANARY, "another-nonce"), ("c2", NONCE), (CANARY, ""), ("", "")]
)
def test_a_forged_canary_is_ignored_with_a_reason(
    desk: Desk, canaries: Canaries, canary_id: str, nonce: str
) -> None:
    canaries.create(CANARY, NONCE)

    stored = receive(desk, arriving(canary_id, nonce))

    assert stored.state is EventState.IGNORED
    assert stored.reason == "a test that was not sent from here, or that has arrived before"
    assert desk.notices() == []


def test_a_canary_that_is_replayed_is_ignored(desk: Desk, canaries: Canaries) -> None:
    canaries.create(CANARY, NONCE)
    receive(desk, arriving())

    assert receive(desk, arriving(number=2)).state is EventState.IGNORED
    assert len(desk.notices()) == 2


def test_a_forged_one_beside_it_does_not_keep_the_genuine_one_back(desk: Desk, canaries: Canaries) -> None:
    canaries.create(CANARY, NONCE)

    genuine = receive(desk, arriving(nonce="forged", number=2), arriving())

    assert genuine.state is EventState.DONE
    assert len(desk.notices()) == 2


def test_a_file_that_calls_itself_a_canary_is_no_test(desk: Desk, canaries: Canaries) -> None:
    canaries.create(CANARY, NONCE)

    receive(desk, replace(arriving(), trigger="file.updated"))

    assert legs(canaries).canary.processed_at is None


def test_a_canary_of_all_routes_goes_to_each_place_once_but_where_nothing_is_told(desk: Desk) -> None:
    places = (Target(notifier="paper", address="C1"), Target(notifier="comment", address=""))
    boss = LadderStep(after=100, action=StepAction.ESCALATE, to="paper:C-BOSS", place=("paper", "C-BOSS"))
    second = route(name="second", watch=("7",), notify=(places[0],), ladder=(boss,))
    rules = [route(notify=places), second]
    operators = Operators(notify=(Target(notifier="paper", address="C-OPS"),))
    canaries = replace(desk.intake.canaries, routes=Routes(rules, operators=operators), silent={"comment"})

    assert {str(target): name for target, name in canaries.list_targets("").items()} == {
        "paper:C1": "compliance",
        "paper:C-OPS": "operators",
    }
    assert list(canaries.list_targets("second")) == [places[0]]


def test_how_far_it_came_is_told_of_one_that_stops_on_its_way(desk: Desk, canaries: Canaries) -> None:
    canaries.create(CANARY, NONCE)
    canaries.save_failure(CANARY, "nothing answers there")
    assert legs(canaries).is_lost

    desk.receive(arriving())
    arrived = legs(canaries)
    assert (arrived.received_at, arrived.canary.processed_at, arrived.is_lost) == (desk.clock(), None, False)

    desk.paper.trouble = [Permanent("the channel is archived")]
    receive(desk, arriving())
    desk.deliver_all()

    [post, other] = legs(canaries).posts
    assert other.at
    assert (post.at, post.state, post.error) == (None, CardState.DEAD, "the channel is archived")
    assert legs(canaries).is_lost


def test_the_first_who_acknowledges_is_kept_and_no_one_acknowledges_what_is_none(
    desk: Desk, canaries: Canaries
) -> None:
    canaries.create(CANARY, NONCE)
    first = canaries.acknowledge(CANARY, acknowledged_by="Dana\nOzola")
    desk.clock.advance(seconds=5)
    second = canaries.acknowledge(CANARY, acknowledged_by="Sam")

    assert first == second
    assert first
    assert first.acknowledged_by == "Dana Ozola"
    assert canaries.acknowledge("c2", acknowledged_by="Sam") is None


def test_of_workers_at_the_same_time_one_sends_the_test_of_a_slot(canaries: Canaries) -> None:
    barrier, made = threading.Barrier(4), []

    def worker(number: int) -> None:
        barrier.wait()
        made.append(canaries.create(f"c{number}", NONCE, route="compliance", slot="compliance:today"))

    threads = [threading.Thread(target=worker, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len([each for each in made if each]) == 1
    assert canaries.has_slot("compliance:today")


def test_a_test_a_day_is_due_when_the_work_begins_and_others_at_multiples_of_their_time() -> None:
    sunday = datetime(2026, 3, 8, 12, 20, 12, 345_678, tzinfo=UTC)
    daily, often = (replace(route(), canary=each) for each in (DAY, timedelta(hours=6)))

    assert find_due_slot(daily, sunday, DEFAULT_WORKING_HOURS) == "compliance:2026-03-06T09:00:00+00:00"
    assert find_due_slot(often, sunday, DEFAULT_WORKING_HOURS) == "compliance:2026-03-08T12:00:00+00:00"
    assert find_due_slot(route(), sunday, DEFAULT_WORKING_HOURS) is None


def scheduled(desk: Desk, canary_id: str, slot: str | None = "s") -> Canaries:
    """Send a test in the name of a route that has tests of its own."""
    rules = Routes([replace(routes().all[0], canary=DAY)])
    canaries = replace(desk.intake.canaries, routes=rules)
    canaries.create(canary_id, NONCE, route="compliance", slot=slot and f"{slot}-{canary_id}")
    return canaries


def test_a_test_that_is_not_back_in_time_is_overdue_until_a_later_one_is_back(desk: Desk) -> None:
    canaries = scheduled(desk, CANARY)
    assert canaries.list_overdue(desk.clock()) == []

    desk.clock.now += OVERDUE_AFTER
    [late] = canaries.list_overdue(desk.clock())
    assert late.canary.id == CANARY

    scheduled(desk, "c2")
    assert [each.canary.id for each in canaries.list_overdue(desk.clock())] == [CANARY]
    receive(desk, arriving("c2", number=2))
    desk.deliver_all()
    canaries.settle_recent(desk.clock())
    assert canaries.list_overdue(desk.clock()) == []


def test_a_test_that_is_back_late_is_over_too_and_one_by_hand_alarms_no_one(desk: Desk) -> None:
    canaries = scheduled(desk, CANARY)
    desk.clock.now += OVERDUE_AFTER
    assert canaries.list_overdue(desk.clock())

    receive(desk, arriving())
    desk.deliver_all()
    assert canaries.list_overdue(desk.clock()) == []

    scheduled(desk, "c3", slot=None)
    desk.clock.now += OVERDUE_AFTER
    canaries.settle_recent(desk.clock())
    assert canaries.list_overdue(desk.clock()) == []
