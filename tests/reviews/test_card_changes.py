"""What a card says of a comparison, and where it leads."""

from __future__ import annotations

import pytest

from reviews.cards.card import CardAction
from reviews.cards.card_drawing import add_page, draw_card
from reviews.comparison import ComparisonState
from reviews.privacy.redaction import redact_card
from tests.reviews.compared import make_summary
from tests.reviews.samples import bulk_review, review

PAGE = "https://review.example.com/ack/token#changes"
COMPARED = review(changes=make_summary(4))
UNREAD = review(changes=make_summary(0, state=ComparisonState.UNREADABLE, reason="password"))
SAME = review(changes=make_summary(0, state=ComparisonState.SAME_TEXT, reason="formatting"))


def test_a_card_counts_the_differences_and_leads_to_them() -> None:
    card = add_page(draw_card(COMPARED), lambda _card: PAGE)

    assert card.changes == "4 changed; 4 amounts"
    assert card.changes_url == PAGE
    assert CardAction.CHANGES in card.actions


def test_a_card_says_nothing_before_it_is_compared() -> None:
    card = add_page(draw_card(review()), lambda _card: PAGE)

    assert (card.changes, card.changes_url) == ("", "")
    assert CardAction.CHANGES not in card.actions


@pytest.mark.parametrize(
    ("compared", "sentence"),
    [
        (UNREAD, "The text could not be read: the file is protected by a password."),
        (SAME, "Same text; formatting, properties or other data changed."),
    ],
)
def test_without_differences_a_card_has_a_sentence_and_no_link(compared: object, sentence: str) -> None:
    card = add_page(draw_card(compared), lambda _card: PAGE)  # type: ignore[arg-type]

    assert card.changes == sentence
    assert card.changes_url == ""
    assert CardAction.CHANGES not in card.actions


def test_a_redacted_card_says_nothing_of_the_differences() -> None:
    card = redact_card(add_page(draw_card(COMPARED), lambda _card: PAGE), "Compliance")

    assert (card.changes, card.changes_url) == ("", "")
    assert CardAction.CHANGES not in card.actions


def test_a_comparison_is_no_new_stage_of_a_card() -> None:
    assert draw_card(COMPARED).stage == draw_card(review()).stage


def test_the_buttons_for_the_answer_come_first() -> None:
    actions = draw_card(COMPARED).actions

    assert actions[:3] == (CardAction.ACKNOWLEDGE, CardAction.REQUEST_CHANGES, CardAction.CHANGES)


def test_a_bulk_review_leads_to_its_files_alone() -> None:
    assert CardAction.CHANGES not in draw_card(bulk_review()).actions
