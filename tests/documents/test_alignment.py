"""Which items of two sequences are the same."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.comparison.alignment import align_closely, align_sequences, find_longest_increase

LETTERS = st.text("abc", max_size=30)


@pytest.mark.parametrize(
    ("before", "after", "pairs"),
    [
        ("abc", "abc", [(0, 0), (1, 1), (2, 2)]),
        ("abc", "abxc", [(0, 0), (1, 1), (2, 3)]),
        ("abc", "c", [(2, 0)]),
        ("", "abc", []),
        ("aaa", "aaaa", [(0, 0), (1, 1), (2, 2)]),
    ],
)
def test_items_that_are_the_same_are_paired(before: str, after: str, pairs: list[tuple[int, int]]) -> None:
    assert align_sequences(before, after) == pairs


@given(LETTERS, LETTERS)
def test_pairs_are_equal_and_in_one_order(before: str, after: str) -> None:
    for align in (align_sequences, align_closely):
        pairs = align(before, after)
        assert all(before[first] == after[second] for first, second in pairs)
        assert all(one[0] < two[0] and one[1] < two[1] for one, two in pairwise(pairs))


@given(LETTERS, st.integers(0, 30))
def test_one_inserted_item_leaves_all_others_paired(text: str, place: int) -> None:
    assert len(align_sequences(text, text[:place] + "z" + text[place:])) == len(text)


def test_long_repeats_are_aligned_without_comparing_each_with_each() -> None:
    before = "ab" * 50_000
    assert len(align_sequences(before, f"{before[:7]}z{before[7:]}")) == len(before)


def test_the_longest_increase_is_one_of_its_positions() -> None:
    assert find_longest_increase([5, 1, 2, 9, 3]) == [1, 2, 4]
    assert find_longest_increase([]) == []
