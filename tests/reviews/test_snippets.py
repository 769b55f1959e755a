"""Snippets of differences: short enough for a card, and what changed is shown with what it replaced."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.comparisons.parts import PART_KINDS, ChangedPart, ChangedWords
from reviews.comparisons.snippets import (
    MAX_SNIPPET_LENGTH,
    MAX_SNIPPETS,
    cut_snippets,
    read_snippets,
    write_snippets,
)
from reviews.wording.place_phrases import PartPlace
from tests.reviews.compared import make_part

CHANGES = ("same", "deleted", "inserted", "unheard of")
TEXTS = st.text(max_size=400) | st.sampled_from(("a" * 900, "word " * 200, "é́" * 300, "👩‍👩‍👧" * 90, "\n\t "))
WORDS = st.lists(
    st.builds(ChangedWords, change=st.sampled_from(CHANGES), text=TEXTS), max_size=12
).map(tuple)  # fmt: skip
PARTS = st.builds(
    make_part,
    kind=st.sampled_from(PART_KINDS),
    before=TEXTS,
    after=TEXTS,
    words=WORDS,
)


def words(*runs: tuple[str, str]) -> tuple[ChangedWords, ...]:
    return tuple(ChangedWords(change=change, text=text) for change, text in runs)


def cut(part: ChangedPart) -> str:
    """Return the words of a part's snippet, with marks around what changed."""
    [snippet] = cut_snippets([part])
    marks = {"deleted": "[-{}-]", "inserted": "{{+{}+}}"}
    return "".join(marks.get(each.change, "{}").format(each.text) for each in snippet.words)


def count(part: ChangedPart) -> int:
    return sum(len(each.text) for snippet in cut_snippets([part]) for each in snippet.words)


def replaced(before: str, after: str, *, start: str = "", end: str = "") -> ChangedPart:
    return make_part(words=words(("same", start), ("deleted", before), ("inserted", after), ("same", end)))


def test_a_short_difference_is_shown_whole() -> None:
    assert cut(make_part()) == "The fee is EUR [-100-]{+250+}."


def test_an_amount_in_a_long_sentence_is_shown_with_what_it_replaced() -> None:
    snippet = cut(replaced("EUR 100", "EUR 250", start="before " * 100, end=" after" * 100))

    assert "before [-EUR 100-]{+EUR 250+} after" in snippet
    assert snippet.startswith("… before")
    assert snippet.endswith("after …")


def test_words_between_changes_lose_their_middle() -> None:
    runs = (("deleted", "one"), ("inserted", "two"), ("same", " between" * 80), ("deleted", "three"))

    snippet = cut(make_part(words=words(*runs)))

    assert snippet.startswith("[-one-]{+two+} between")
    assert " … " in snippet
    assert snippet.endswith("between[-three-]")


def test_a_long_change_is_shortened_last_and_with_what_replaced_it() -> None:
    snippet = cut(replaced("old " * 100, "new " * 100, start="before " * 100))

    assert "before [-old old" in snippet
    assert "…-]{+new new" in snippet
    assert snippet.endswith("…+}")


def test_of_many_changes_the_first_are_shown_whole() -> None:
    many = [run for _ in range(40) for run in (("same", " between the changes "), ("deleted", "x" * 20))]

    snippet = cut(make_part(words=words(*many)))

    assert snippet.count(f"[-{'x' * 20}-]") == snippet.count("[-") > 3
    assert snippet.endswith("…")


@pytest.mark.parametrize(
    ("kind", "snippet"),
    [
        ("inserted", "{+The fee+}"),
        ("deleted", "[-A fee-]"),
        ("moved", "The fee"),
        ("mark", "[-A fee-]{+The fee+}"),
    ],
)
def test_what_was_not_replaced_shows_its_text(kind: str, snippet: str) -> None:
    before, after = "" if kind == "inserted" else "A fee", "" if kind == "deleted" else "The fee"

    assert cut(make_part(kind=kind, before=before, after=after, words=())) == snippet


@pytest.mark.parametrize("kind", ["inserted", "deleted", "moved"])
def test_what_was_not_replaced_shows_its_beginning(kind: str) -> None:
    long = "Begins here " + "and goes on " * 100
    before, after = "" if kind == "inserted" else long, "" if kind == "deleted" else long
    part = make_part(kind=kind, before=before, after=after, words=())

    assert "Begins here and goes on" in cut(part)
    assert count(part) == MAX_SNIPPET_LENGTH


def test_what_was_not_compared_word_by_word_is_shown_before_and_after() -> None:
    assert cut(make_part(words=(), before="Old text.", after="New text.")) == "[-Old text.-]{+New text.+}"


def test_lines_controls_and_turned_text_become_one_line() -> None:
    snippet = cut(replaced("\u202eold\u202c", "new\x1b[2J", start="One\r\n\ttwo\u2028", end="\x07"))

    assert snippet == "One two [-old-]{+new [2J+} "


def test_the_first_parts_are_shown_and_those_without_text_are_not() -> None:
    parts = [make_part(before=" ", after="\n", words=()), *(make_part(matters=(str(n),)) for n in range(9))]

    assert len(cut_snippets(parts)) == MAX_SNIPPETS
    assert cut_snippets(parts[:1]) == ()
    assert cut_snippets([]) == ()


@given(parts=st.lists(PARTS, max_size=5))
def test_any_differences_become_few_short_lines(parts: list[Any]) -> None:
    snippets = cut_snippets(parts)

    assert len(snippets) <= MAX_SNIPPETS
    for snippet in snippets:
        text = "".join(each.text for each in snippet.words)
        assert 0 < len(text) <= MAX_SNIPPET_LENGTH
        assert "\n" not in text
        assert all(each.text for each in snippet.words)


@given(part=PARTS)
def test_a_difference_that_fits_is_not_shortened(part: Any) -> None:
    for snippet in cut_snippets([part]):
        text = "".join(each.text for each in snippet.words)
        whole = (
            "".join(each.text for each in part.words)
            if part.words and part.kind not in {"moved", "mark"}
            else ""
        )
        if whole and len(whole) <= MAX_SNIPPET_LENGTH and "…" not in whole:
            assert "…" not in text


@given(start=st.integers(0, 900), end=st.integers(0, 900))
def test_a_change_is_never_cut_where_what_is_around_it_can_be(start: int, end: int) -> None:
    snippet = cut(replaced("EUR 100", "EUR 250", start="w" * start, end="w " * end))

    assert "[-EUR 100-]{+EUR 250+}" in snippet


@given(start=st.integers(0, 20))
def test_no_character_is_cut_apart(start: int) -> None:
    accented = "e\u0301" * 300
    snippet = cut(replaced("x", "y", start=accented, end=f"{'w' * start}{accented}"))

    assert "…\u0301" not in snippet
    assert "e…" not in snippet


@given(parts=st.lists(PARTS, max_size=5))
def test_snippets_come_back_as_they_were_written(parts: list[Any]) -> None:
    snippets = cut_snippets(parts)

    assert read_snippets(write_snippets(snippets)) == snippets


def test_without_snippets_nothing_is_stored() -> None:
    assert write_snippets(()) == b""
    assert read_snippets(b"") == ()


def test_what_a_newer_release_wrote_is_read_as_far_as_it_is_known() -> None:
    place = PartPlace(area="body")
    stored = cut_snippets([make_part(place=place)])
    newer = write_snippets(cut_snippets([make_part(place=place, kind="recoloured"), make_part(place=place)]))
    with_member = newer.replace(b'"area": "body"', b'"area": "body", "shelf": 7')

    assert read_snippets(with_member) == stored
