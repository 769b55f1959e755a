"""The roll of living workers."""

from __future__ import annotations

import os
import socket
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from store.claims import release_claims_of_worker
from store.unit_of_work import SqlUnitOfWork
from store.workers import SILENCE_TIMEOUT, WorkerRegistry, find_host
from tests.reviews.samples import START, review
from tests.store.roll import be_silent, enlist, seen_at, worker_health

NEVER_A_PROCESS = 2**22 + 1


def test_two_workers_of_one_process_are_never_taken_for_one(engine: sa.Engine) -> None:
    roll = WorkerRegistry(engine)

    assert roll.register() != roll.register()


def dead(roll: WorkerRegistry, name: str, *, steady_for: timedelta = SILENCE_TIMEOUT) -> list[str]:
    """Return who is found dead by this worker as it beats."""
    return [other.id for other in roll.record_heartbeat(name).find_dead(steady_for=steady_for)]


def test_a_worker_elsewhere_is_dead_after_a_long_silence_only(engine: sa.Engine) -> None:
    roll = WorkerRegistry(engine)
    me, other = roll.register(), enlist(roll, host="another", pid=1)

    be_silent(roll, seconds=15)
    assert (dead(roll, me), roll.record_heartbeat(me).living_count) == ([], 2)
    roll.record_heartbeat(other)
    be_silent(roll, seconds=21)
    assert (dead(roll, me), roll.record_heartbeat(me).living_count) == ([other], 1)


def test_no_worker_is_dead_by_silence_for_one_who_has_not_beaten_for_as_long(engine: sa.Engine) -> None:
    roll = WorkerRegistry(engine)
    me, other = roll.register(), enlist(roll, host="another", pid=1)
    be_silent(roll, seconds=60)

    assert dead(roll, me, steady_for=SILENCE_TIMEOUT - timedelta(microseconds=1)) == []
    assert dead(roll, me, steady_for=SILENCE_TIMEOUT) == [other]


def test_a_beat_tells_for_how_long_there_was_none(engine: sa.Engine) -> None:
    roll = WorkerRegistry(engine)
    name = roll.register()

    assert roll.record_heartbeat(name).is_steady
    be_silent(roll, seconds=7)
    late = roll.record_heartbeat(name)
    be_silent(roll, seconds=-60)
    ahead = roll.record_heartbeat(name)

    assert (late.is_steady, late.gap is not None and late.gap >= timedelta(seconds=7)) == (False, True)
    assert not ahead.is_steady  # the database's clock was set back


def test_a_process_that_is_gone_from_here_is_dead_after_a_short_silence(engine: sa.Engine) -> None:
    roll = WorkerRegistry(engine)
    me, gone = roll.register(), enlist(roll, host=find_host(), pid=NEVER_A_PROCESS)
    enlist(roll, host=find_host(), pid=os.getppid())

    be_silent(roll, seconds=0)
    assert dead(roll, me, steady_for=timedelta()) == []
    be_silent(roll, seconds=6)
    assert dead(roll, me, steady_for=timedelta()) == [gone]


def test_in_another_container_of_the_same_name_a_number_means_another_process(engine: sa.Engine) -> None:
    """In most containers the worker is number 1."""
    roll = WorkerRegistry(engine)
    me, other = roll.register(), enlist(roll, host=f"{socket.gethostname()} another", pid=os.getpid())

    be_silent(roll, seconds=60)

    assert dead(roll, me, steady_for=timedelta()) == []
    assert dead(roll, me) == [other]


def test_a_host_is_known_by_its_name_its_boot_and_its_space_of_processes() -> None:
    name, boot, space = find_host().split()

    assert (name, uuid.UUID(boot).version) == (socket.gethostname(), 4)
    assert Path("/proc/self/ns/pid").readlink().name == f"pid:[{space}]"


def test_a_worker_that_retires_is_taken_over_at_once(engine: sa.Engine) -> None:
    roll = WorkerRegistry(engine)
    me, name = roll.register(), roll.register()

    roll.retire(name)

    assert dead(roll, me, steady_for=timedelta()) == [name]


def test_a_worker_that_was_struck_off_learns_it_with_the_next_beat(engine: sa.Engine) -> None:
    roll = WorkerRegistry(engine)
    name = roll.register()

    roll.remove(name, seen_at=seen_at(roll, name))

    assert roll.record_heartbeat(name).gap is None
    roll.register_again(name)
    assert roll.record_heartbeat(name).gap is not None


def test_one_that_signed_off_and_is_back_is_not_struck_off_for_having_been_away(engine: sa.Engine) -> None:
    roll = WorkerRegistry(engine)
    name = roll.register()
    roll.retire(name)
    away = seen_at(roll, name)

    roll.register_again(name)
    roll.remove(name, seen_at=away)

    gap = roll.record_heartbeat(name).gap
    assert gap is not None
    assert gap < SILENCE_TIMEOUT


def test_the_rounds_that_do_not_end_are_told_with_the_beats_of_the_living(engine: sa.Engine) -> None:
    roll = WorkerRegistry(engine)
    one, other = roll.register(), roll.register()

    roll.record_heartbeat(one, overdue=["digests", "alarms"])
    roll.record_heartbeat(other, overdue=["alarms"])
    assert worker_health(engine).overdue_rounds == ("alarms", "alarms", "digests")

    roll.record_heartbeat(one)
    roll.retire(other)
    assert worker_health(engine).overdue_rounds == ()


def test_a_card_of_the_dead_is_freed_while_no_other_is_held(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        work.reviews.add(review())
        work.cards.owe("rev-1", [("paper", "C1"), ("paper", "C2")])
        assert all(work.cards.claim(card.id, "dead:card") for card in work.cards.list_recent(2))
        work.commit()
    written: list[int] = []

    @sa.event.listens_for(engine, "begin")
    def begin(_connection: object) -> None:
        written.append(0)

    @sa.event.listens_for(engine, "after_cursor_execute")
    def count(_connection: object, cursor: Any, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE"):
            written[-1] += cursor.rowcount

    release_claims_of_worker(engine, "dead", died=True)

    assert [count for count in written if count] == [1, 1]


def test_it_is_seen_that_one_who_was_found_dead_was_heard_of_since(engine: sa.Engine) -> None:
    roll = WorkerRegistry(engine)
    me, other = roll.register(), enlist(roll, host="another", pid=1)
    be_silent(roll, seconds=21)
    [worker] = roll.record_heartbeat(me).find_dead(steady_for=SILENCE_TIMEOUT)

    assert not roll.has_heartbeat_since(worker)
    roll.record_heartbeat(other)
    assert roll.has_heartbeat_since(worker)


def test_what_a_believed_dead_owner_says_of_its_card_is_not_written(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        work.reviews.add(review())
        work.cards.owe("rev-1", [("paper", "C1")])
        [card] = work.cards.list_recent(1)
        assert work.cards.claim(card.id, "new:card")

        assert not work.cards.mark_drawn(card.id, "old:card", message_id="m1", drawing=1, at=START)
        assert not work.cards.mark_attempted(card.id, "old:card", at=START, maybe_posted=False)
        assert not work.cards.mark_found(card.id, "old:card", message_id="m1")
        lost = work.cards.mark_failed(
            card.id, "old:card", "down", count_attempt=True, dead=False, unknown=False
        )
        assert lost is None
        assert work.cards.get(card.id) == card
