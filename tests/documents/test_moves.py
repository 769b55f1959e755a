"""What was moved is never called the same, and what was saved again never different, in any format."""

from __future__ import annotations

from tests.documents.moves import FORMATS, find_failures


def test_words_cells_comments_and_marks_that_moved_are_not_called_the_same() -> None:
    outcomes, failures = find_failures(210, seed=7)

    assert {outcome.split()[0] for outcome in outcomes} == set(FORMATS)
    assert failures == []
