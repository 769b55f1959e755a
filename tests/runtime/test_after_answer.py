"""What is done after an answer: in lines that are short, and that end with the process."""

from __future__ import annotations

from functools import partial
from threading import Event
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from runtime.web.background_jobs import MAX_ATTEMPTS, BackgroundJobs
from tests.journeys.processes import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 60


@pytest.fixture
def hold() -> Iterator[Event]:
    """Yield what a job waits for that holds up its line."""
    held = Event()
    yield held
    held.set()


def test_jobs_of_a_line_are_done_one_after_the_other_and_other_lines_go_on(hold: Event) -> None:
    later, done, other = BackgroundJobs(Event()), list[int](), Event()
    later("slow", partial(hold.wait, SECONDS))
    later("slow", partial(done.append, 1))
    later("slow", partial(done.append, 2))
    later("other", other.set)

    assert other.wait(SECONDS)
    assert done == []
    hold.set()
    eventually(lambda: len(done) == 2)
    assert done == [1, 2]


def test_a_full_line_takes_no_more_until_there_is_room(hold: Event) -> None:
    later = BackgroundJobs(Event(), max_jobs=2)

    taken = [later("slow", partial(hold.wait, SECONDS)) for _ in range(3)]
    hold.set()
    eventually(lambda: later("slow", hold.is_set))

    assert taken == [True, True, False]


def test_a_job_that_fails_is_done_again() -> None:
    later, done, tries = BackgroundJobs(Event()), Event(), list[int]()

    def fail_at_first() -> None:
        tries.append(1)
        if len(tries) < MAX_ATTEMPTS:
            raise OSError
        done.set()

    later("line", fail_at_first)

    assert done.wait(SECONDS)


def test_a_job_that_fails_leaves_the_line_at_work() -> None:
    later, done = BackgroundJobs(Event()), Event()

    later("line", partial(int, "no number"))
    later("line", done.set)

    assert done.wait(SECONDS)


def test_once_the_process_ends_what_waits_is_dropped_and_nothing_more_is_taken(hold: Event) -> None:
    ending, started, done = Event(), Event(), list[int]()
    later = BackgroundJobs(ending)

    def first() -> None:
        started.set()
        hold.wait(SECONDS)
        done.append(1)

    with capture_logs() as logs:
        later("line", first)
        later("line", partial(done.append, 2))
        assert started.wait(SECONDS)
        ending.set()
        refused = later("line", partial(done.append, 3))
        hold.set()
        eventually(lambda: logs)

    assert (done, refused, [line["event"] for line in logs]) == ([1], False, ["job_dropped"])
