"""How many jobs there is room for, lane by lane, and when more of them are asked for."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from runtime.settings.settings import parse_settings
from runtime.wiring.delivery import MAX_FIRST_POSTS, MAX_REDRAWS
from runtime.wiring.wiring import Wiring
from runtime.worker.capacity import MAX_JOBS, Capacity, Lane
from store.due_work import DueKind
from tests.keys import SECRET_KEY

if TYPE_CHECKING:
    from pathlib import Path

    from reviews.delivery.call_slots import CallSlots

LIMITS = {Lane.REDRAWS: 2, Lane.POSTS: 4, Lane.EVENTS: 4, Lane.SWEEPS: 1}


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def capacity(asked: list[str]) -> Capacity:
    return Capacity(refill=lambda: asked.append("more"), max_jobs=LIMITS)


def test_a_job_counts_from_its_start_until_it_has_ended_and_in_its_own_lane(capacity: Capacity) -> None:
    capacity.claim(Lane.EVENTS)
    assert [capacity.count_free(lane) for lane in (Lane.EVENTS, Lane.POSTS)] == [3, 4]
    assert capacity.running_count == 1

    capacity.release(Lane.EVENTS)
    assert (capacity.count_free(Lane.EVENTS), capacity.running_count) == (4, 0)


def test_more_is_asked_for_when_half_of_a_lane_is_free_and_something_waits(
    capacity: Capacity, asked: list[str]
) -> None:
    for _ in range(4):
        capacity.claim(Lane.EVENTS)
    capacity.note_waiting(Lane.EVENTS, has_more=True)

    capacity.release(Lane.EVENTS)
    assert asked == []
    capacity.release(Lane.EVENTS)
    assert asked == ["more"]
    capacity.release(Lane.EVENTS)
    assert asked == ["more"]


def test_jobs_that_have_ended_before_it_is_noted_that_more_waits_are_seen(
    capacity: Capacity, asked: list[str]
) -> None:
    capacity.note_waiting(Lane.POSTS, has_more=True)

    assert asked == ["more"]


def test_where_nothing_waits_no_service_is_asked(capacity: Capacity, asked: list[str]) -> None:
    capacity.claim(Lane.POSTS)
    capacity.note_waiting(Lane.POSTS, has_more=False)
    capacity.release(Lane.POSTS)

    assert asked == []


def test_channels_that_hang_leave_jobs_to_the_others() -> None:
    assert MAX_JOBS[Lane.POSTS] > MAX_FIRST_POSTS
    assert MAX_JOBS[Lane.REDRAWS] > MAX_REDRAWS


def find_call_slots(folder: Path, notify: str) -> CallSlots:
    values = {
        "database_url": f"sqlite:///{folder}/reviews.db",
        "slack_bot_token": "xoxb-1",
        "smtp_url": "smtps://mail.company.com",
        "mail_from": "reviews@company.com",
        "teams_workflow": {"legal": "https://prod.westeurope.logic.azure.com/workflows/1?sig=2"},
        "secret_key": SECRET_KEY,
        "routes": '[[route]]\nname = "legal"\nwatch = ["1"]\nowners = ["o@company.com"]\n'
        f'notify = {notify}\nidentity = "link"\nsegregation_of_duties = "off"\n',
    }
    return Wiring(parse_settings(values)).delivery.call_slots


def test_a_channel_that_calls_no_service_takes_no_calls_from_the_others(tmp_path: Path) -> None:
    slots = find_call_slots(tmp_path, '["slack:C1", "console", "inbox"]')

    with ExitStack() as calls:
        waits = [
            calls.enter_context(slots.take_slot("slack", f"C{number}", redraw=False))
            for number in range(MAX_FIRST_POSTS + 1)
        ]

    assert [wait > 0 for wait in waits] == [False] * MAX_FIRST_POSTS + [True]


@pytest.mark.parametrize("redraw", [False, True])
@pytest.mark.parametrize(
    "notify",
    ['["slack:C1"]', '["slack:C1", "teams:legal"]', '["slack:C1", "teams:legal", "mail:o@company.com"]'],
)
def test_a_target_that_hangs_leaves_a_call_to_the_others(
    tmp_path: Path, notify: str, *, redraw: bool
) -> None:
    slots = find_call_slots(tmp_path, notify)

    with ExitStack() as calls:
        waits = [
            calls.enter_context(slots.take_slot("slack", target, redraw=redraw))
            for target in (*["C1"] * MAX_FIRST_POSTS, "C2")
        ]

    assert (waits[0], waits[-2] > 0, waits[-1]) == (0, True, 0)


def test_each_kind_of_due_work_has_a_lane() -> None:
    assert {Lane(kind) for kind in DueKind} == set(Lane) - {Lane.SWEEPS}
