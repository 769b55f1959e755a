"""The bot's card: what its buttons do in each state, and that Teams takes it whatever the texts are."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifiers.shared.adaptive_card import Owner
from notifiers.teams_bot import actions, menu_card
from notifiers.teams_bot.card import card_for, message
from reviews.answers.answers import LONGEST_NOTE
from reviews.cards.card_drawing import card_of
from reviews.cards.card_sentences import summarize
from reviews.kinds import Decision
from reviews.privacy.redaction import veiled
from reviews.text import plain
from tests.edge.adaptive_cards import flaws
from tests.edge.teams_elements import buttons, pressed, verbs
from tests.reviews.hostile import hostile_reviews, longest_texts
from tests.reviews.samples import HOSTILE, answered, review

if TYPE_CHECKING:
    from reviews.model import Review

OPEN = review(revision=3)
STATES = {
    "open": review(),
    "acknowledged": answered(),
    "changes requested": answered(Decision.REQUEST_CHANGES, note="Section 4.\nSection 5."),
    "superseded": review(superseded_by="rev-2"),
    "answered and superseded": replace(answered(own_change=True), superseded_by="rev-2"),
    "hostile": review(title=HOSTILE, path="/".join(["<b>*deep*</b>"] * 40)[:500]),
    "without a link": review(link=None),
}
WITHOUT_A_LINK = ["Acknowledge review", "Request changes", "Request changes", "More…"]
KEPT_UNDER = 80 * 1024  # bytes (facts on Teams, 2.4)


@pytest.mark.parametrize("state", STATES)
def test_a_card_of_each_state_is_what_teams_takes(state: str) -> None:
    assert flaws(card_for(card_of(STATES[state]))) == []


@pytest.mark.parametrize("state", ["acknowledged", "changes requested", "answered and superseded"])
def test_what_is_answered_has_no_button_that_answers(state: str) -> None:
    assert verbs(card_for(card_of(STATES[state]))) == ["more"]
    assert buttons(card_for(card_of(STATES[state]))) == ["Open document", "More…"]


def test_a_card_without_a_link_has_no_button_that_opens_it() -> None:
    assert buttons(card_for(card_of(STATES["without a link"]))) == WITHOUT_A_LINK


def test_an_address_that_is_too_long_for_a_button_is_left_out() -> None:
    long = card_of(review(link=f"https://acme.example.com/?q={'x' * 3000}"))

    assert buttons(card_for(long)) == WITHOUT_A_LINK


def test_a_click_acknowledges_without_any_input() -> None:
    click = pressed(card_for(card_of(OPEN)), actions.ACKNOWLEDGE, {})

    assert actions.read_data(click["data"]) == ("rev-1", 3)


def test_a_request_for_changes_brings_the_note_along() -> None:
    click = pressed(card_for(card_of(OPEN)), actions.REQUEST_CHANGES, {"note": "Section 4."})

    assert actions.read_data(click["data"]) == ("rev-1", 3)
    assert actions.read_note(click["data"]) == "Section 4."


@pytest.mark.parametrize("note", ["", "x" * (LONGEST_NOTE + 1)])
def test_a_form_without_a_note_or_with_too_long_a_one_is_not_sent(note: str) -> None:
    with pytest.raises(ValueError, match="note is"):
        pressed(card_for(card_of(OPEN)), actions.REQUEST_CHANGES, {"note": note} if note else {})


def test_only_owners_whom_teams_knows_are_mentioned() -> None:
    card = card_of(review(owners=("owner@example.com", "stranger@example.com")))
    drawn = card_for(card, {"owner@example.com": Owner(name="Dana Ozola", mention="oid-1")})

    assert [each["mentioned"]["id"] for each in drawn["msteams"]["entities"]] == ["oid-1"]
    assert "<at>Dana Ozola</at>, stranger@example.com" in json.dumps(drawn)


def test_the_notification_says_what_the_card_says() -> None:
    assert message(card_of(OPEN))["summary"] == summarize(card_of(OPEN))


@settings(deadline=None, max_examples=100)
@given(found=hostile_reviews(), owners=st.lists(longest_texts(300), max_size=40))
def test_a_card_of_the_longest_texts_is_taken(found: Review, owners: list[str]) -> None:
    card = card_of(found)
    names = [plain(name) or "x" for name in owners]
    known = {owner: Owner(name=name, mention="1") for owner, name in zip(card.owners, names, strict=False)}
    sent = message(card, known)

    assert flaws(sent["attachments"][0]["content"]) == []
    assert len(json.dumps(sent)) < KEPT_UNDER


@pytest.mark.parametrize("hidden", [True, False])
def test_the_form_says_who_reads_the_note(hidden: bool) -> None:  # noqa: FBT001
    card = card_of(review())
    drawn = str(card_for(veiled(card, "Compliance") if hidden else card))

    assert ("the whole channel reads it" in drawn) is not hidden
    assert ("goes into the record. A card shows it only" in drawn) is hidden


@pytest.mark.parametrize("note", ["x" * LONGEST_NOTE, "y\n" * (LONGEST_NOTE // 2)], ids=["a line", "many"])
def test_a_note_that_came_too_late_can_be_copied_whole(note: str) -> None:
    form = menu_card.unsent(OPEN, "It was already reviewed by Olga Owner.", note, {"review_id": OPEN.id})

    assert [each["value"] for each in form["body"] if each["type"] == "Input.Text"] == [note]
    assert len(json.dumps(form)) < KEPT_UNDER
