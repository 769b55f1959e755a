"""The snippets of a card: the most important differences, in words that every channel renders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.comparisons.change_rows import KIND_LABELS
from reviews.comparisons.parts import ChangedWords
from reviews.comparisons.snippets import SAME
from reviews.language import _
from reviews.text import clean_text, shorten_text
from reviews.wording.place_phrases import describe_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviews.comparisons.snippets import Snippet

MAX_PLACE_LENGTH = 100


@dataclass(frozen=True, kw_only=True)
class CardSnippet:
    """One difference as a card shows it.

    Attributes:
        kind: What happened, one of `KIND_LABELS` in the current language.
        words: Of one line in all; each with what happened to it.
    """

    kind: str
    place: str
    words: tuple[ChangedWords, ...]


def draw_snippets(snippets: Iterable[Snippet]) -> tuple[CardSnippet, ...]:
    return tuple(
        CardSnippet(
            kind=_(KIND_LABELS[snippet.kind]),
            place=shorten_text(clean_text(describe_place(snippet.place)), MAX_PLACE_LENGTH),
            words=tuple(_part_changes(snippet.words)),
        )
        for snippet in snippets
    )


def _part_changes(words: Iterable[ChangedWords]) -> Iterator[ChangedWords]:
    """Yield words with a space between what was removed and what replaced it, however they are marked."""
    before = ""
    for each in words:
        if before and each.change == "inserted" and not (before.endswith(" ") or each.text.startswith(" ")):
            yield ChangedWords(change=SAME, text=" ")
        yield each
        before = each.text if each.change == "deleted" else ""
