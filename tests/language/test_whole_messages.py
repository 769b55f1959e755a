"""Whatever is drawn in German is German as a whole, and English is what it always was."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

import notifiers
from bot.command_hints import EXAMPLES
from bot.command_requests import Verb
from reviews.cards.card_drawing import draw_card
from reviews.cards.card_sentences import summarize
from reviews.cards.docspace_comment import format_comment, is_own_comment
from reviews.kinds import ChangeKind, Decision
from reviews.language import LANGUAGES, use_language
from tests.language.catalogue import WORD, english_left, omit_recorded
from tests.language.chat_drawings import NOTICES, WRONG, changed, draw_notices, helped, homes, menus
from tests.language.drawings import CHANNELS, STATES, drawn, forms, words
from tests.reviews.samples import answered_review, review

if TYPE_CHECKING:
    from collections.abc import Callable

TYPED = set(WORD.findall(" ".join([*EXAMPLES.values(), *WRONG, *Verb, *ChangeKind])))
SAME_IN_BOTH = {
    "Version",
    "Median",
    "Route",
    "SHA",
    "KB",
    "Status",
    "Re",
    "in",
    "In",
    "an",
    "An",
    "OPS",
    "was",
    "Was",
    "Alarm",
    "Test",
    "Checkpoint",
    "Stand",
}


def test_every_channel_is_looked_at() -> None:
    assert sorted(CHANNELS) == notifiers.list_channels()


@pytest.mark.parametrize("channel", CHANNELS)
def test_no_card_says_half_of_it_in_english(channel: str) -> None:
    lines = omit_recorded(drawn(channel, "de"))

    assert english_left(lines) == []
    assert words(lines) & words(drawn(channel, "en")) <= SAME_IN_BOTH


def test_no_form_and_no_mail_with_a_code_says_half_of_it_in_english() -> None:
    assert english_left(forms("de")) == []
    assert words(forms("de")) & words(forms("en")) <= SAME_IN_BOTH


@pytest.mark.parametrize("channel", NOTICES)
def test_no_notice_says_half_of_it_in_english(channel: str) -> None:
    lines = draw_notices(channel, "de")

    assert english_left(lines) == []
    assert words(lines) & words(draw_notices(channel, "en")) <= SAME_IN_BOTH


@pytest.mark.parametrize("drawn", [menus, homes, helped, changed])
def test_no_menu_no_list_and_no_home_says_half_of_it_in_english(drawn: Callable[[str], list[str]]) -> None:
    lines = omit_recorded(drawn("de"))

    assert english_left(lines) == []
    assert words(lines) & words(drawn("en")) <= SAME_IN_BOTH | TYPED


@pytest.mark.parametrize(
    "drawn", [*(partial(draw_notices, channel) for channel in NOTICES), menus, homes, helped, changed]
)
def test_what_is_looked_for_beside_the_cards_would_be_found(drawn: Callable[[str], list[str]]) -> None:
    assert english_left(drawn("en"))


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_is_looked_for_would_be_found(channel: str) -> None:
    assert english_left(drawn(channel, "en"))


@pytest.mark.parametrize("state", STATES)
def test_the_stage_of_a_card_is_the_same_in_every_language(state: str) -> None:
    def stage(language: str) -> str:
        with use_language(language):
            return draw_card(STATES[state]).stage

    assert len({stage(language) for language in LANGUAGES}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_comment_of_ours_is_known_whichever_language_it_was_written_in(language: str) -> None:
    with use_language(language):
        comment = format_comment(draw_card(answered_review()))

    assert comment is not None
    assert is_own_comment(comment)
    assert not is_own_comment("Changed by Dana Ozola, version 8")


def test_a_german_card_reads_as_one_would_say_it() -> None:
    with use_language("de-AT"):
        waiting, sent_back = draw_card(review()), draw_card(answered_review(Decision.REQUEST_CHANGES))
        assert summarize(waiting) == (
            "AML Policy 2026.docx wurde in Legal / Compliance von Alice Moreau geändert. "
            "Bitte prüfen Sie die Änderung."
        )
        assert summarize(sent_back).endswith("Nach 12 Min. hat Dana Ozola Änderungen angefordert.")
        assert [action.label for action in waiting.actions] == [
            "Prüfung bestätigen",
            "Änderungen anfordern",
            "Dokument öffnen",
            "Mehr…",
        ]
