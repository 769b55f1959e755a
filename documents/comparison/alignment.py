"""Alignment of two sequences: which items are the same in both, in one order.

Items that are unique in both sequences are anchors (patience diff, by Bram Cohen); between anchors the same
is done again. What has no anchors left is compared by `difflib` where it is small, else place by place. So
the cost stays near the length, also where a few items are repeated a hundred thousand times.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

_MAX_PRODUCT = 10_000  # of the lengths of two stretches that difflib compares
_MAX_CLOSE_PRODUCT = 90_000


def align_sequences(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return the positions of items that are the same in both, each at most once, both increasing."""
    pairs: list[tuple[int, int]] = []
    stretches = [(0, len(before), 0, len(after))]
    while stretches:
        start, end, after_start, after_end = stretches.pop()
        while start < end and after_start < after_end and before[start] == after[after_start]:
            pairs.append((start, after_start))
            start, after_start = start + 1, after_start + 1
        while start < end and after_start < after_end and before[end - 1] == after[after_end - 1]:
            end, after_end = end - 1, after_end - 1
            pairs.append((end, after_end))
        if start == end or after_start == after_end:
            continue
        anchors = _find_anchors(before, after, (start, end, after_start, after_end))
        if anchors:
            stretches += _split_at_anchors(anchors, (start, end, after_start, after_end))
            pairs += anchors
        elif (end - start) * (after_end - after_start) <= _MAX_PRODUCT:
            blocks = _iterate_blocks(before[start:end], after[after_start:after_end])
            pairs += ((start + first, after_start + second) for first, second in blocks)
        else:
            places = zip(range(start, end), range(after_start, after_end), strict=False)
            pairs += ((first, second) for first, second in places if before[first] == after[second])
    return sorted(pairs)


def align_closely(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return the same for two short texts, by the longest stretches in common; of long ones by anchors."""
    if len(before) * len(after) > _MAX_CLOSE_PRODUCT:
        return align_sequences(before, after)
    return list(_iterate_blocks(before, after))


def _iterate_blocks(before: Sequence[Hashable], after: Sequence[Hashable]) -> Iterator[tuple[int, int]]:
    for first, second, size in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
        yield from ((first + step, second + step) for step in range(size))


def find_longest_increase(values: Sequence[int]) -> list[int]:
    """Return the positions of a longest increasing subsequence."""
    tails: list[int] = []
    positions: list[int] = []
    previous: list[int] = []
    for position, value in enumerate(values):
        place = bisect_left(tails, value)
        previous.append(positions[place - 1] if place else -1)
        if place == len(tails):
            tails.append(value)
            positions.append(position)
        else:
            tails[place], positions[place] = value, position
    chain: list[int] = []
    position = positions[-1] if positions else -1
    while position >= 0:
        chain.append(position)
        position = previous[position]
    return chain[::-1]


def _find_anchors(
    before: Sequence[Hashable], after: Sequence[Hashable], stretch: tuple[int, int, int, int]
) -> list[tuple[int, int]]:
    start, end, after_start, after_end = stretch
    counts = Counter(before[start:end])
    after_counts = Counter(after[after_start:after_end])
    places = {
        item: position
        for position, item in enumerate(after[after_start:after_end], after_start)
        if after_counts[item] == 1
    }
    candidates = [
        (position, places[item])
        for position, item in enumerate(before[start:end], start)
        if counts[item] == 1 and item in places
    ]
    return [candidates[each] for each in find_longest_increase([second for _, second in candidates])]


def _split_at_anchors(
    anchors: list[tuple[int, int]], stretch: tuple[int, int, int, int]
) -> Iterator[tuple[int, int, int, int]]:
    start, end, after_start, after_end = stretch
    for first, second in anchors:
        yield start, first, after_start, second
        start, after_start = first + 1, second + 1
    yield start, end, after_start, after_end
