"""Every channel's card says what it waits for: overdue, snoozed, handed over, asked for before, by whom."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import notifiers
from notifiers.shared.adaptive_card import Owner
from notifiers.slack import blocks
from notifiers.teams_bot.card import draw_review_card
from notifiers.teams_bot.connector import read_conversation
from notifiers.teams_bot.messages import link_to_cards
from reviews.cards.card_context import CardContext
from reviews.cards.card_drawing import draw_card
from reviews.cards.card_state import MAX_EARLIER_NOTE_LENGTH, CardLook, choose_look
from reviews.identity import Person, Reviewer
from reviews.kinds import Decision
from reviews.model import LastReassignment
from reviews.privacy.redaction import redact_card
from tests.edge.adaptive_cards import find_flaws
from tests.edge.block_kit import find_problems, list_pings
from tests.language.drawings import WAYS
from tests.notifiers.reading import read
from tests.reviews.desk import DANA
from tests.reviews.samples import DEPUTY, HOSTILE, NOTE, OWNER, START, answered_review, card_post, review

SHOWN = sorted(set(notifiers.list_channels()) - notifiers.list_silent_channels())
LATER = START + timedelta(hours=9, microseconds=123456)
UNTIL = START + timedelta(days=1)
PUT_OFF = review(
    due_at=START,
    lapsed_at=LATER,
    snoozed_until=UNTIL,
    snoozed_by=DANA,
    last_reassignment=LastReassignment(by=DANA, to=Reviewer(name="Sam Ito"), at=LATER),
)


@pytest.mark.parametrize("channel", SHOWN)
def test_a_card_says_that_it_is_overdue_snoozed_and_handed_over(channel: str) -> None:
    text = read(channel, PUT_OFF, CardContext(now=LATER))

    assert "Overdue since TIME" in text
    assert re.search("Reminders snoozed until TIME by Dana Ozola", text)
    assert re.search(
        "Reassigned to Sam Ito by Dana Ozola , TIME|Reassigned to Sam Ito by Dana Ozola, TIME", text
    )
    assert "Due" not in text.replace("Overdue", "")


@pytest.mark.parametrize("channel", SHOWN)
def test_a_card_says_nothing_of_that_once_it_is_over(channel: str) -> None:
    over = replace(PUT_OFF, state=Decision.ACKNOWLEDGE.outcome, answers=answered_review().answers)
    soon = replace(PUT_OFF, lapsed_at=None, last_reassignment=None, due_at=UNTIL + timedelta(hours=1))

    text = read(channel, over, CardContext(now=LATER)) + read(channel, soon, CardContext(now=UNTIL))

    assert not [word for word in ("Overdue", "snoozed", "Reassigned") if word in text]


@pytest.mark.parametrize("channel", SHOWN)
def test_the_card_after_a_request_says_what_was_asked_by_whom_and_when_and_leads_there(channel: str) -> None:
    before = answered_review(Decision.REQUEST_CHANGES, note="Section 4 is old.\nSee the annex.")

    text = read(channel, review(id="rev-2"), CardContext(earlier=before))

    assert "Section 4 is old." in text
    assert "See the annex." in text
    assert re.search(
        "Before this, Dana Ozola requested changes, TIME|Earlier request:? +Dana Ozola, TIME", text
    )
    assert re.search("Go to the earlier review|Earlier review:? +https://", text)


@pytest.mark.parametrize("channel", SHOWN)
def test_a_card_after_an_acknowledgement_says_nothing_of_it(channel: str) -> None:
    text = read(channel, review(id="rev-2"), CardContext(earlier=answered_review(note="Section 4 is fine.")))

    assert "Section 4" not in text
    assert "requested" not in text


@pytest.mark.parametrize("channel", SHOWN)
def test_a_superseded_card_has_one_status_and_leads_to_the_newer_review(channel: str) -> None:
    over = replace(answered_review(), superseded_by="rev-2", due_at=START, snoozed_until=UNTIL)

    text = read(channel, over, CardContext(newer=review(id="rev-2"), now=LATER))

    assert choose_look(draw_card(over)) is CardLook.SUPERSEDED
    assert re.search("Superseded by a newer review|has changed again", text)
    assert re.search("Go to the newer review|Newer review:? +https://", text)
    assert "Overdue" not in text


@pytest.mark.parametrize("channel", SHOWN)
def test_the_deputies_stand_on_the_card_as_those_who_may_answer(channel: str) -> None:
    own = Person(id="o1", name="Dana Ozola", email=OWNER)

    text = read(channel, review(contributors=(own,)), CardContext(deputies=(DEPUTY,)))

    assert re.search(f"May answer:? +{DEPUTY}", text)


def test_what_was_asked_for_is_cut_and_of_a_private_document_left_out_in_public() -> None:
    before = answered_review(Decision.REQUEST_CHANGES, note=NOTE * 100)
    card = draw_card(review(id="rev-2"), CardContext(earlier=before))
    hidden = redact_card(card, "Compliance")
    shown = draw_card(replace(review(id="rev-2"), redacted=True), CardContext(earlier=before))

    assert card.earlier_request is not None
    assert len(card.earlier_request.note or "") == MAX_EARLIER_NOTE_LENGTH
    for each in (hidden, shown):
        assert each.earlier_request is not None
        assert (each.earlier_request.note, each.earlier_request.reviewer.name) == (None, "Dana Ozola")


@pytest.mark.parametrize(
    "text", [HOSTILE, "&" * 3000, "*_" * 1500, "<https://evil.example|x>", "{{DATE(1)}} <at>x</at>"]
)
def test_hostile_names_and_notes_stay_text_in_slack_and_in_teams(text: str) -> None:
    someone = Reviewer(name=text)
    reassignment = LastReassignment(by=someone, to=someone, at=LATER)
    review = replace(PUT_OFF, snoozed_by=someone, last_reassignment=reassignment)
    before = answered_review(Decision.REQUEST_CHANGES, note=text, reviewer=Reviewer(name=text))
    card = draw_card(review, CardContext(earlier=before, deputies=(DEPUTY,) * 30, now=LATER))

    message = blocks.draw_card_message(card, ["<@U1>"], deputies=["<@U2>"], card_links=WAYS)
    assert find_problems(message, surface="message") == []
    assert set(list_pings(message)) <= {"<@U1>", "<@U2>"}
    drawn = draw_review_card(card, {DEPUTY: Owner(name="Sam Ito", mention="aad-sam")}, card_links=WAYS)
    assert find_flaws(drawn) == []
    assert {each["mentioned"]["id"] for each in drawn["msteams"]["entities"]} == {"aad-sam"}


def test_the_deputies_are_mentioned_in_teams_and_members_of_their_group_stand_beside_them() -> None:
    own = Person(id="o1", name="Dana Ozola", email=OWNER)
    card = draw_card(review(contributors=(own,)), CardContext(deputies=("@deputies",)))

    drawn = draw_review_card(card, {DEPUTY: Owner(name="Sam Ito", mention="aad-sam")})

    cells = [column for row in drawn["body"] for column in row.get("columns", [])]
    shown = {cell["items"][0]["text"]: cell["items"][1]["text"] for cell in cells}
    assert shown["Owner"] == OWNER
    assert shown["May answer"].endswith("<at>Sam Ito</at>")


def test_a_card_of_the_bot_leads_to_the_cards_before_and_after_in_its_own_place() -> None:
    place = read_conversation({"tenant": "t-1"}, "19:a@thread.tacv2")
    stands = card_post(notifier="teams-bot", target=place.id, message_id=f"{place.id};messageid=17|18")
    newer = review(id="rev-2", cards=(stands,))
    card = draw_card(replace(answered_review(), superseded_by="rev-2"), CardContext(newer=newer))
    elsewhere: dict[str, Any] = {"id": "19:b@thread.tacv2"}

    links = link_to_cards(card, place)

    assert links.newer.startswith(
        "https://teams.microsoft.com/l/message/19%3Aa%40thread.tacv2/18?tenantId=t-1"
    )
    assert links.earlier == ""
    assert link_to_cards(card, replace(place, **elsewhere)).newer == ""
