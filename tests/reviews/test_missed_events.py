"""What a listing has found is written down in parts: others write in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.missed_events import AT_ONCE, MissedEvents
from reviews.reports import untold
from tests.reviews.samples import event

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


def test_what_a_listing_has_found_is_written_down_in_parts(desk: Desk) -> None:
    found = [event(file_id=f"f{number}") for number in range(2 * AT_ONCE + 1)]
    missed = MissedEvents(transactions=desk.transactions, clock=desk.clock, report=untold)
    commits: list[sa.Connection] = []
    sa.event.listen(desk.engine, "commit", commits.append)

    assert missed.receive_missed(found) == len(found)
    assert len(commits) == 3
    assert missed.receive(found) == 0
