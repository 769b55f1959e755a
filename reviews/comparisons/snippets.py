"""Snippets of a comparison: its most important differences, cut to what a card has room for."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from reviews.comparisons.parts import PART_KINDS, ChangedWords, build_place, build_words
from reviews.text import clean_direction, is_visible, omit_middle, shorten_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviews.comparisons.parts import ChangedPart
    from reviews.wording.place_phrases import PartPlace

MAX_SNIPPETS = 3
MAX_SNIPPET_LENGTH = 300
"""Characters of all words of a snippet, the ellipses among them."""
SAME = "same"
_ELLIPSIS = "…"
_SPACES = re.compile(r"\s+")
# How much stays of the words around a change, and of a change: the changes are shortened last.
_LIMITS = (
    *((around, MAX_SNIPPET_LENGTH) for around in range(150, 14, -5)),
    *((15, change) for change in (130, 100, 60)),
)


@dataclass(frozen=True, kw_only=True)
class Snippet:
    """The beginning of a difference, or what is around its changed words.

    Attributes:
        kind: `inserted`, `deleted`, `replaced`, `moved` or `mark`.
        words: On one line; what was replaced stands before what replaced it.
    """

    kind: str
    place: PartPlace
    words: tuple[ChangedWords, ...]


def cut_snippets(parts: Iterable[ChangedPart]) -> tuple[Snippet, ...]:
    """Return the snippets of the first parts, which are the most important, as far as they have text."""
    snippets = (Snippet(kind=part.kind, place=part.place, words=_cut_words(part)) for part in parts)
    visible = (each for each in snippets if is_visible("".join(words.text for words in each.words)))
    return tuple(each for each, _number in zip(visible, range(MAX_SNIPPETS), strict=False))


def write_snippets(snippets: Sequence[Snippet]) -> bytes:
    """Return snippets in the form in which they are stored, before they are sealed; empty without any."""
    content = json.dumps([asdict(snippet) for snippet in snippets], ensure_ascii=False)
    return content.encode() if snippets else b""


def read_snippets(content: bytes) -> tuple[Snippet, ...]:
    """Return what `write_snippets` wrote, without kinds that only a newer release knows."""
    values: list[dict[str, Any]] = json.loads(content) if content else []
    return tuple(_build_snippet(value) for value in values if value["kind"] in PART_KINDS)


def _build_snippet(value: dict[str, Any]) -> Snippet:
    return Snippet(kind=value["kind"], place=build_place(value["place"]), words=build_words(value["words"]))


def _cut_words(part: ChangedPart) -> tuple[ChangedWords, ...]:
    words = _join_changes(_list_words(part))
    for around, change in _LIMITS:
        shortened = _shorten_words(words, around=around, change=change)
        if _count(shortened) <= MAX_SNIPPET_LENGTH:
            return tuple(shortened)
    return _cut_end(shortened)


def _list_words(part: ChangedPart) -> list[ChangedWords]:
    """Return the words of a part; whole texts where it was not compared word by word."""
    if part.kind == "moved":
        words = [ChangedWords(change=SAME, text=part.after)]
    else:
        # A mark is read beside the words it stands with, unless both sides are too long for that.
        is_short_mark = part.kind == "mark" and len(part.before) + len(part.after) < MAX_SNIPPET_LENGTH
        words = (not is_short_mark and list(part.words)) or [
            ChangedWords(change="deleted", text=part.before),
            ChangedWords(change="inserted", text=part.after),
        ]
    return [ChangedWords(change=each.change, text=_clean(each.text)) for each in words]


def _clean(text: str) -> str:
    """Return text on one line; a space at its edge parts it from the words beside it."""
    return _SPACES.sub(" ", clean_direction(text))


def _join_changes(words: Sequence[ChangedWords]) -> list[ChangedWords]:
    """Return the words with one deletion and one insertion at most between those that stay."""
    joined = []
    for stays, group in groupby(words, key=lambda each: each.change not in {"deleted", "inserted"}):
        runs = list(group)
        for change in (SAME,) if stays else ("deleted", "inserted"):
            text = "".join(each.text for each in runs if stays or each.change == change)
            joined += [ChangedWords(change=change, text=text)] if text else []
    return joined


def _shorten_words(words: Sequence[ChangedWords], *, around: int, change: int) -> list[ChangedWords]:
    last = len(words) - 1
    shortened = []
    for number, each in enumerate(words):
        if each.change == SAME and last > 0:
            before, after = around if number else 0, around if number < last else 0
            text = omit_middle(each.text, before=before, after=after)
        else:
            text = shorten_text(each.text, change)
        shortened.append(ChangedWords(change=each.change, text=text))
    return shortened


def _cut_end(words: Sequence[ChangedWords]) -> tuple[ChangedWords, ...]:
    """Return the first words that fit; a change stays whole, with what it replaced."""
    first: list[ChangedWords] = []
    for _stays, group in groupby(words, key=lambda each: each.change == SAME):
        runs = list(group)
        if _count([*first, *runs]) >= MAX_SNIPPET_LENGTH:
            break
        first += runs
    return (*first, ChangedWords(change=SAME, text=_ELLIPSIS))


def _count(words: Iterable[ChangedWords]) -> int:
    return sum(len(each.text) for each in words)
