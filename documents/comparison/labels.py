"""Which paragraphs have another number or bullet in front of them, for more than that others came or went."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from documents.comparison.units import show_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from documents.comparison.matching import Matching
    from documents.comparison.units import Unit
    from documents.passages import Label

_Identity: TypeAlias = tuple[str, int] | None

_MAX_LISTED = 10  # paragraphs of one change, which are all alike


class _Link(NamedTuple):
    """The first two sentences that two paragraphs have in common, and the labels of these."""

    first: int
    second: int
    before: Label | None
    after: Label | None


class LabelComparer:
    """Compares the labels of paragraphs that belong together.

    A paragraph that came or went has those behind it counted anew, which is no difference. So not the counts
    are compared but what they are made of: the definition, and the list that a paragraph is counted in.
    """

    def __init__(self, old: Sequence[Unit], new: Sequence[Unit], matching: Matching) -> None:
        self._old = old
        self._new = new
        self._old_labels = {each.paragraph: each.label for each in old if each.label}
        self._new_labels = {each.paragraph: each.label for each in new if each.label}
        self._later: dict[int, int] = {}
        self._earlier: dict[int, int] = {}
        has_labels = bool(self._old_labels or self._new_labels)
        self._links = list(self._link_paragraphs(matching)) if has_labels else []

    def show(self, firsts: Sequence[int], seconds: Sequence[int]) -> tuple[list[Unit], list[Unit]]:
        """Return the units of both sides, with their labels where those differ."""
        olds, news = [self._old[each] for each in firsts], [self._new[each] for each in seconds]
        old_labels, new_labels = _list_labels(olds, self._old_labels), _list_labels(news, self._new_labels)
        if len(old_labels) == len(new_labels) and not any(map(self._differs, old_labels, new_labels)):
            return olds, news
        return [show_label(each) for each in olds], [show_label(each) for each in news]

    def group_changes(self) -> Iterator[tuple[list[Unit], list[Unit]]]:
        """Yield the units that say the same with other labels, the first of them where they are many.

        What happened to each paragraph of a list is one change, and so is a list that starts anew midway.
        """
        changed: dict[tuple[_Identity, _Identity], list[_Link]] = {}
        old_sizes, new_sizes = Counter[_Identity](), Counter[_Identity]()
        for link in self._links:
            old, new = _identify(link.before), _identify(link.after)
            old_sizes[old] += 1
            new_sizes[new] += 1
            if self._differs(link.before, link.after):
                changed.setdefault((old, new), []).append(link)
        for (old, new), links in changed.items():
            is_one = len(links) in {old_sizes[old], new_sizes[new]} or (old and new and old[0] == new[0])
            for group in [links[:_MAX_LISTED]] if is_one else [[each] for each in links]:
                yield (
                    [show_label(self._old[each.first], each.before) for each in group],
                    [show_label(self._new[each.second], each.after) for each in group],
                )

    def _link_paragraphs(self, matching: Matching) -> Iterator[_Link]:
        """Yield the links of paragraphs, but for those that are reported as rewritten anyway.

        Where a paragraph is split, the second half has a label that it had not; where two are joined, a label
        is gone.
        """
        rewritten = set(matching.rewritten)
        olds: set[int] = set()
        news: set[int] = set()
        for first, second in sorted([*matching.same, *matching.rewritten]):
            old, new = self._old[first], self._new[second]
            before, after = self._old_labels.get(old.paragraph), self._new_labels.get(new.paragraph)
            if old.paragraph in olds:
                before, after = None, new.label
            if new.paragraph in news:
                before, after = None if old.paragraph in olds else old.label, None
            olds.add(old.paragraph)
            news.add(new.paragraph)
            self._relate_sequences(before, after)
            if (before or after) and (first, second) not in rewritten:
                yield _Link(first, second, before, after)

    def _relate_sequences(self, before: Label | None, after: Label | None) -> None:
        if before and after and not (before.sequence in self._later or after.sequence in self._earlier):
            self._later[before.sequence] = after.sequence
            self._earlier[after.sequence] = before.sequence

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


def _list_labels(units: Iterable[Unit], labels: dict[int, Label]) -> list[Label]:
    """Return the labels of the paragraphs that units are in."""
    paragraphs = dict.fromkeys(each.paragraph for each in units)
    return [labels[each] for each in paragraphs if each in labels]


def _identify(label: Label | None) -> _Identity:
    return (label.definition, label.sequence) if label else None
