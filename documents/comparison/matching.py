"""Which items of two states belong together: the same, moved or rewritten; others are deleted, inserted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from documents.comparison.alignment import align_sequences, find_longest_increase

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

_MIN_SIMILARITY = 0.4
_MAX_PRODUCT = 10_000  # of the numbers of units in a gap that are each compared with each
_MAX_CANDIDATES = 4  # others that a unit of a larger gap is compared with, by each of its words


class Item(Protocol):
    """What can be matched."""

    @property
    def key(self) -> Hashable:
        """Equal for items that say the same."""

    @property
    def stream(self) -> Hashable:
        """Items of different streams are never one rewritten item."""

    @property
    def words(self) -> Sequence[Hashable]:
        """What similarity is measured by."""

    @property
    def slot(self) -> Hashable | None:
        """Its column, where that says what it is; else None."""

    @property
    def can_move(self) -> bool:
        """Whether it is long enough to be recognised elsewhere."""


@dataclass(frozen=True, slots=True)
class Matching:
    """Positions in the two sequences.

    Attributes:
        same: Pairs that say the same, in one order.
        moved: Pairs that say the same elsewhere, by the second position.
        rewritten: Pairs that are similar, or alone in the same place.
        deleted: Positions in the first.
        inserted: Positions in the second.
    """

    same: list[tuple[int, int]]
    moved: list[tuple[int, int]]
    rewritten: list[tuple[int, int]]
    deleted: list[int]
    inserted: list[int]


def match_items(before: Sequence[Item], after: Sequence[Item]) -> Matching:
    """Match two sequences. The cost is near their length, whatever they hold."""
    same = align_sequences([each.key for each in before], [each.key for each in after])
    moved = _find_moves(before, after, same)
    moved_from, moved_to = {first for first, _ in moved}, {second for _, second in moved}
    rewritten: list[tuple[int, int]] = []
    deleted: list[int] = []
    inserted: list[int] = []
    start = after_start = 0
    for end, after_end in [*same, (len(before), len(after))]:
        firsts = [each for each in range(start, end) if each not in moved_from]
        seconds = [each for each in range(after_start, after_end) if each not in moved_to]
        pairs = _pair_gap(before, after, firsts, seconds) if firsts and seconds else []
        rewritten += pairs
        paired, after_paired = {first for first, _ in pairs}, {second for _, second in pairs}
        deleted += (each for each in firsts if each not in paired)
        inserted += (each for each in seconds if each not in after_paired)
        start, after_start = end + 1, after_end + 1
    return Matching(same, moved, rewritten, deleted, inserted)


def measure_similarity(first: Sequence[Hashable], second: Sequence[Hashable]) -> float:
    """Return the share of words that two texts have in common, 0 to 1."""
    total = len(first) + len(second)
    common = Counter(first) & Counter(second)
    return 2 * common.total() / total if total else 1.0


def _find_moves(
    before: Sequence[Item], after: Sequence[Item], same: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return pairs outside the common order: unique texts, and equal neighbours of theirs."""
    free = set(range(len(before))) - {first for first, _ in same}
    after_free = set(range(len(after))) - {second for _, second in same}
    counts = Counter(before[each].key for each in free)
    after_counts = Counter(after[each].key for each in after_free)
    places = {after[each].key: each for each in after_free if after_counts[after[each].key] == 1}
    seeds = [
        (each, places[before[each].key])
        for each in sorted(free)
        if before[each].can_move and counts[before[each].key] == 1 and before[each].key in places
    ]
    moved: list[tuple[int, int]] = []
    for seed, after_seed in seeds:
        if seed not in free or after_seed not in after_free:
            continue  # a neighbour of another
        steps = [(seed, after_seed, 1), (seed - 1, after_seed - 1, -1)]
        for start, after_start, step in steps:
            place, after_place = start, after_start
            while place in free and after_place in after_free and before[place].key == after[after_place].key:
                moved.append((place, after_place))
                free.remove(place)
                after_free.remove(after_place)
                place, after_place = place + step, after_place + step
    return sorted(moved, key=lambda pair: pair[1])


