"""A worker judges the others by their silence only where it has not been silent itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from runtime.worker.heartbeats import Heartbeats
from store.schema import workers
from store.workers import WorkerRegistry
from tests.store.roll import be_silent, enlist, seen_at, worker_health

if TYPE_CHECKING:
    from collections.abc import Callable

A_MINUTE = 60


def heartbeats(
    roll: WorkerRegistry, name: str, *, share: Callable[[int], object] = lambda _: None
) -> Heartbeats:
    return Heartbeats(
        roll, name, divide_calls=share, list_overdue=lambda: ["digests"], stopping=lambda: False
    )


class Pair:
    """A worker, and another one on another machine, which beats when it is told to."""

    def __init__(self, engine: sa.Engine) -> None:
        self.roll = WorkerRegistry(engine)
        self.living: list[int] = []
        self.name = self.roll.register()
        self.hearts = heartbeats(self.roll, self.name, share=self.living.append)
        self.other = enlist(self.roll, host="another", pid=1)
        self._other_is_silent_for = 0

    def beat(self) -> list[str]:
        """Have the worker beat; return whom it finds dead."""
        return [worker.id for worker in self.hearts.send_heartbeat()]

    def beat_for(self, seconds: int, *, both: bool) -> list[str]:
        """Beat every other second for so long; return whom the worker finds dead in the end."""
        dead: list[str] = []
        for _ in range(0, seconds, 2):
            self._other_is_silent_for += 2
            be_silent(self.roll, seconds=self._other_is_silent_for, name=self.other)
            be_silent(self.roll, seconds=2, name=self.name)
            dead = self.beat()
            if both:
                self.beat_elsewhere()
        return dead

    def beat_elsewhere(self) -> None:
        self.roll.record_heartbeat(self.other)
        self._other_is_silent_for = 0

    def be_silent_for_a_minute(self) -> None:
        be_silent(self.roll, seconds=A_MINUTE)
        self._other_is_silent_for += A_MINUTE


@pytest.fixture
def pair(engine: sa.Engine) -> Pair:
    return Pair(engine)


def test_one_who_is_silent_beside_a_worker_that_beats_is_dead_after_twenty_seconds(pair: Pair) -> None:
    assert pair.beat_for(18, both=False) == []
    assert pair.beat_for(4, both=False) == [pair.other]
    assert pair.living[-1] == 1


def test_after_a_database_that_was_away_no_worker_is_taken_over_who_beats_again(pair: Pair) -> None:
    pair.beat_for(30, both=True)
    pair.be_silent_for_a_minute()

    assert pair.beat() == []
    pair.beat_elsewhere()
    assert pair.beat_for(30, both=True) == []


def test_one_who_does_not_beat_again_is_taken_over_after_a_whole_silence(pair: Pair) -> None:
    pair.beat_for(30, both=True)
    pair.be_silent_for_a_minute()

    assert pair.beat() == []
    assert pair.beat_for(18, both=False) == []
    assert pair.beat_for(4, both=False) == [pair.other]


def test_a_worker_that_has_just_started_does_not_judge_by_what_was_before_it(engine: sa.Engine) -> None:
    enlist(WorkerRegistry(engine), host="another", pid=1)
    be_silent(WorkerRegistry(engine), seconds=A_MINUTE)
    started = heartbeats(WorkerRegistry(engine), WorkerRegistry(engine).register())

    assert started.send_heartbeat() == []


def test_a_worker_that_was_believed_dead_enlists_again_and_judges_no_other(pair: Pair) -> None:
    pair.beat_for(30, both=True)
    pair.be_silent_for_a_minute()
    pair.roll.remove(pair.name, seen_at=seen_at(pair.roll, pair.name))

    assert pair.beat() == []
    with pair.roll.engine.connect() as connection:
        listed = set(connection.execute(sa.select(workers.c.id)).scalars())
    assert listed == {pair.name, pair.other}


def test_a_worker_that_has_signed_off_beats_no_more_until_it_is_back_and_then_judges_like_one_that_starts(
    pair: Pair,
) -> None:
    pair.beat_for(30, both=True)
    pair.hearts.sign_off()
    retired = seen_at(pair.roll, pair.name)

    with capture_logs() as lines:
        assert pair.beat() == []
        assert seen_at(pair.roll, pair.name) == retired
        pair.be_silent_for_a_minute()
        pair.hearts.sign_on()

        assert pair.beat() == []
        assert pair.beat_for(18, both=False) == []
        assert pair.beat_for(4, both=False) == [pair.other]
    assert lines == []


def test_coming_back_enlists_no_worker_that_has_not_signed_off(pair: Pair) -> None:
    be_silent(pair.roll, seconds=2, name=pair.name)
    before = seen_at(pair.roll, pair.name)

    pair.hearts.sign_on()

    assert seen_at(pair.roll, pair.name) == before


def test_a_beat_says_which_rounds_do_not_end(pair: Pair) -> None:
    pair.beat()

    assert worker_health(pair.roll.engine).overdue_rounds == ("digests",)
