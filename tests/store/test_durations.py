"""Durations are rounded down by at most a thirtieth, to values that read well."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.wording.durations import format_duration
from store.durations import compute_percentiles, round_duration

YEARS = 10 * 365 * 86400


@given(seconds=st.integers(0, YEARS), more=st.integers(0, YEARS))
def test_a_duration_is_rounded_down_by_at_most_a_thirtieth_and_the_order_stays(
    seconds: int, more: int
) -> None:
    rounded = round_duration(seconds)

    assert seconds - seconds / 30 <= rounded <= seconds
    assert rounded <= round_duration(seconds + more)
    assert round_duration(rounded) == rounded


def test_all_durations_of_ten_years_make_few_values() -> None:
    values = {round_duration(seconds) for seconds in range(0, 30 * 86400, 7)}

    assert len(values) < 700
    assert len({round_duration(day * 86400) for day in range(30, 3650)}) == 3650 - 30


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "less than 1 s"),
        (59, "59 s"),
        (61, "1 min"),
        (185, "3 min 5 s"),
        (3 * 3600 + 24 * 60 + 59, "3 h 20 min"),
        (27 * 3600, "1 d 3 h"),
        (8 * 86400 + 5 * 3600, "8 d 4 h"),
        (-3, "less than 1 s"),
    ],
)
def test_a_rounded_duration_in_words(seconds: int, text: str) -> None:
    assert format_duration(timedelta(seconds=round_duration(seconds))) == text


def test_a_percentile_is_the_time_within_which_so_many_were_done() -> None:
    times = {"120": 4, "60": 5, "3600": 1, "30": 0, "20": -1}

    assert compute_percentiles(times, 50, 90, 91) == [
        timedelta(seconds=60),
        timedelta(seconds=120),
        timedelta(seconds=3600),
    ]
    assert compute_percentiles({"60": 0}, 50, 90) == [None, None]
