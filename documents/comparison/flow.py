"""Compares flowing text: paragraphs, tables, notes, slides; everything but the cells of sheets."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from documents.comparison.differences import (
    report_deleted,
    report_inserted,
    report_moved,
    report_rewritten,
)
from documents.comparison.labels import LabelComparer
from documents.comparison.marks import compare_marks
from documents.comparison.matching import match_items, measure_similarity
from documents.comparison.units import Unit, is_same_row, split_passages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from documents.comparison.differences import Difference
    from documents.comparison.matching import Matching
    from documents.comparison.sheets import SheetComparer
    from documents.passages import DocumentPlace, Passage


def compare_flow(
    before: Sequence[tuple[int, Passage]],
    after: Sequence[tuple[int, Passage]],
    sheets: SheetComparer | None = None,
) -> Iterator[Difference]:
    """Yield the differences between passages, which come with their positions.

    `sheets` of the same documents say where the cells are that comments belong to.
    """
    old, new = split_passages(before), split_passages(after)
    matching = match_items(old, new)
    labels = LabelComparer(old, new, matching)
    rewritten = (labels.show(*pair) for pair in _absorb_neighbours(old, new, matching))
    for olds, news in chain(rewritten, labels.group_changes()):
        difference = report_rewritten(olds, news)
        if difference is not None:
            yield difference
    yield from compare_marks(old, new, matching, sheets)
    for pairs in _group_moves(matching.moved):
        yield report_moved(*labels.show([first for first, _ in pairs], [second for _, second in pairs]))
    for group in _group_units(new, matching.inserted):
        yield report_inserted(group, _place_group(group))
    pairs_in_order = sorted([*matching.same, *matching.rewritten])
    firsts_in_order = [first for first, _ in pairs_in_order]
    numbers = {id(unit): number for number, unit in enumerate(old)}
    for group in _group_units(old, matching.deleted):
        neighbour = bisect_left(firsts_in_order, numbers[id(group[0])]) - 1
        position = new[pairs_in_order[neighbour][1]].paragraph + 0.5 if neighbour >= 0 else -0.5
        yield report_deleted(group, _place_group(group), position)


def _absorb_neighbours(
    old: Sequence[Unit], new: Sequence[Unit], matching: Matching
) -> Iterator[tuple[list[int], list[int]]]:
    """Yield rewritten pairs, each with the neighbours that make it more similar.

    A sentence that was split or joined is found so. What is taken in is removed from `matching.deleted` and
    `matching.inserted`.
    """
    deleted, inserted = set(matching.deleted), set(matching.inserted)
    for first, second in matching.rewritten:
        firsts, seconds = [first], [second]
        has_grown = bool(deleted or inserted)
        while has_grown:
            has_grown = _absorb_one(old, new, firsts, seconds, deleted) or _absorb_one(
                new, old, seconds, firsts, inserted
            )
        yield firsts, seconds
    matching.deleted[:] = sorted(deleted)
    matching.inserted[:] = sorted(inserted)


def _absorb_one(
    units: Sequence[Unit], others: Sequence[Unit], chosen: list[int], counterparts: list[int], free: set[int]
) -> bool:
    """Add a free neighbour to the chosen units where that makes them more similar to their counterparts."""
    candidates = [each for each in (chosen[0] - 1, chosen[-1] + 1) if each in free]
    if not candidates:
        return False
    target = [word for each in counterparts for word in others[each].words]
    words = [word for each in chosen for word in units[each].words]
    similarity = measure_similarity(words, target)
    for candidate in candidates:
        unit = units[candidate]
        if (
            unit.stream == units[chosen[0]].stream
            and not unit.place.row
            and measure_similarity([*words, *unit.words], target) > similarity
        ):
            free.remove(candidate)
            chosen.append(candidate)
            chosen.sort()
            return True
    return False


def _group_moves(moved: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    group: list[tuple[int, int]] = []
    for first, second in moved:
        if group and (first, second) != (group[-1][0] + 1, group[-1][1] + 1):
            yield group
            group = []
        group.append((first, second))
    if group:
        yield group


def _group_units(units: Sequence[Unit], positions: Sequence[int]) -> Iterator[list[Unit]]:
    """Yield neighbours that are one paragraph, or a whole row of a table."""
    chosen = set(positions)
    group: list[int] = []
    for position in positions:
        if group and not (position == group[-1] + 1 and _belongs(units, chosen, group, position)):
            yield [units[each] for each in group]
            group = []
        group.append(position)
    if group:
        yield [units[each] for each in group]


def _belongs(units: Sequence[Unit], chosen: set[int], group: Sequence[int], position: int) -> bool:
    first, unit = units[group[0]], units[position]
    if unit.paragraph == units[group[-1]].paragraph:
        return True
    return is_same_row(first, unit) and _is_whole_row(units, chosen, group[0])


def _is_whole_row(units: Sequence[Unit], chosen: set[int], position: int) -> bool:
    start = end = position
    while start > 0 and is_same_row(units[start - 1], units[position]):
        start -= 1
    while end + 1 < len(units) and is_same_row(units[end + 1], units[position]):
        end += 1
    return all(each in chosen for each in range(start, end + 1))


def _place_group(group: Sequence[Unit]) -> DocumentPlace:
    first, last = group[0], group[-1]
    is_row = first.paragraph != last.paragraph and is_same_row(first, last)
    return replace(first.place, column=0) if is_row else first.place
