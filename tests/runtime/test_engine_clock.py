"""When the engine has work done later, on a machine whose clock is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from runtime.worker.queues import delay_by_machine

NOW = datetime(2026, 3, 9, 14, 5, 12, 345678, tzinfo=UTC)


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(days=1), timedelta(days=-1), timedelta(seconds=3)])
def test_work_is_due_by_the_clock_of_all_whatever_this_machine_s_clock_says(ahead: timedelta) -> None:
    machine = NOW + ahead

    delay = delay_by_machine(60.0, lambda: NOW, machine=lambda: machine)

    assert machine + timedelta(seconds=delay) == NOW + timedelta(seconds=60)
