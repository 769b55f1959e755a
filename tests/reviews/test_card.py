"""The neutral card: the same facts in the same words, and one honest line each."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.cards.card import CardAction
from reviews.cards.card_drawing import draw_card
from reviews.cards.card_sentences import summarize
from reviews.cards.card_state import describe_answer
from reviews.cards.docspace_comment import format_comment
from reviews.identity import Identity, Person, Reviewer
from reviews.kinds import ChangeKind, Decision
from reviews.text import clean_text, sanitize_link
from reviews.wording.durations import format_duration
from reviews.wording.labels import format_people, format_versions
from tests.reviews.samples import ALICE, BOB, HOSTILE, START, answered_review, review

DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@given(text=st.text(max_size=60))
def test_plain_text_is_one_line_without_hidden_directions(text: str) -> None:
    shown = clean_text(text)

    assert not any(unicodedata.category(char) in {"Cc", "Zl", "Zp"} for char in shown)
    assert not set(shown) & set(DIRECTIONS)
    assert shown == clean_text(shown)
    assert "  " not in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Policy.docx", "Policy.docx"),
        ("annex\u202excod.exe", "annexxcod.exe"),
        (" a\r\nb\t\x1b[31mc\0 ", "a b [31mc"),
        ("a b", "a b"),
        ("\u2066\u2069", ""),
        ("שלום 🙂", "שלום 🙂"),
    ],
)
def test_what_hides_is_taken_out(text: str, shown: str) -> None:
    assert clean_text(text) == shown


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (7, 8, "7 → 8"),
        (None, 8, "8"),
        (8, 8, "8"),
        (8, None, "8, now gone"),
        (None, None, "unknown"),
        (0, 1, "0 → 1"),
    ],
)
def test_versions_in_words(before: int | None, after: int | None, words: str) -> None:
    assert format_versions(before, after) == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(), "less than 1 s"),
        (timedelta(seconds=-5), "less than 1 s"),
        (timedelta(seconds=59.9), "59 s"),
        (timedelta(minutes=12, seconds=3), "12 min 3 s"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=1, seconds=5), "1 h 5 s"),
        (timedelta(days=2, hours=3, minutes=4), "2 d 3 h"),
    ],
)
def test_a_span_has_its_two_largest_units(length: timedelta, words: str) -> None:
    assert format_duration(length) == words


def test_people_are_listed_as_one_would_say_them() -> None:
    third = Person(id=None, name="Carol")

    assert format_people(()) == "somebody"
    assert format_people((ALICE,)) == "Alice Moreau"
    assert format_people((ALICE, BOB)) == "Alice Moreau and Bob Chen"
    assert format_people((ALICE, BOB, third)) == "Alice Moreau, Bob Chen and Carol"


@pytest.mark.parametrize("kind", list(ChangeKind))
def test_the_summary_makes_sense_alone(kind: ChangeKind) -> None:
    summary = summarize(draw_card(review(kind=kind)))

    assert summary.startswith("AML Policy 2026.docx was ")
    where = "from" if kind is ChangeKind.MOVED_OUT else "in"
    assert summary.endswith(f" by Alice Moreau {where} Legal / Compliance. Please review it.")


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        (Decision.ACKNOWLEDGE, "Reviewed by Dana Ozola after 12 min."),
        (Decision.REQUEST_CHANGES, "Changes requested by Dana Ozola after 12 min."),
    ],
)
def test_an_answered_card_says_who_and_after_how_long(decision: Decision, words: str) -> None:
    card = draw_card(answered_review(decision))

    assert describe_answer(card) == words
    assert summarize(card).endswith(words)
    assert card.actions == (CardAction.OPEN, CardAction.MORE)


def test_an_open_card_can_be_answered() -> None:
    answers = (CardAction.ACKNOWLEDGE, CardAction.REQUEST_CHANGES)
    assert draw_card(review()).actions == (*answers, CardAction.OPEN, CardAction.MORE)
    assert draw_card(review(link=None)).actions == (*answers, CardAction.MORE)
    assert describe_answer(draw_card(review())) == "Waiting for review"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc",
        "//x",
        "https://x:99999/",
        "https://x:y/",
        "",
        None,
    ],
)
def test_only_web_addresses_are_links(address: str | None) -> None:
    assert sanitize_link(address) is None
    assert draw_card(review(link=address)).link is None


def test_hostile_texts_are_one_line_each() -> None:
    card = draw_card(review(title=HOSTILE, path=HOSTILE, contributors=(Person(id="x", name=HOSTILE),)))

    assert card.title == card.path == card.who == "<!channel> *urgent* & co|xcod.docx <@U1>"


def test_the_reviewers_name_is_one_line_too() -> None:
    card = draw_card(answered_review(reviewer=Reviewer(name="Dana\n\u202eanaD\x1b[2J")))

    assert summarize(card) == clean_text(summarize(card))
    assert describe_answer(card) == clean_text(describe_answer(card))


def test_a_document_without_a_title_still_has_a_name() -> None:
    assert draw_card(review(title="\u202e \n")).title == "a document without a title"


def test_the_card_knows_when_and_until_when() -> None:
    card = draw_card(review(due_at=START + timedelta(hours=8)))

    assert (card.changed_at, card.due_at, card.duration) == (START, START + timedelta(hours=8), None)


def test_a_name_that_nothing_proved_says_so_wherever_it_is_shown() -> None:
    card = draw_card(answered_review(identity=Identity.LINK))

    assert describe_answer(card) == "Reviewed by Dana Ozola (not verified) after 12 min."
    assert format_comment(card) == "Reviewed by Dana Ozola (not verified), version 8"
    assert "not verified" not in describe_answer(draw_card(answered_review(identity=Identity.OIDC)))
