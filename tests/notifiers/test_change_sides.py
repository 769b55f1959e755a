"""One side of a difference is cut around what changed, and what fits is not cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.shared.change_sides import SideLimits, shorten_side

LIMITS = SideLimits(length=100, runs=5, lines=3)
LONG = " ".join(f"word{number}" for number in range(200))


def cut(*side: tuple[bool, str]) -> list[list[tuple[bool, str]]]:
    return shorten_side(side, LIMITS)


def test_what_fits_stays_as_it_is() -> None:
    assert cut((True, "The fee is "), (False, "100"), (True, ".")) == [
        [(True, "The fee is "), (False, "100"), (True, ".")]
    ]


def test_a_change_within_a_long_text_keeps_the_words_around_it() -> None:
    [[before, change, after]] = cut((True, LONG), (False, "NEW"), (True, LONG))

    assert change == (False, "NEW")
    assert before[1].startswith("…")
    assert before[1].endswith("word199")
    assert after[1].startswith("word0")
    assert after[1].endswith("…")


def test_between_two_changes_the_middle_is_left_out() -> None:
    [[_first, between, _second]] = cut((False, "A"), (True, LONG), (False, "B"))

    assert between[1].startswith("word0 ")
    assert "…" in between[1]
    assert between[1].endswith(" word199")


def test_where_all_words_stay_both_ends_are_kept() -> None:
    [[(_stays, text)]] = cut((True, LONG))

    assert (text.startswith("word0 "), text.endswith("word199"), "…" in text) == (True, True, True)


def test_of_a_long_change_the_beginning_is_kept() -> None:
    [[(stays, text)]] = cut((False, "x" * 30_000))

    assert (stays, text) == (False, f"{'x' * 99}…")


def test_a_cut_tears_no_character_apart_from_its_accent() -> None:
    [[(_stays, text)]] = cut((False, "e\u0301" * 30_000))

    assert text.removesuffix("…")[-1] == "\u0301"


def test_too_many_changes_end_with_an_ellipsis() -> None:
    [line] = cut(*[(False, "a"), (True, "b")] * 10)

    assert line == [(False, "a"), (True, "b"), (False, "a"), (True, "b"), (False, "a"), (True, "…")]


def test_each_line_is_one_and_empty_ones_are_left_out() -> None:
    assert cut((True, "one\n\ntw"), (False, "o\nthree")) == [
        [(True, "one")],
        [(True, "tw"), (False, "o")],
        [(False, "three")],
    ]


def test_too_many_lines_end_with_an_ellipsis() -> None:
    assert cut((True, "1\n2\n3\n4")) == [[(True, "1")], [(True, "2")], [(True, "3")], [(True, "…")]]


@pytest.mark.parametrize("side", [(), ((True, ""),), ((False, "\n"),)])
def test_a_side_without_words_has_no_lines(side: tuple[tuple[bool, str], ...]) -> None:
    assert cut(*side) == []


@given(side=st.lists(st.tuples(st.booleans(), st.text() | st.text().map(lambda text: text * 50))))
def test_no_side_is_longer_than_the_limits(side: list[tuple[bool, str]]) -> None:
    lines = cut(*side)

    assert len(lines) <= LIMITS.lines + 1
    assert sum(map(len, lines)) <= LIMITS.runs + LIMITS.length
    assert sum(len(text) for line in lines for _stays, text in line) <= LIMITS.length + 2
    assert all(text and "\n" not in text for line in lines for _stays, text in line)
