"""What acknowledging means, as Teams shows it before the click, and as the ledger has it afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from notifiers.shared.adaptive_meaning import MEANING_ID
from notifiers.teams import draw_card_message
from notifiers.teams_bot import actions
from notifiers.teams_bot.card import draw_review_card
from reviews.cards.card_context import CardContext
from reviews.cards.card_drawing import draw_card
from reviews.language import LANGUAGES, use_language
from reviews.model import STATEMENT
from reviews.privacy.redaction import redact_card
from tests.bot.teams.pressing import find_shown_message, press
from tests.bot.teams.teams_installation import DANA, TeamsInstallation, read_text
from tests.edge.adaptive_cards import find_flaws
from tests.reviews.meanings import KNOWN_BYTES
from tests.reviews.samples import answered_review, review

if TYPE_CHECKING:
    from reviews.cards.card import Card

GERMAN = "Ich habe diese Version geprüft."


def draw() -> Card:
    return draw_card(review(), CardContext(reviewed_bytes=KNOWN_BYTES))


def draw_both(card: Card) -> list[dict[str, Any]]:
    """Return the card of the bot, and the one behind Workflows."""
    return [
        draw_review_card(card),
        draw_card_message(card, "https://review.example.com/ack/x")["attachments"][0]["content"],
    ]


def find_agreed(installation: TeamsInstallation) -> tuple[str, str]:
    agreed = installation.desk.entries()[-1]["agreed"]
    return agreed["language"], agreed["text"]


def test_a_click_on_a_card_is_in_the_language_of_the_card(installation: TeamsInstallation) -> None:
    card = installation.card()
    installation.side.locale = "de-DE"

    installation.side.click(DANA, card, actions.ACKNOWLEDGE)

    assert find_agreed(installation) == ("en", STATEMENT)
    assert f"“{STATEMENT}”" in read_text(card["attachments"])


def test_a_card_that_one_person_sees_in_their_language_records_that(installation: TeamsInstallation) -> None:
    card = installation.card()
    installation.side.locale = "de-DE"
    installation.side.click(DANA, card, actions.MORE)
    press(installation, card, actions.BACK)

    press(installation, card, actions.ACKNOWLEDGE)

    assert find_agreed(installation) == ("de", GERMAN)


def test_the_form_in_the_menu_records_the_very_text_that_it_showed(installation: TeamsInstallation) -> None:
    card = installation.card()
    installation.side.locale = "de-DE"
    installation.side.click(DANA, card, actions.MORE)

    assert GERMAN in read_text(find_shown_message(installation, card))
    press(installation, card, actions.ACKNOWLEDGE_WITH_NOTE, note="Agreed")

    assert find_agreed(installation) == ("de", GERMAN)
    assert installation.desk.verdict().intact


def test_an_old_client_sends_the_language_too(installation: TeamsInstallation) -> None:
    card = installation.card()
    installation.side.locale = "de-DE"

    installation.side.click_in_old_client(DANA, card, actions.ACKNOWLEDGE)

    assert find_agreed(installation) == ("en", STATEMENT)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_hides_what_it_means_behind_its_header(language: str) -> None:
    with use_language(language):
        card = draw()
        contents = draw_both(card)

    assert card.meaning is not None
    for content in contents:
        assert find_flaws(content) == []
        header, hidden, *_rest = content["body"]
        toggle = header["items"][0]["columns"][1]["selectAction"]
        assert (toggle["type"], toggle["targetElements"]) == ("Action.ToggleVisibility", [MEANING_ID])
        assert (hidden["id"], hidden["isVisible"]) == (MEANING_ID, False)
        assert card.meaning.statement.text in read_text(hidden)
        assert str(KNOWN_BYTES.sha256) in read_text(hidden)


def test_a_card_without_an_answer_to_give_has_nothing_to_explain() -> None:
    for content in draw_both(draw_card(answered_review(), CardContext(reviewed_bytes=KNOWN_BYTES))):
        assert MEANING_ID not in str(content)


def test_a_redacted_card_has_no_hash() -> None:
    for content in draw_both(redact_card(draw(), "Compliance")):
        assert STATEMENT in read_text(content)
        assert str(KNOWN_BYTES.sha256) not in read_text(content)


@pytest.mark.parametrize("data", [None, {}, {"language": "fr"}, {"language": 7}, "de"])
def test_the_data_of_another_button_says_no_language(data: object) -> None:
    assert actions.read_language(data) is None
