"""Texts for the property tests of parsers: anything, and well-formed texts with a few changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from hypothesis import strategies as st

from reviews.evidence.signed_notes import NoteError

if TYPE_CHECKING:
    from collections.abc import Callable

Parsed = TypeVar("Parsed")

_CUTTINGS = ("\n", "\n\n", "\r", "\r\n", " ", "+", "=", "\N{EM DASH} ", "0", "-1", "\x00", "\ud800", "\u0665")


def spoil_text(text: str) -> st.SearchStrategy[str]:
    """Draw anything, or the text with a few pieces replaced, left out, repeated or put in."""
    return st.text(max_size=80) | st.lists(_edits(), min_size=1, max_size=3).map(
        lambda edits: _apply_edits(text, edits)
    )


def parse_or_refuse(parse: Callable[[str], Parsed], text: str) -> Parsed | None:
    """Return what a parser reads, or nothing where it refuses the text; any other error is a defect."""
    try:
        return parse(text)
    except NoteError:
        return None


def signable_texts(*, min_size: int = 0) -> st.SearchStrategy[str]:
    """Draw lines without control characters."""
    return st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs")), min_size=min_size)


def _edits() -> st.SearchStrategy[tuple[int, int, str]]:
    pieces = st.sampled_from(_CUTTINGS) | st.text(max_size=3) | st.just("9" * 5_000)
    return st.tuples(st.integers(0, 2_000), st.integers(0, 40) | st.just(2_000), pieces)


def _apply_edits(text: str, edits: list[tuple[int, int, str]]) -> str:
    for start, length, piece in edits:
        at = start % (len(text) + 1)
        text = text[:at] + piece + text[at + length :]
    return text
