"""Where sentences end."""

from __future__ import annotations

import pytest

from documents.comparison.sentences import find_sentence_ends


@pytest.mark.parametrize(
    "text", ["It ends. Then", "Does it? Yes", "Three. Four", "(It ends.) Then", "It ends. 5 more"]
)
def test_a_sentence_ends_before_a_capital_or_a_number(text: str) -> None:
    assert len(find_sentence_ends(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "See Art. 5 of it",
        "By J. Smith of Vigo",
        "1. Scope",
        "2.1. Scope",
        "IV. Scope",
        "a) Scope",
        "e.g. this",
        "1.5 percent",
    ],
)
def test_a_full_stop_within_a_sentence_does_not_end_it(text: str) -> None:
    assert find_sentence_ends(text) == []


def test_items_of_a_list_in_a_sentence_stand_alone() -> None:
    assert len(find_sentence_ends("The buyer shall: (a) pay; (b) inspect")) == 2
