"""One timer limits many waits, and each is limited as by a timer of its own."""

from __future__ import annotations

import asyncio

import pytest

from runtime.web.shared_timeout import SharedTimeout

SOON, LONG = 0.05, 60.0  # seconds


def test_a_wait_that_lasts_too_long_ends_with_a_timeout() -> None:
    async def wait() -> None:
        with SharedTimeout(SOON).limit():
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        asyncio.run(wait())


def test_each_of_many_waits_ends_also_those_that_begin_after_the_first_timeout() -> None:
    timeout, outcomes = SharedTimeout(SOON), list[str]()

    async def wait(after: asyncio.Event | None = None) -> None:
        if after:
            await after.wait()
        try:
            with timeout.limit():
                await asyncio.Event().wait()
        except TimeoutError:
            outcomes.append("timeout")

    async def wait_together() -> None:
        first_ones_ended = asyncio.Event()
        later = asyncio.create_task(wait(first_ones_ended))
        async with asyncio.timeout(LONG):
            await asyncio.gather(*(wait() for _ in range(3)))
            first_ones_ended.set()
            await later

    asyncio.run(wait_together())

    assert outcomes == ["timeout"] * 4


def test_no_wait_ends_before_it_has_lasted_as_long_as_the_limit() -> None:
    timeout = SharedTimeout(SOON)

    async def measure_wait(delay: float) -> float:
        await asyncio.sleep(delay)
        start = asyncio.get_running_loop().time()
        try:
            with timeout.limit():
                await asyncio.Event().wait()
        except TimeoutError:
            return asyncio.get_running_loop().time() - start
        raise AssertionError("it ended without a timeout")

    async def wait_together() -> list[float]:
        return [*await asyncio.gather(*(measure_wait(SOON * part / 4) for part in range(4)))]

    assert min(asyncio.run(wait_together())) >= SOON


def test_a_task_whose_wait_ended_in_time_is_not_disturbed_when_that_would_have_been_too_long() -> None:
    timeout, later_one_ended = SharedTimeout(SOON), asyncio.Event()

    async def go_on_afterwards() -> str:
        with timeout.limit():
            await asyncio.sleep(0)
        await later_one_ended.wait()
        return "in time"

    async def wait() -> str:
        try:
            with timeout.limit():
                await asyncio.Event().wait()
        except TimeoutError:
            later_one_ended.set()
            return "timeout"
        raise AssertionError("it ended without a timeout")

    async def wait_together() -> list[str]:
        return [*await asyncio.gather(go_on_afterwards(), wait())]

    assert asyncio.run(wait_together()) == ["in time", "timeout"]


def test_a_task_that_is_cancelled_while_it_waits_is_cancelled_and_not_late() -> None:
    async def wait() -> None:
        with SharedTimeout(LONG).limit():
            await asyncio.Event().wait()

    async def cancel() -> None:
        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancel())


def test_an_error_of_what_is_waited_for_is_raised_as_it_is() -> None:
    async def fail() -> None:
        with SharedTimeout(LONG).limit():
            raise OSError("broken")

    with pytest.raises(OSError, match="broken"):
        asyncio.run(fail())
