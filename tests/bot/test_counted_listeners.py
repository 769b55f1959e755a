"""What a request has started is done when the last task is, those that tasks have started among them."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest

from tests.bot.counted_listeners import CountedListeners

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 60.0  # seconds


@pytest.fixture
def listeners() -> Iterator[CountedListeners]:
    made = CountedListeners()
    yield made
    made.shutdown()


def test_a_listener_is_waited_for_when_the_task_that_it_has_started_is_done_already(
    listeners: CountedListeners,
) -> None:
    may_end = Event()

    def start_another() -> None:
        listeners.run_later(bool).result(PATIENCE)
        has_started.set()
        may_end.wait(PATIENCE)

    has_started = Event()
    listeners.run_later(start_another)
    assert has_started.wait(PATIENCE)

    done_before = listeners.wait_until_done(0)
    may_end.set()

    assert (done_before, listeners.wait_until_done(PATIENCE)) == (False, True)


def test_a_task_is_waited_for_when_the_listener_that_has_started_it_is_done_already(
    listeners: CountedListeners,
) -> None:
    may_end = Event()
    listeners.run_later(lambda: listeners.run_later(may_end.wait, PATIENCE)).result(PATIENCE)

    done_before = listeners.wait_until_done(0)
    may_end.set()

    assert (done_before, listeners.wait_until_done(PATIENCE)) == (False, True)


def test_a_failed_listener_and_one_that_a_closed_pool_refuses_are_not_waited_for(
    listeners: CountedListeners,
) -> None:
    assert listeners.run_later(int, "x").exception(PATIENCE)
    assert listeners.wait_until_done(PATIENCE)
    listeners.shutdown()

    with pytest.raises(RuntimeError):
        listeners.run_later(bool)

    assert listeners.wait_until_done(0)
