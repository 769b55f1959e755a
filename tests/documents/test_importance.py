"""What a difference is about."""

from __future__ import annotations

import pytest

from documents.comparison.comparison import compare_documents
from documents.comparison.parts import Matter
from tests.documents.texts import build_text, compare_paragraphs


@pytest.mark.parametrize(
    ("before", "after", "matter"),
    [
        ("Pay € 500 now", "Pay € 900 now", Matter.AMOUNT),
        ("Pay 500 euros now", "Pay 900 euros now", Matter.AMOUNT),
        ("Pay 500 € now", "Pay 500 $ now", Matter.AMOUNT),
        ("Pay EUR500 now", "Pay EUR900 now", Matter.AMOUNT),
        ("Pay five hundred dollars", "Pay six hundred dollars", Matter.AMOUNT),
        ("It is 5% of all", "It is 7% of all", Matter.AMOUNT),
        ("on 15 March in", "on 16 March in", Matter.DATE),
        ("until 2026-03-15 only", "until 2026-03-16 only", Matter.DATE),
        ("thirty days later", "thirty weeks later", Matter.DATE),
        ("thirty days later", "sixty days later", Matter.NUMBER),
        ("a thirty-day period", "a sixty-day period", Matter.NUMBER),
        ("within 30 days", "within 60 days", Matter.NUMBER),
        ("The balance is 5", "The balance is -5", Matter.NUMBER),
        ("a run of 5 km a day", "a run of 5 miles a day", Matter.NUMBER),
        ("期限は三十日", "期限は六十日", Matter.NUMBER),
        ("They shall pay", "They may pay", Matter.OBLIGATION),
        ("They must pay", "They must not pay", Matter.OBLIGATION),
        ("They can pay", "They can\u2019t pay", Matter.OBLIGATION),
        ("They pay to Anna", "They pay to Berta", Matter.NAME),
    ],
)
def test_what_a_changed_word_is_about(before: str, after: str, matter: Matter) -> None:
    [part] = compare_paragraphs(before, after).parts
    assert part.matters[:1] == (matter,)


def test_an_unchanged_number_does_not_matter() -> None:
    [part] = compare_paragraphs("Pay 500 € in a swift way", "Pay 500 € in a quick way").parts
    assert part.matters == ()


def test_what_matters_most_comes_first() -> None:
    before = build_text(
        "They saw it in a swift way.", "They pay to Anna.", "They shall wait.", "It costs 5 €."
    )
    after = build_text("They saw it in a quick way.", "They pay to Berta.", "They may wait.", "It costs 6 €.")
    comparison = compare_documents(before, after)
    assert [part.matters[:1] for part in comparison.parts] == [
        (Matter.AMOUNT,), (Matter.OBLIGATION,), (Matter.NAME,), (),
    ]  # fmt: skip
    assert list(comparison.matters) == [Matter.AMOUNT, Matter.OBLIGATION, Matter.NAME]
