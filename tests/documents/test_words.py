"""Words of a text, and how two texts differ by them."""

from __future__ import annotations

import pytest

from documents.comparison.words import compare_words, format_pieces, tokenize_runs
from documents.passages import Run, RunMark
from tests.documents.texts import compare_paragraphs


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("-5 and +7", ["-5", "and", "+7"]),
        ("(-5)", ["(", "-5", ")"]),
        ("10-20", ["10-20"]),
        ("A-5", ["A-5"]),
        ("5 - 3", ["5", "-", "3"]),
        ("5%", ["5", "%"]),
        ("€5.000,00", ["€", "5.000,00"]),
        ("1'000.50", ["1'000.50"]),
        ("2026-03-15 10:30", ["2026-03-15", "10:30"]),
        ("5km", ["5", "km"]),
        ("don't", ["don't"]),
        ("don\u2019t", ["don\u2019t"]),
        ("well-known", ["well-known"]),
        ("ann@acme.example", ["ann", "@", "acme", ".", "example"]),
        ("支払期限30日", ["支", "払", "期", "限", "30", "日"]),
        ("ok 👍🏽", ["ok", "👍", "🏽"]),
        ("٣٠ يوم", ["٣٠", "يوم"]),
    ],
)  # fmt: skip
def test_words_of_a_text(text: str, words: list[str]) -> None:
    assert [each.text for each in tokenize_runs([Run(text)])] == words


@pytest.mark.parametrize("mark", [RunMark.LINK, RunMark.FORMULA, RunMark.FIELD])
def test_an_address_and_a_formula_are_one_word(mark: RunMark) -> None:
    assert len(tokenize_runs([Run("https://a.example/?b=1 2", mark)])) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [("5", "-5"), ("30%", "30"), ("1.5", "15"), ("to gether", "together"), ("👍", "👎"), ("三十天", "六十天"),
     ("a\u200db", "ab")],
)  # fmt: skip
def test_what_reads_otherwise_is_a_difference(before: str, after: str) -> None:
    [part] = compare_paragraphs(before, after).parts
    assert (part.before, part.after) == (before, after)


@pytest.mark.parametrize(("before", "after"), [("30 %", "30%"), ("a , b", "a, b")])
def test_a_space_beside_a_sign_is_no_difference(before: str, after: str) -> None:
    assert compare_paragraphs(before, after).parts == ()


def test_pieces_have_the_words_and_the_spaces_between_them() -> None:
    groups = compare_words(
        tokenize_runs([Run("Pay within 30 days.")]), tokenize_runs([Run("Pay in 60 days.")])
    )
    assert [(piece.change.value, piece.text) for piece in format_pieces(groups)] == [
        ("same", "Pay"), ("deleted", " within 30"), ("inserted", " in 60"), ("same", " days."),
    ]  # fmt: skip


def test_one_word_in_a_very_long_text_is_one_piece() -> None:
    words = [f"w{number}" for number in range(6_000)]
    before = tokenize_runs([Run(" ".join(words))])
    after = tokenize_runs([Run(" ".join([*words[:3_000], "not", *words[3_000:]]))])
    changed = [
        [token.text for token in tokens]
        for change, tokens in compare_words(before, after)
        if change != "same"
    ]
    assert changed == [["not"]]
