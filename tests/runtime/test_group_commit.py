"""Writes that arrive together are committed together, and each gets its own answer."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from runtime.web.event_writer import GroupCommit, ItemOutcome
from tests.journeys.processes import eventually


class Disk:
    """Records the groups that were written; holds the first one back until it is let go."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.started, self.go = threading.Event(), threading.Event()

    def write(self, items: list[int]) -> list[int]:
        self.started.set()
        self.go.wait(60)
        if -1 in items:
            raise ValueError("spoilt")
        self.groups.append(items)
        return [item * 10 for item in items]


def test_what_waits_while_a_group_is_written_becomes_the_next_group() -> None:
    disk = Disk()
    commit = GroupCommit(disk.write)

    outcomes: list[ItemOutcome[int]] = []

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(commit.submit, 0, timeout=60)
        assert disk.started.wait(60)
        for number in range(1, 20):
            commit.submit_nowait(number, outcomes.append)
        disk.go.set()

    eventually(lambda: len(outcomes) == 19)
    assert [first.result(), *(outcome.get() for outcome in outcomes)] == [number * 10 for number in range(20)]
    assert disk.groups == [[0], list(range(1, 20))]


def test_one_spoilt_item_fails_alone() -> None:
    disk = Disk()
    commit = GroupCommit(disk.write)

    with ThreadPoolExecutor(3) as pool:
        results = [pool.submit(commit.submit, number, timeout=60) for number in (1, -1, 2)]
        disk.go.set()

    assert [results[0].result(), results[2].result()] == [10, 20]
    with pytest.raises(ValueError, match="spoilt"):
        results[1].result()


def test_no_caller_waits_longer_than_it_said() -> None:
    disk = Disk()
    commit = GroupCommit(disk.write)

    with pytest.raises(TimeoutError):
        commit.submit(1, timeout=0.01)

    disk.go.set()
