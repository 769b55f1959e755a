"""Every channel's card shows snippets of the document: whatever they hold is text, and pushes nothing out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import notifiers
from notifiers import apprise, console, teams
from notifiers.mail.message import render_html, render_text
from notifiers.shared import adaptive_card
from notifiers.slack import blocks
from notifiers.teams_bot.card import draw_card_message, draw_review_card
from reviews.cards.card_context import CardContext
from reviews.cards.card_drawing import add_page, draw_card
from reviews.comparisons.parts import PART_KINDS, ChangedWords
from reviews.comparisons.snippets import cut_snippets
from reviews.language import use_language
from reviews.privacy.redaction import redact_card
from reviews.text import escape_controls
from reviews.wording.place_phrases import PartPlace
from tests.edge.adaptive_cards import elements, find_flaws, read_buttons, read_card_text
from tests.edge.block_kit import find_problems, list_pings
from tests.language.drawings import CHANNELS
from tests.reviews.compared import make_part, make_summary
from tests.reviews.hostile import hostile_reviews, longest_texts
from tests.reviews.samples import answered_review, review

if TYPE_CHECKING:
    from reviews.cards.card import Card
    from reviews.model import Review

ACK = "https://review.example.com/ack/token"
PAGE = f"{ACK}#changes"
HOSTILE = (
    "<!channel> <@U1> <at>Olga</at> *b* _i_ ~s~ `c` [x](https://evil.example) <script>alert(1)</script> "
    "{{DATE(2026-11-24T09:30:00Z, SHORT)}} @everyone &amp; {+more+} [-less-] \u202eback\u202c \x1b[2J"
)
SHOWN = sorted(set(notifiers.list_channels()) - notifiers.list_silent_channels())
DRAWINGS: dict[str, Any] = {
    "slack": lambda card: str(blocks.draw_card_message(card, list(card.owners))),
    "teams": lambda card: str(teams.draw_card_message(card, ACK)),
    "teams-bot": lambda card: str(draw_card_message(card)),
    "mail as text": lambda card: render_text(card, ACK),
    "mail as HTML": lambda card: render_html(card, ACK),
    "console": lambda card: console.render(card, ACK),
    "apprise": lambda card: "\n".join(apprise.render(card, ACK, str)),
}


def draw(*parts: Any, of: Review | None = None) -> Card:
    compared = replace(of or review(), changes=make_summary(4))
    context = CardContext(snippets=cut_snippets(parts or [make_part()]))
    return add_page(draw_card(compared, context), lambda _card: PAGE)


def make_hostile_part(text: str = HOSTILE, kind: str = "replaced") -> Any:
    runs = (("same", text), ("deleted", f"old {text}"), ("inserted", f"new {text}"))
    words = tuple(ChangedWords(change=change, text=run) for change, run in runs)
    place = PartPlace(area="comment", heading=text, name=text)
    return make_part(kind=kind, place=place, before=text, after=text, words=words)


def find_rich_text(card: Card) -> Any:
    drawn = blocks.draw_card_message(card, [])["blocks"]
    return next((block for block in drawn if block["type"] == "rich_text"), None)


@pytest.mark.parametrize("channel", SHOWN)
def test_each_channel_says_where_and_how_the_document_changed(channel: str) -> None:
    drawn = " ".join(CHANNELS[channel](draw()))

    assert "Changed" in drawn
    assert "Payment terms" in drawn
    assert "The fee is EUR" in drawn
    assert "100" in drawn
    assert "250" in drawn


@pytest.mark.parametrize("channel", SHOWN)
def test_each_channel_says_it_in_german(channel: str) -> None:
    with use_language("de"):
        assert "Geändert" in " ".join(CHANNELS[channel](draw()))


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_a_redacted_card_shows_nothing_of_the_document(drawing: str) -> None:
    assert "The fee" in DRAWINGS[drawing](draw())
    assert "The fee" not in DRAWINGS[drawing](redact_card(draw(), "Compliance"))


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_an_answered_card_shows_none_of_it_either(drawing: str) -> None:
    assert "The fee" not in DRAWINGS[drawing](draw(of=answered_review()))


def test_slack_strikes_out_what_was_removed_and_has_what_was_added_in_bold() -> None:
    heading, quote = find_rich_text(draw())["elements"]

    assert [each["text"] for each in heading["elements"]] == ["Changed", " · Payment terms"]
    assert [(each["text"], each.get("style")) for each in quote["elements"]] == [
        ("The fee is EUR ", None),
        ("100", {"strike": True}),
        (" ", None),
        ("250", {"bold": True}),
        (".", None),
    ]


def test_a_slack_that_refuses_the_blocks_gets_a_card_without_them() -> None:
    plain = blocks.draw_plain_card(blocks.draw_card_message(draw(), []))

    assert "The fee" not in str(plain)
    assert find_problems(plain, surface="message") == []


def test_teams_strikes_out_what_was_removed_and_underlines_what_was_added() -> None:
    runs = [each for each in elements(draw_review_card(draw())) if each["type"] == "TextRun"]

    assert [each["text"] for each in runs if each.get("strikethrough")] == ["100"]
    assert [(each["text"], each["weight"]) for each in runs if each.get("underline")] == [("250", "Bolder")]


@pytest.mark.parametrize("drawing", ["mail as text", "console", "apprise"])
def test_plain_text_has_marks(drawing: str) -> None:
    assert "Payment terms: The fee is EUR [-100-] {+250+}." in DRAWINGS[drawing](draw())


def test_a_mail_marks_words_also_for_a_reader_who_does_not_see_them() -> None:
    html = render_html(draw(), ACK)

    assert re.search(r"<del [^>]*><span [^>]*>Removed: </span>100</del> <ins ", html)
    assert re.search(r"<ins [^>]*><span [^>]*>Added: </span>250</ins>\.", html)


def test_the_inbox_marks_them_too() -> None:
    drawn = " ".join(CHANNELS["inbox"](draw()))

    assert "Removed: 100" in re.sub(r"\s+", " ", drawn)


@pytest.mark.parametrize("kind", PART_KINDS)
def test_in_slack_hostile_text_mentions_links_and_formats_nothing(kind: str) -> None:
    drawn = blocks.draw_card_message(draw(make_hostile_part(kind=kind)), [])

    assert find_problems(drawn, surface="message") == []
    assert list_pings(drawn) == []
    quote = find_rich_text(draw(make_hostile_part(kind=kind)))["elements"][1]
    assert {each["type"] for each in quote["elements"]} == {"text"}


@pytest.mark.parametrize("kind", PART_KINDS)
def test_in_teams_hostile_text_is_text_alone(kind: str) -> None:
    for message in (
        teams.draw_card_message(draw(make_hostile_part(kind=kind)), ACK),
        draw_card_message(draw(make_hostile_part(kind=kind))),
    ):
        assert find_flaws(message["attachments"][0]["content"]) == []


def test_in_a_mail_hostile_text_is_no_markup() -> None:
    html = render_html(draw(make_hostile_part()), ACK)

    assert "<script" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_hostile_text_has_no_controls_and_turns_nothing_around(drawing: str) -> None:
    drawn = DRAWINGS[drawing](draw(make_hostile_part()))

    assert escape_controls(drawn) == drawn


@pytest.mark.parametrize("drawing", ["mail as text", "console", "apprise"])
def test_marks_in_the_document_are_no_marks_of_ours(drawing: str) -> None:
    part = make_part(words=(ChangedWords(change="same", text="Pay [-5-]{+9+}, [--]{++}"),))

    drawn = DRAWINGS[drawing](draw(part))

    assert "Pay [" in drawn
    assert not any(mark in drawn for mark in ("[-", "-]", "{+", "+}"))


def test_apprise_drops_snippets_first_where_a_service_takes_little() -> None:
    lines = apprise.render(draw(), ACK, str)

    assert "The fee" in lines[-1]
    assert ACK in lines[0]


def test_a_card_of_teams_drops_snippets_before_anything_else() -> None:
    hostile = make_hostile_part("é😀" * 200)
    with_snippets, without = draw(hostile, hostile, hostile), draw(hostile)
    without = replace(without, snippets=())
    no_one = adaptive_card.CardPeople(owners=[])
    whole = adaptive_card.draw_adaptive_card(without, people=no_one, actions=[], limit=60_000)
    limit = len(str(whole)) + 4000

    shortened = adaptive_card.draw_adaptive_card(with_snippets, people=no_one, actions=[], limit=limit)

    assert adaptive_card.is_within_limit(shortened, limit)
    rest = read_card_text(shortened)
    assert all(line in rest for line in read_card_text(whole).splitlines())


@settings(deadline=None, max_examples=60)
@given(changed=hostile_reviews(), texts=st.lists(longest_texts(), min_size=1, max_size=3))
def test_with_snippets_a_card_is_within_the_limits_of_slack_and_teams(changed: Any, texts: list[str]) -> None:
    parts = [make_hostile_part(text) for text in texts]
    card = draw(*parts, of=changed)

    drawn = blocks.draw_card_message(card, list(card.owners))

    assert find_problems(drawn, surface="message") == []
    for message in (teams.draw_card_message(card, ACK), draw_card_message(card)):
        assert find_flaws(message["attachments"][0]["content"]) == []
    bare = teams.draw_card_message(replace(card, snippets=()), ACK)["attachments"][0]["content"]
    content = teams.draw_card_message(card, ACK)["attachments"][0]["content"]
    assert adaptive_card.is_within_limit(content, adaptive_card.MAX_CARD_BYTES)
    assert read_buttons(content).keys() == read_buttons(bare).keys()
