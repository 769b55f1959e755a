"""What a listing has found is written down in parts: others write in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.ports.reports import ignore_report
from reviews.sweep.missed_event_intake import MAX_EVENTS_AT_ONCE, MissedEventIntake
from tests.reviews.samples import event

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


def test_what_a_listing_has_found_is_written_down_in_parts(desk: Desk) -> None:
    changes = [event(file_id=f"f{number}") for number in range(2 * MAX_EVENTS_AT_ONCE + 1)]
    missed = MissedEventIntake(transactions=desk.transactions, clock=desk.clock, report=ignore_report)
    commits: list[sa.Connection] = []
    sa.event.listen(desk.engine, "commit", commits.append)

    assert missed.receive_missed(changes) == len(changes)
    assert len(commits) == 3
    assert missed.receive(changes) == 0


@pytest.mark.parametrize(("listed_in", "new"), [(timedelta(minutes=5), 0), (timedelta(days=1), 1)])
def test_a_listing_of_a_clock_that_was_ahead_hides_nothing(
    desk: Desk, listed_in: timedelta, new: int
) -> None:
    now = desk.clock()
    state = desk.portal.get_file("3358285")
    assert state is not None
    with desk.transactions() as work:
        work.files.put(replace(state, listed_at=now + listed_in))
        work.commit()
    desk.clock.advance(seconds=600)
    missed = MissedEventIntake(transactions=desk.transactions, clock=desk.clock, report=ignore_report)

    assert missed.receive_missed([event(occurred_at=now)]) == new
