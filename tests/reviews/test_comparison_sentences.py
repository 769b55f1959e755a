"""How a comparison reads, also where a newer release has stored it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reviews.cards.card_drawing import draw_card
from reviews.comparison import ComparisonState, ComparisonSummary
from reviews.language import use_language
from reviews.wording.comparison_sentences import describe_since_answer, describe_summary
from tests.reviews.samples import review


def summarize(state: ComparisonState = ComparisonState.COMPARED, **more: Any) -> ComparisonSummary:
    return ComparisonSummary(state=state, **more)


def test_what_changed_is_counted_with_what_it_is_about() -> None:
    summary = summarize(
        counts={"replaced": 4, "inserted": 1, "deleted": 0, "moved": 0}, matters={"amount": 2, "date": 1}
    )

    assert describe_summary(summary) == "4 changed, 1 added; 2 amounts, 1 date"
    with use_language("de"):
        assert describe_summary(summary) == "4 geändert, 1 hinzugefügt; 2 Beträge, 1 Datum"


def test_marks_are_counted_beside_other_changes_and_are_never_the_same_text() -> None:
    alone = summarize(ComparisonState.MARKS_DIFFER, counts={"mark": 1, "moved": 1}, matters={"amount": 1})
    sentences = [
        describe_summary(each)
        for each in (summarize(counts={"replaced": 1, "mark": 2}), alone, replace(alone, counts={"mark": 1}))
    ]

    assert sentences == [
        "1 changed, 2 marks or places",
        "Same words, but 2 marks or places differ; 1 amount",
        "Same words, but 1 mark or place differs; 1 amount",
    ]
    with use_language("de"):
        german = "Gleiche Wörter, aber 2 Zeichen oder Stellen weichen ab; 1 Betrag"
        assert describe_since_answer(alone, 3) == german


@pytest.mark.parametrize(
    "summary",
    [
        summarize(ComparisonState.UNREADABLE, reason="of a newer release"),
        summarize(ComparisonState.WAITING),
        summarize(),
    ],
)
def test_a_card_says_nothing_of_what_only_a_newer_release_knows(summary: ComparisonSummary) -> None:
    assert draw_card(review(changes=summary)).changes == ""


def test_kinds_and_subjects_of_a_newer_release_are_left_out() -> None:
    summary = summarize(counts={"replaced": 1, "recoloured": 3}, matters={"amount": 1, "tone": 2})

    assert draw_card(review(changes=summary)).changes == "1 changed; 1 amount"
