"""Where sentences end."""

from __future__ import annotations

import pytest

from documents.comparison.units import split_sentences
from documents.passages import Run, RunMark


def split(text: str) -> list[str]:
    return ["".join(run.text for run in runs) for runs in split_sentences((Run(text),))]


@pytest.mark.parametrize(
    "text",
    [
        "See Art. 5 and No. 7 of the list.",
        "Mr. Smith and Dr. J. R. Weber sign.",
        "Acme Ltd. Berlin pays.",
        "1.2. Payment is due.",
        "§ 5. Payment is due.",
        "It costs 1.500 EUR, i.e. five percent.",
        "Version 2.0 is out.",
        "Visit a.example today.",
    ],
)
def test_no_sentence_ends_at_an_abbreviation_or_number(text: str) -> None:
    assert split(text) == [text]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Pay now. Then wait.", ["Pay now.", "Then wait."]),
        ("Really?! Yes.", ["Really?!", "Yes."]),
        ('He said "yes." Then he left.', ['He said "yes."', "Then he left."]),
        ("Pay (now). 30 days remain.", ["Pay (now).", "30 days remain."]),
        ("支払う。受け取る。", ["支払う。", "受け取る。"]),
        ("Either: (a) pay; or (b) leave.", ["Either:", "(a) pay; or (b) leave."]),
    ],
)
def test_a_sentence_ends_before_the_next(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


def test_a_sentence_keeps_its_marks() -> None:
    runs = (Run("Pay now. Th"), Run("en wait.", RunMark.INSERTED))
    assert list(split_sentences(runs)) == [(Run("Pay now."),), (Run("Th"), Run("en wait.", RunMark.INSERTED))]
