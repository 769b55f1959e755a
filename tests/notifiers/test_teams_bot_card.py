"""The bot's card: what its buttons do in each state, and that Teams takes it whatever the texts are."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifiers.shared.adaptive_card import Owner
from notifiers.teams_bot import actions, note_card
from notifiers.teams_bot.card import draw_card_message, draw_review_card
from reviews.answers.answers import MAX_NOTE_LENGTH
from reviews.cards.card_drawing import draw_card
from reviews.cards.card_sentences import summarize
from reviews.kinds import Decision
from reviews.privacy.redaction import redact_card
from reviews.text import clean_text
from tests.edge.adaptive_cards import find_flaws
from tests.edge.teams_elements import list_button_labels, list_verbs, pressed
from tests.reviews.hostile import hostile_reviews, longest_texts
from tests.reviews.samples import HOSTILE, answered_review, review

if TYPE_CHECKING:
    from reviews.model import Review

OPEN = review(revision=3)
STATES = {
    "open": review(),
    "acknowledged": answered_review(),
    "changes requested": answered_review(Decision.REQUEST_CHANGES, note="Section 4.\nSection 5."),
    "superseded": review(superseded_by="rev-2"),
    "answered and superseded": replace(answered_review(own_change=True), superseded_by="rev-2"),
    "hostile": review(title=HOSTILE, path="/".join(["<b>*deep*</b>"] * 40)[:500]),
    "without a link": review(link=None),
}
WITHOUT_A_LINK = ["Acknowledge review", "Request changes", "Request changes", "More…"]
MAX_CARD_BYTES = 80 * 1024  # bytes (facts on Teams, 2.4)


@pytest.mark.parametrize("state", STATES)
def test_a_card_of_each_state_is_what_teams_takes(state: str) -> None:
    assert find_flaws(draw_review_card(draw_card(STATES[state]))) == []


@pytest.mark.parametrize("state", ["acknowledged", "changes requested", "answered and superseded"])
def test_what_is_answered_has_no_button_that_answers(state: str) -> None:
    assert list_verbs(draw_review_card(draw_card(STATES[state]))) == ["more"]
    assert list_button_labels(draw_review_card(draw_card(STATES[state]))) == ["Open document", "More…"]


def test_a_card_without_a_link_has_no_button_that_opens_it() -> None:
    assert list_button_labels(draw_review_card(draw_card(STATES["without a link"]))) == WITHOUT_A_LINK


def test_an_address_that_is_too_long_for_a_button_is_left_out() -> None:
    long = draw_card(review(link=f"https://acme.example.com/?q={'x' * 3000}"))

    assert list_button_labels(draw_review_card(long)) == WITHOUT_A_LINK


def test_a_click_acknowledges_without_any_input() -> None:
    click = pressed(draw_review_card(draw_card(OPEN)), actions.ACKNOWLEDGE, {})

    assert actions.read_data(click["data"]) == ("rev-1", 3)


def test_a_request_for_changes_brings_the_note_along() -> None:
    click = pressed(draw_review_card(draw_card(OPEN)), actions.REQUEST_CHANGES, {"note": "Section 4."})

    assert actions.read_data(click["data"]) == ("rev-1", 3)
    assert actions.read_note(click["data"]) == "Section 4."


@pytest.mark.parametrize("note", ["", "x" * (MAX_NOTE_LENGTH + 1)])
def test_a_form_without_a_note_or_with_too_long_a_one_is_not_sent(note: str) -> None:
    with pytest.raises(ValueError, match="note is"):
        pressed(draw_review_card(draw_card(OPEN)), actions.REQUEST_CHANGES, {"note": note} if note else {})


def test_only_owners_whom_teams_knows_are_mentioned() -> None:
    card = draw_card(review(owners=("owner@example.com", "stranger@example.com")))
    drawn = draw_review_card(card, {"owner@example.com": Owner(name="Dana Ozola", mention="oid-1")})

    assert [each["mentioned"]["id"] for each in drawn["msteams"]["entities"]] == ["oid-1"]
    assert "<at>Dana Ozola</at>, stranger@example.com" in json.dumps(drawn)


def test_the_notification_says_what_the_card_says() -> None:
    assert draw_card_message(draw_card(OPEN))["summary"] == summarize(draw_card(OPEN))


@settings(deadline=None, max_examples=100)
@given(review=hostile_reviews(), owners=st.lists(longest_texts(300), max_size=40))
def test_a_card_of_the_longest_texts_is_taken(review: Review, owners: list[str]) -> None:
    card = draw_card(review)
    names = [clean_text(name) or "x" for name in owners]
    directory = {
        owner: Owner(name=name, mention="1") for owner, name in zip(card.owners, names, strict=False)
    }
    sent = draw_card_message(card, directory)

    assert find_flaws(sent["attachments"][0]["content"]) == []
    assert len(json.dumps(sent)) < MAX_CARD_BYTES


@pytest.mark.parametrize("hidden", [True, False])
def test_the_form_says_who_reads_the_note(hidden: bool) -> None:  # noqa: FBT001
    card = draw_card(review())
    drawn = str(draw_review_card(redact_card(card, "Compliance") if hidden else card))

    assert ("the whole channel can read it" in drawn) is not hidden
    assert ("is recorded in the ledger. A card shows it only" in drawn) is hidden


@pytest.mark.parametrize(
    "note", ["x" * MAX_NOTE_LENGTH, "y\n" * (MAX_NOTE_LENGTH // 2)], ids=["a line", "many"]
)
def test_a_note_that_came_too_late_can_be_copied_whole(note: str) -> None:
    form = note_card.draw_unsent_note(
        OPEN, "It was already reviewed by Olga Owner.", note, {"review_id": OPEN.id}
    )

    assert [each["value"] for each in form["body"] if each["type"] == "Input.Text"] == [note]
    assert len(json.dumps(form)) < MAX_CARD_BYTES