def _pair_gap(
    before: Sequence[Item], after: Sequence[Item], firsts: list[int], seconds: list[int]
) -> list[tuple[int, int]]:
    """Pair items in a gap: similar ones in order, then those that are alone between two others."""
    if len(firsts) * len(seconds) <= _MAX_PRODUCT:
        pairs = _pair_by_similarity(before, after, firsts, seconds)
    else:
        pairs = _pair_by_rare_words(before, after, firsts, seconds)
    complete = list(pairs)
    start = after_start = 0
    positions = {each: place for place, each in enumerate(firsts)}
    after_positions = {each: place for place, each in enumerate(seconds)}
    bounds = [(positions[first], after_positions[second]) for first, second in pairs]
    for end, after_end in [*bounds, (len(firsts), len(seconds))]:
        left, right = firsts[start:end], seconds[after_start:after_end]
        if len(left) == len(right) and (len(left) == 1 or _share_slots(before, after, left, right)):
            complete += (
                (first, second)
                for first, second in zip(left, right, strict=True)
                if before[first].stream == after[second].stream
            )
        start, after_start = end + 1, after_end + 1
    return sorted(complete)


def _share_slots(before: Sequence[Item], after: Sequence[Item], left: list[int], right: list[int]) -> bool:
    slots = [before[each].slot for each in left]
    return None not in slots and slots == [after[each].slot for each in right]


def _pair_by_similarity(
    before: Sequence[Item], after: Sequence[Item], firsts: list[int], seconds: list[int]
) -> list[tuple[int, int]]:
    """Return the pairs in one order whose similarities have the greatest sum."""
    bags = [(after[second].stream, _number_repeats(after[second].words)) for second in seconds]
    scores = [
        [_score(bag, other) if stream == before[first].stream else 0.0 for stream, other in bags]
        for first, bag in ((first, _number_repeats(before[first].words)) for first in firsts)
    ]
    best = [[0.0] * (len(seconds) + 1) for _ in range(len(firsts) + 1)]
    for row in range(len(firsts) - 1, -1, -1):
        for column in range(len(seconds) - 1, -1, -1):
            best[row][column] = max(
                best[row + 1][column],
                best[row][column + 1],
                best[row + 1][column + 1] + scores[row][column] if scores[row][column] else 0.0,
            )
    pairs: list[tuple[int, int]] = []
    row = column = 0
    while row < len(firsts) and column < len(seconds):
        score = scores[row][column]
        if score and best[row][column] == best[row + 1][column + 1] + score:
            pairs.append((firsts[row], seconds[column]))
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            row += 1
        else:
            column += 1
    return pairs


def _score(first: frozenset[Hashable], second: frozenset[Hashable]) -> float:
    """Return the similarity of two bags of words, 0 where it is too small."""
    total = len(first) + len(second)
    similarity = 2 * len(first & second) / total if total else 1.0
    return similarity if similarity >= _MIN_SIMILARITY else 0.0


def _number_repeats(words: Sequence[Hashable]) -> frozenset[Hashable]:
    """Return words as a set in which repeated ones differ, so that common words are quickly counted."""
    unique = frozenset(words)
    if len(unique) == len(words):
        return unique
    counts: Counter[Hashable] = Counter()
    bag: set[Hashable] = set()
    for word in words:
        counts[word] += 1
        bag.add((word, counts[word]) if counts[word] > 1 else word)
    return frozenset(bag)


def _pair_by_rare_words(
    before: Sequence[Item], after: Sequence[Item], firsts: list[int], seconds: list[int]
) -> list[tuple[int, int]]:
    """Return pairs of a large gap: each unit's best among those that share a word that few have."""
    bags = {second: _number_repeats(after[second].words) for second in seconds}
    holders: dict[Hashable, list[int]] = {}
    for second in seconds:
        for word in bags[second]:
            holders.setdefault(word, []).append(second)
    holders = {word: numbers for word, numbers in holders.items() if len(numbers) <= _MAX_CANDIDATES}
    places = {second: number for number, second in enumerate(seconds)}
    pairs: list[tuple[int, int]] = []
    for number, first in enumerate(firsts):
        bag = _number_repeats(before[first].words)
        candidates = {
            second
            for word in bag
            for second in holders.get(word, ())
            if before[first].stream == after[second].stream
        }
        place = number * len(seconds) / len(firsts)  # of several that are as similar, the nearest
        scored = max(
            ((_score(bag, bags[each]), -abs(places[each] - place), -each) for each in candidates),
            default=(0.0, 0.0, 0),
        )
        if scored[0]:
            pairs.append((first, -scored[2]))
    return [pairs[each] for each in find_longest_increase([second for _, second in pairs])]
