"""Alarms are told once when a condition begins and once when it is over, by whichever process."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from reviews.monitoring.alarms import LOOK_INTERVAL, Alarms, Condition
from reviews.notice import AlarmNotice, NoticeKind
from reviews.routes.route import Operators, Routes, Target
from reviews.wording.notice_sentences import describe_notice
from tests.reviews.notices import require_type
from tests.reviews.samples import HOSTILE, routes

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.monitoring.alarms import AlarmTransition
    from tests.reviews.desk import Desk

OPS = Target(notifier="paper", address="C-OPS")
MAIL = Target(notifier="paper", address="ops")
DEAD = Condition(key="dead-events", sentence="3 change events are given up", remedy="replay them")
BACKLOG = Condition(key="backlog", sentence="5 cards are waiting", remedy="see the log", flaps=True)


def make_alarms(desk: Desk, operators: Operators | None) -> Alarms:
    return Alarms(transactions=desk.transactions, routes=Routes(routes().all, operators=operators))


@pytest.fixture
def alarms(desk: Desk) -> Alarms:
    return make_alarms(desk, Operators(notify=(OPS,)))


def look(
    desk: Desk, alarms: Alarms, *conditions: Condition, after: timedelta = LOOK_INTERVAL
) -> list[AlarmTransition]:
    """Let so much time pass, and look."""
    desk.clock.now += after
    return alarms.process_conditions(conditions, desk.clock())


def owed(desk: Desk) -> list[tuple[str, NoticeKind]]:
    return [(post.target, post.notice.kind) for post in desk.notices() if post.notice]


def test_a_condition_is_told_when_it_begins_and_not_while_it_holds(desk: Desk, alarms: Alarms) -> None:
    for _ in range(4):
        look(desk, alarms, DEAD)

    [post] = desk.notices()
    assert isinstance(post.notice, AlarmNotice)
    assert (post.target, post.notice.kind) == ("C-OPS", NoticeKind.ALARM)
    assert describe_notice(post.notice) == "Alarm: 3 change events are given up"
    assert post.notice.note == "replay them"


def test_it_is_told_once_that_it_is_over_and_for_how_long_it_was(desk: Desk, alarms: Alarms) -> None:
    look(desk, alarms, DEAD)
    look(desk, alarms, replace(DEAD, sentence="9 change events are given up"))

    turns = [look(desk, alarms) for _ in range(3)]

    assert [[turn.is_over for turn in each] for each in turns] == [[True], [], []]
    [_, post] = desk.notices()
    assert isinstance(post.notice, AlarmNotice)
    assert describe_notice(post.notice) == "Resolved: 3 change events are given up"
    assert post.notice.note == "It lasted 1 min."


def test_what_begins_again_is_told_again(desk: Desk, alarms: Alarms) -> None:
    for conditions in ((DEAD,), (), (DEAD,), ()):
        look(desk, alarms, *conditions)

    assert [kind for _, kind in owed(desk)] == [NoticeKind.ALARM, NoticeKind.ALARM_OVER] * 2


def test_each_place_of_the_operators_is_told_and_each_condition_by_itself(desk: Desk) -> None:
    alarms = make_alarms(desk, Operators(notify=(OPS, MAIL)))

    look(desk, alarms, DEAD, replace(DEAD, key="docspace-key"))

    assert sorted(owed(desk)) == [(place, NoticeKind.ALARM) for place in ("C-OPS", "C-OPS", "ops", "ops")]


def test_what_flaps_has_to_hold_for_two_looks_in_a_row(desk: Desk, alarms: Alarms) -> None:
    assert look(desk, alarms, BACKLOG) == []
    assert look(desk, alarms) == []
    assert look(desk, alarms, after=LOOK_INTERVAL) == []
    assert look(desk, alarms, BACKLOG) == []
    assert look(desk, alarms, BACKLOG, after=timedelta(seconds=1)) == []  # another worker

    [turn] = look(desk, alarms, BACKLOG)

    assert (turn.key, turn.is_over) == ("backlog", False)
    assert len(owed(desk)) == 1


def test_what_flaps_is_over_only_once_it_is_away_for_as_long(desk: Desk, alarms: Alarms) -> None:
    for _ in range(2):
        look(desk, alarms, BACKLOG)

    assert look(desk, alarms, after=timedelta(seconds=5)) == []
    assert look(desk, alarms, BACKLOG) == []
    [turn] = [*look(desk, alarms, after=timedelta(seconds=5)), *look(desk, alarms)]
    assert turn.is_over


def test_a_look_that_began_earlier_ends_nothing_that_another_has_seen_since(
    desk: Desk, alarms: Alarms
) -> None:
    began = desk.clock()
    look(desk, alarms, DEAD)

    assert alarms.process_conditions([], began) == []
    assert look(desk, alarms, DEAD) == []
    assert len(owed(desk)) == 1


def test_without_operators_no_one_is_told_and_the_turns_are_still_there_for_the_log(desk: Desk) -> None:
    alarms = make_alarms(desk, None)

    turns = [*look(desk, alarms, DEAD), *look(desk, alarms, DEAD), *look(desk, alarms)]

    assert [turn.is_over for turn in turns] == [False, True]
    assert owed(desk) == []


def test_an_alarm_is_told_in_the_language_of_the_operators_and_one_line_whatever_it_holds(desk: Desk) -> None:
    alarms = make_alarms(desk, Operators(notify=(OPS,), language="de"))

    look(desk, alarms, replace(DEAD, sentence=HOSTILE))

    [post] = desk.notices()
    assert post.notice
    assert alarms.routes.find_language(post.notice.route) == "de"
    assert "\n" not in post.notice.title


def test_of_workers_that_look_at_once_one_tells(desk: Desk, alarms: Alarms) -> None:
    def race(*conditions: Condition) -> list[AlarmTransition]:
        desk.clock.now += LOOK_INTERVAL
        barrier, turns = threading.Barrier(4), []

        def worker() -> None:
            barrier.wait()
            turns.extend(alarms.process_conditions(conditions, desk.clock()))

        run([worker] * 4)
        return turns

    began, still, over = race(DEAD, BACKLOG), race(DEAD, BACKLOG), race()

    assert [turn.key for turn in began] == ["dead-events"]
    assert [turn.key for turn in still] == ["backlog"]
    assert sorted((turn.key, turn.is_over) for turn in over) == [("backlog", True), ("dead-events", True)]
    assert len(owed(desk)) == 4


def run(tasks: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=task) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_an_alarm_is_about_no_document_and_shown_whole_where_routes_are_private(desk: Desk) -> None:
    hidden = Routes(routes(private=True).all, operators=Operators(notify=(OPS,)))
    look(desk, Alarms(transactions=desk.transactions, routes=hidden), DEAD)
    desk.paper.public = {"C-OPS"}
    desk.delivery = replace(desk.delivery, routes=hidden)

    desk.deliver_all()

    [shown] = require_type(AlarmNotice, (notice for _, notice in desk.paper.notices))
    assert describe_notice(shown) == "Alarm: 3 change events are given up"
    assert shown.note == "replay them"
