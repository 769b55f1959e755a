"""How long events wait for others, and what was seen late, with a webhook and without one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from reviews.changes.burst import Burst
from reviews.changes.event_timing import SWEEP_MARGIN, WEBHOOK_TIMING, EventTiming, make_sweep_timing
from reviews.kinds import EventState, SweepSource
from reviews.model import StoredEvent
from tests.reviews.samples import START, event, route

MINUTE = timedelta(minutes=1)
SWEEP_TIMING = make_sweep_timing(MINUTE)
QUIET_ROUTE = route(quiet_period=timedelta(seconds=30), max_wait=timedelta(minutes=10))


def store(happened_at: datetime, received_at: datetime, found_in: SweepSource | None) -> StoredEvent:
    changed = replace(event(), occurred_at=happened_at, modified_at=happened_at, found_in=found_in)
    return StoredEvent(
        id=1, event=changed, received_at=received_at, state=EventState.RECEIVED, reason=None, attempts=0
    )


def wait(stored: StoredEvent, timing: EventTiming) -> float:
    return Burst.from_events([stored], timing).compute_wait([QUIET_ROUTE], stored.received_at)


def test_the_quiet_period_of_a_swept_event_counts_from_the_change_without_a_webhook_only() -> None:
    swept = store(START, START + MINUTE, SweepSource.FOLDER_LOG)

    assert wait(swept, SWEEP_TIMING) == 0.0
    assert wait(swept, WEBHOOK_TIMING) == 30.0


def test_a_change_by_a_clock_that_is_ahead_waits_from_its_arrival() -> None:
    ahead = store(START + MINUTE, START, SweepSource.FOLDER_LOG)

    assert wait(ahead, SWEEP_TIMING) == 30.0


def test_a_delivered_event_waits_from_its_arrival() -> None:
    assert wait(store(START, START + MINUTE, None), SWEEP_TIMING) == 30.0


def test_what_only_a_listing_shows_waits_for_the_log_or_for_its_delivery() -> None:
    fresh = store(START, START + timedelta(seconds=20), SweepSource.LISTING)
    older = store(START, START + 5 * MINUTE, SweepSource.LISTING)

    assert (wait(fresh, SWEEP_TIMING), wait(older, SWEEP_TIMING)) == (50.0, 15.0)
    assert (wait(fresh, WEBHOOK_TIMING), wait(older, WEBHOOK_TIMING)) == (60.0, 60.0)


def test_an_event_is_late_after_the_interval_and_the_margin() -> None:
    punctual = store(START, START + MINUTE + SWEEP_MARGIN, SweepSource.FOLDER_LOG)
    late = store(START, punctual.received_at + timedelta(microseconds=1), SweepSource.FOLDER_LOG)

    assert Burst.from_events([punctual], SWEEP_TIMING).seen_late is None
    assert Burst.from_events([late], SWEEP_TIMING).seen_late == late.received_at - START
    assert Burst.from_events([punctual], WEBHOOK_TIMING).seen_late == MINUTE + SWEEP_MARGIN
