"""Times that DocSpace writes with an offset that is not theirs (facts on DocSpace, 10.6)."""

from __future__ import annotations

from datetime import datetime

import pytest

from docspace.times import read_wall_clock

SHOWN = datetime(2026, 3, 9, 14, 5, 12, 345_678)  # noqa: DTZ001 - it has no zone


@pytest.mark.parametrize("zone", ["", "Z", "+00:00", "+09:00", "-03:30"])
def test_the_clock_is_read_whatever_zone_is_written_behind_it(zone: str) -> None:
    assert read_wall_clock(f"2026-03-09T14:05:12.3456789{zone}") == SHOWN


@pytest.mark.parametrize("text", ["", "never", "0001-01-01T00:00:00", "2026-13-01T00:00:00Z", "9999-12-31"])
def test_what_no_portal_lives_in_is_no_time(text: str) -> None:
    assert read_wall_clock(text) is None
