"""A card says its state by a mark, and in words beside it; an answered one in Slack keeps what matters."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from notifiers.mail.message import render_html
from notifiers.shared.look_marks import LOOK_MARKS
from notifiers.slack.blocks import draw_card_message, draw_plain_card
from notifiers.teams_bot.card import draw_review_card
from reviews.cards.card_context import CardContext
from reviews.cards.card_drawing import draw_card
from reviews.cards.card_state import CardLook, choose_look
from reviews.kinds import ChangeKind, Decision, ReviewState
from tests.edge.adaptive_cards import read_card_text
from tests.language.drawings import AROUND, STATES, WAYS
from tests.reviews.samples import START, answer, answered_review, review

if TYPE_CHECKING:
    from reviews.cards.card import Card
    from reviews.model import Review

NIGHT = CardContext(now=START + timedelta(hours=12))
LAPSED = review(due_at=START, lapsed_at=START)
IN_EACH_LOOK: dict[CardLook, tuple[Review, str]] = {
    CardLook.OPEN: (review(), "Waiting for review"),
    CardLook.LATE: (review(due_at=START), "Overdue"),
    CardLook.LAPSED: (LAPSED, "Lapsed"),
    CardLook.DONE: (answered_review(), "Reviewed"),
    CardLook.CHANGES: (answered_review(Decision.REQUEST_CHANGES, note="Section 4."), "Changes requested"),
    CardLook.SUPERSEDED: (replace(answered_review(), superseded_by="rev-2"), "Superseded by a newer review"),
}
CLOSED = [CardLook.DONE, CardLook.CHANGES, CardLook.SUPERSEDED]


def draw(look: CardLook) -> Card:
    card = draw_card(IN_EACH_LOOK[look][0], NIGHT)
    assert choose_look(card) is look
    return card


def list_texts(message: dict[str, Any]) -> list[str]:
    """Return the texts of a message's blocks but for its buttons, in their order."""
    blocks = [block for block in message["blocks"] if block["type"] != "actions"]
    texts = [block.get("text") or block.get("elements", [{}])[0] for block in blocks]
    return [text.get("text", "") for text in texts]


def test_each_look_has_a_mark_of_its_own() -> None:
    assert set(LOOK_MARKS) == set(CardLook)
    assert len(set(LOOK_MARKS.values())) == len(CardLook)


@pytest.mark.parametrize("look", CardLook)
def test_a_card_in_slack_begins_with_its_mark_and_then_says_its_state(look: CardLook) -> None:
    headline, state, *_others = list_texts(draw_card_message(draw(look), ["<@U1>"]))

    assert headline.startswith(f"{LOOK_MARKS[look]} AML Policy 2026.docx ")
    assert state.startswith(f"*{IN_EACH_LOOK[look][1]}")


@pytest.mark.parametrize("look", CardLook)
def test_a_card_in_teams_has_the_mark_beside_its_state(look: CardLook) -> None:
    text = read_card_text(draw_review_card(draw(look)))

    assert text.startswith(f"{LOOK_MARKS[look]} {IN_EACH_LOOK[look][1]}\n")


@pytest.mark.parametrize("look", CardLook)
def test_a_mail_names_the_state_in_its_colour(look: CardLook) -> None:
    page = render_html(draw(look), "https://review.example.com/ack/x")

    assert f'<span class="{look}"' in page
    assert f">{IN_EACH_LOOK[look][1]}</span>" in page


def test_the_deadline_stands_in_the_first_line_while_it_has_not_passed() -> None:
    card = draw_card(review(due_at=START), CardContext(now=START - timedelta(seconds=1)))

    _headline, state, *_others = list_texts(draw_card_message(card, []))

    assert state.startswith("*Waiting for review* · Due <!date^")


@pytest.mark.parametrize(
    ("look", "sentence"),
    [
        (CardLook.LATE, "The review is overdue."),
        (CardLook.LAPSED, "The review has lapsed, and still waits for an answer."),
    ],
)
def test_what_is_read_out_says_that_a_review_is_late(look: CardLook, sentence: str) -> None:
    message = draw_card_message(draw(look), [])

    assert message["text"].endswith(f"Please review it. {sentence}")
    assert sentence in draw_plain_card(message)["blocks"][0]["text"]["text"]


@pytest.mark.parametrize("look", CLOSED)
def test_an_answered_card_keeps_the_answer_and_what_happened(look: CardLook) -> None:
    message = draw_card_message(draw(look), ["<@U1>"])
    texts = "\n".join(list_texts(message))

    assert "by Dana Ozola, <!date^" in texts
    assert "· version 8 · after 12 min" in texts
    assert "Changed by *Alice Moreau*, <!date^" in texts
    assert not [block for block in message["blocks"] if "fields" in block]
    assert "Legal" not in texts
    assert "<@U1>" not in texts
    assert [each["action_id"] for each in message["blocks"][-1]["elements"]] == ["open_document", "more"]


def test_a_request_for_changes_keeps_its_note() -> None:
    _headline, state, *_others = list_texts(draw_card_message(draw(CardLook.CHANGES), []))

    assert state.endswith("\n> Section 4.")


def test_what_was_asked_before_is_no_part_of_an_answered_card() -> None:
    before = answered_review(Decision.REQUEST_CHANGES, note="Section 4.")
    card = draw_card(replace(answered_review(), id="rev-2"), CardContext(earlier=before))

    assert "Section 4" not in str(draw_card_message(card, [])["blocks"])


def test_who_else_acknowledged_stays_on_an_answered_card() -> None:
    done = review(
        required=2, state=ReviewState.ACKNOWLEDGED, answers=(answer(), answer(owner="bob@example.com"))
    )
    card = draw_card(done)

    texts = list_texts(draw_card_message(card, []))

    assert len(card.other_acknowledgements) == 1
    assert "Also reviewed by Dana Ozola, <!date^" in texts[-1]


@pytest.mark.parametrize("name", ["carried over", "many files, superseded", "superseded unanswered"])
def test_a_card_that_no_one_answered_says_why_no_one_has_to(name: str) -> None:
    card = draw_card(STATES[name])
    _headline, state, *_others = list_texts(draw_card_message(card, [], card_links=WAYS))

    assert state.startswith(f"*{card.status}*")


def test_a_review_that_a_campaign_no_longer_asks_for_says_why() -> None:
    closed = draw_card(replace(STATES["open"], kind=ChangeKind.CAMPAIGN, state=ReviewState.CLOSED))

    assert "*No longer asked for*" in str(draw_card_message(closed, [])["blocks"])


def test_the_lapse_is_shown_once() -> None:
    lapsed, context = AROUND["escalated to a channel, and lapsed"]

    state = list_texts(draw_card_message(draw_card(lapsed, context), []))[1]

    assert state.count("Lapsed") == 1
    assert state.splitlines()[0].startswith("*Lapsed <!date^")
    assert state.splitlines()[1].startswith("Overdue since <!date^")
