"""The card in Block Kit: Slack takes it, and it pings only owners and reviewer, whatever the titles."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifiers.shared.card_text import make_button_address, shorten
from notifiers.slack.blocks import draw_card_message, draw_plain_card, make_button_value, read_button_value
from notifiers.slack.text import escape, format_link
from reviews.cards.card_drawing import draw_card
from reviews.identity import Person, Reviewer
from reviews.kinds import ChangeKind, Decision, ReviewState
from reviews.tree import FolderContents
from tests.edge.block_kit import find_problems, list_pings
from tests.edge.mrkdwn import mentions, text_problems
from tests.reviews.samples import (
    HOSTILE,
    START,
    answer,
    answered_review,
    bulk,
    bulk_file,
    bulk_review,
    review,
)

if TYPE_CHECKING:
    from reviews.model import Review

OWNERS = ["<@U1>", "owner@example.com"]
HOSTILE_FILES = tuple(
    bulk_file(title=text, path=f"x / {text}", link=f"https://acme.example.com/{text}")
    for text in (HOSTILE, "x" * 3000, "&" * 3000, "*_" * 1500, "")
)
STATES = {
    "open": review(),
    "revised": review(revision=3, due_at=START),
    "acknowledged": answered_review(reviewer=Reviewer(name="Dana", chat_ids={"slack": "U2"})),
    "changes requested": answered_review(Decision.REQUEST_CHANGES, note=HOSTILE * 200),
    "superseded": replace(answered_review(note="Fine."), superseded_by="rev-2"),
    "a folder": review(contents=FolderContents(count=1234, titles=(HOSTILE, "x" * 3000, "&" * 3000) * 10)),
    "an empty folder": review(contents=FolderContents(count=0, titles=())),
    "many files": bulk_review(),
    "many hostile files": bulk_review(bulk=bulk(sample_files=HOSTILE_FILES)),
    "many files, reviewed": bulk_review(state=ReviewState.ACKNOWLEDGED, answers=(answer(version=None),)),
    "without a link": review(link=None),
    "gone": review(version_to=None, kind=ChangeKind.DELETED, link="javascript:alert(1)"),
}
TITLES = {
    "mention": "<!channel> *urgent* & co.docx",
    "long": "x" * 3000,
    "long ampersands": "&" * 3000,
    "long marks": "*_" * 1500,
    "emoji": "🙂:tada:👩\u200d👩\u200d👧 plan.docx",
    "right to left": "תוכנית\u202excod.docx",
    "newlines": "a\nb\r\nc d.docx",
    "bars": "|a|b|>.docx",
    "half a character": "x\ud83d.docx".encode("utf-8", "ignore").decode(),
    "nothing": "",
    "link": "<https://evil.example|click>",
}


def hostile(review: Review, text: str) -> Review:
    return replace(review, title=text, path=text, contributors=(Person(id="a", name=text),))


def sent(review: Review, owners: list[str] | None = None) -> dict[str, Any]:
    return draw_card_message(draw_card(review), OWNERS if owners is None else owners)


def test_every_kind_in_every_state_with_every_title_is_taken(subtests: pytest.Subtests) -> None:
    for state, shown in STATES.items():
        for kind in ChangeKind:
            with subtests.test(kind=kind, state=state):
                for title in TITLES.values():
                    drawn = sent(hostile(replace(shown, kind=kind), title))

                    assert find_problems(drawn, surface="message") == []
                    assert set(list_pings(drawn)) <= {"<@U1>", "<@U2>"}


@settings(deadline=None, max_examples=80)
@given(
    text=st.text(max_size=300) | st.text("<>&|*_~`!@#: \n", max_size=300),
    name=st.text(max_size=120),
    link=st.none() | st.text(max_size=80).map("https://acme.example.com/{}".format),
    state=st.sampled_from(sorted(STATES)),
)
def test_any_text_is_taken_and_pings_no_one(text: str, name: str, link: str | None, state: str) -> None:
    review = hostile(replace(STATES[state], link=link), text)
    if review.answers:
        given_answer = replace(review.answers[0], reviewer=Reviewer(name=name or "x"), note=text)
        review = replace(review, answers=(given_answer,))

    card = sent(review)

    assert find_problems(card, surface="message") == []
    assert set(list_pings(card)) <= {"<@U1>", "<@U2>"}


def test_the_plain_variant_is_taken_too(subtests: pytest.Subtests) -> None:
    for name, title in TITLES.items():
        for state, shown in STATES.items():
            with subtests.test(state=state, title=name):
                drawn = draw_plain_card(sent(hostile(shown, title)))

                assert find_problems(drawn, surface="message") == []
                assert list_pings(drawn) == []


def test_the_sentence_and_the_first_block_make_sense_alone(subtests: pytest.Subtests) -> None:
    for state, shown in STATES.items():
        with subtests.test(state=state):
            drawn = sent(shown)
            title = "10,000 files in Invoices" if shown.bulk else "AML Policy 2026.docx"

            assert title in drawn["text"]
            assert "Alice Moreau" in drawn["text"]
            assert title in drawn["blocks"][0]["text"]["text"]


@pytest.mark.parametrize(
    "address",
    [
        "https://acme.example.com/?q=" + "&" * 1900,
        "https://acme.example.com/" + "x" * 2960,
        "https://acme.example.com/" + "x" * 4000,
        "https://acme.example.com/<!channel>|x y",
        "https://[acme",
        "https://",
        "http://acme.example.com:99999/",
    ],
    ids=lambda address: address[:40],
)
def test_an_odd_link_never_spoils_the_card(address: str) -> None:
    assert find_problems(sent(review(link=address)), surface="message") == []


@pytest.mark.parametrize("digits", [7, 8, 9, 10])
def test_many_owners_never_spoil_the_card(digits: int) -> None:
    drawn = sent(review(), [f"<@U{number:0{digits}}>" for number in range(200)])

    assert find_problems(drawn, surface="message") == []


def test_an_open_card_has_its_buttons_and_an_answered_one_the_link_and_the_menu() -> None:
    def buttons(review: Review) -> list[str]:
        return [
            element["action_id"]
            for block in sent(review)["blocks"]
            if block["type"] == "actions"
            for element in block["elements"]
        ]

    assert buttons(STATES["open"]) == ["acknowledge_review", "request_changes", "open_document", "more"]
    assert buttons(STATES["acknowledged"]) == ["open_document", "more"]
    assert buttons(STATES["without a link"]) == ["acknowledge_review", "request_changes", "more"]


def test_an_answered_card_says_first_how_it_was_answered() -> None:
    _, status, _, _ = sent(STATES["acknowledged"])["blocks"]

    assert status["text"]["text"].startswith("*Reviewed* by <@U2>, <!date^")
    assert status["text"]["text"].endswith("> · version 8 · after 12 min")


def test_the_metadata_names_review_and_revision_and_no_person() -> None:
    assert sent(STATES["revised"])["metadata"] == {
        "event_type": "docspace_review_requested",
        "event_payload": {"review_id": "rev-1", "revision": 3},
    }


def test_a_buttons_value_is_read_back() -> None:
    assert read_button_value(make_button_value("rev-1", 12)) == ("rev-1", 12)


@settings(deadline=None)
@given(value=st.text(max_size=40) | st.from_regex(r"[a-z-]*\.[0-9]{0,12}", fullmatch=True))
def test_any_other_value_is_a_review_that_nothing_has_or_a_number(value: str) -> None:
    review_id, revision = read_button_value(value)

    assert 0 <= revision < 10**9
    assert value.startswith(review_id)


@settings(deadline=None)
@given(text=st.text(max_size=80) | st.text("<>&*_~` a!@", max_size=40))
def test_escaped_text_has_no_control_sequence_and_no_format(text: str) -> None:
    shown = escape(text)

    assert list(text_problems(shown)) == []
    assert list(mentions(shown)) == []


@settings(deadline=None)
@given(
    address=st.text(max_size=60) | st.text(max_size=60).map("https://{}".format), label=st.text(min_size=1)
)
def test_any_link_is_one_that_slack_reads(address: str, label: str) -> None:
    shown = format_link(address, " ".join(label.split()) or "x")

    assert list(text_problems(shown)) == []
    assert list(mentions(shown)) == []


@pytest.mark.parametrize("address", [None, "", "javascript:x", "data:x", "/x", "ftp://x.example"])
def test_what_no_browser_should_open_is_no_web_address(address: str | None) -> None:
    assert make_button_address(address) is None


def test_an_address_has_one_fragment() -> None:
    assert make_button_address("https://acme.example.com/?q=#a##b") == "https://acme.example.com/?q=#a%23%23b"


@given(text=st.text(max_size=30), longest=st.integers(1, 20))
def test_a_shortened_text_is_never_longer(text: str, longest: int) -> None:
    assert len(shorten(text, longest)) <= longest
