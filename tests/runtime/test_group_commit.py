"""Writes that arrive together are committed together, and each gets its own answer."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from runtime.web.event_writer import AsyncCommit, GroupCommit, ItemOutcome
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


def test_each_task_of_a_loop_gets_its_own_result_of_a_group() -> None:
    disk = Disk()
    disk.go.set()
    commit = AsyncCommit(GroupCommit(disk.write))

    async def submit_together() -> list[int | BaseException]:
        submitted = (commit.submit(number) for number in (1, 2, -1, 3))
        async with asyncio.timeout(60):
            return await asyncio.gather(*submitted, return_exceptions=True)

    [first, second, spoilt, third] = asyncio.run(submit_together())

    assert [first, second, third] == [10, 20, 30]
    assert isinstance(spoilt, ValueError)


def test_outcomes_for_a_loop_that_has_ended_delay_no_other_loop() -> None:
    disk = Disk()
    commit = AsyncCommit(GroupCommit(disk.write))

    async def give_up() -> None:
        task = asyncio.create_task(commit.submit(1))
        await asyncio.to_thread(disk.started.wait, 60)
        task.cancel()

    asyncio.run(give_up())
    disk.go.set()

    assert asyncio.run(asyncio.wait_for(commit.submit(2), 60)) == 20


def test_who_gave_up_on_a_group_delays_no_other_of_it() -> None:
    disk = Disk()
    commit = AsyncCommit(GroupCommit(disk.write))

    async def submit_together() -> list[int]:
        first = asyncio.create_task(commit.submit(0))
        await asyncio.to_thread(disk.started.wait, 60)
        gives_up, stays = (asyncio.create_task(commit.submit(number)) for number in (1, 2))
        await asyncio.sleep(0)
        gives_up.cancel()
        disk.go.set()
        async with asyncio.timeout(60):
            return [await first, await stays]

    assert asyncio.run(submit_together()) == [0, 20]
    assert disk.groups == [[0], [1, 2]]
