"""Which paragraphs have another number or bullet in front of them, for more than that others came or went."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from documents.comparison.units import show_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from documents.comparison.units import Unit
    from documents.passages import Label

_Identity: TypeAlias = tuple[str, int] | None

_MAX_LISTED = 10  # paragraphs of one change, which are all alike


class LabelComparer:
    """Compares the labels of units that belong together.

    A paragraph that came or went has those behind it counted anew, which is no difference. So not the counts
    are compared but what they are made of: the definition, and the list that a paragraph is counted in.
    """

    def __init__(self, old: Sequence[Unit], new: Sequence[Unit], same: Iterable[tuple[int, int]]) -> None:
        self._old = old
        self._new = new
        self._same = [pair for pair in same if old[pair[0]].label or new[pair[1]].label]
        self._later: dict[int, int] = {}
        self._earlier: dict[int, int] = {}
        for before, after in self._iterate_labels():
            if before and after and not (before.sequence in self._later or after.sequence in self._earlier):
                self._later[before.sequence] = after.sequence
                self._earlier[after.sequence] = before.sequence

    def show(self, firsts: Sequence[int], seconds: Sequence[int]) -> tuple[list[Unit], list[Unit]]:
        """Return the units of both sides, with their labels where those differ."""
        olds, news = [self._old[each] for each in firsts], [self._new[each] for each in seconds]
        old_labels, new_labels = _list_labels(olds), _list_labels(news)
        if len(old_labels) == len(new_labels) and not any(map(self._differs, old_labels, new_labels)):
            return olds, news
        return [show_label(each) for each in olds], [show_label(each) for each in news]

    def group_changes(self) -> Iterator[tuple[list[int], list[int]]]:
        """Yield the units that say the same with other labels, the first of them where they are many.

        What happened to each paragraph of a list is one change, and so is a list that starts anew midway.
        """
        changed: dict[tuple[_Identity, _Identity], list[tuple[int, int]]] = {}
        old_sizes, new_sizes = Counter[_Identity](), Counter[_Identity]()
        for pair, (before, after) in zip(self._same, self._iterate_labels(), strict=True):
            old, new = _identify(before), _identify(after)
            old_sizes[old] += 1
            new_sizes[new] += 1
            if self._differs(before, after):
                changed.setdefault((old, new), []).append(pair)
        for (old, new), pairs in changed.items():
            is_one = len(pairs) in {old_sizes[old], new_sizes[new]} or (old and new and old[0] == new[0])
            for group in [pairs[:_MAX_LISTED]] if is_one else [[each] for each in pairs]:
                yield [first for first, _ in group], [second for _, second in group]

    def _iterate_labels(self) -> Iterator[tuple[Label | None, Label | None]]:
        return ((self._old[first].label, self._new[second].label) for first, second in self._same)

    def _differs(self, before: Label | None, after: Label | None) -> bool:
        """Return whether a label is another one, and not by the count alone."""
        if before is None or after is None:
            return before is not after
        is_renumbered = (
            before.definition == after.definition
            and self._later.get(before.sequence, after.sequence) == after.sequence
            and self._earlier.get(after.sequence, before.sequence) == before.sequence
        )
        return before.text != after.text and not is_renumbered


def _list_labels(units: Iterable[Unit]) -> list[Label]:
    return [each.label for each in units if each.label]


def _identify(label: Label | None) -> _Identity:
    return (label.definition, label.sequence) if label else None
