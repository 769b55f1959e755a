"""The channel that writes into a file's version history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notifiers.comment import Comment
from reviews.cards.card_drawing import draw_card
from reviews.identity import Reviewer
from reviews.kinds import Decision
from reviews.tree import FolderContents
from tests.reviews.samples import START, answered_review, review

if TYPE_CHECKING:
    from reviews.cards.card import Card


def written(card: Card) -> list[tuple[str, int, str]]:
    """Draw a card twice and return what was written."""
    comments: list[tuple[str, int, str]] = []
    channel = Comment(lambda *what: comments.append(what))
    message_id = channel.post("", draw_card(review()))
    channel.update("", message_id, card)
    return comments


def test_an_acknowledged_review_is_written_to_the_version_that_was_reviewed() -> None:
    card = draw_card(answered_review(reviewer=Reviewer(name="Dana\nOzola")))

    assert written(card) == [("3358285", 8, "Reviewed by Dana Ozola, version 8")]


@pytest.mark.parametrize(
    "card",
    [
        draw_card(review()),
        draw_card(answered_review(Decision.REQUEST_CHANGES, note="No.")),
        draw_card(answered_review(version=None)),
        draw_card(
            review(contents=FolderContents(count=1, titles=("A.docx",)), answers=answered_review().answers)
        ),
    ],
)
def test_nothing_else_is_written(card: Card) -> None:
    assert written(card) == []


def test_there_is_nothing_to_look_for() -> None:
    assert Comment(lambda *_: None).find_message("", draw_card(review()), since=START) is None
