"""The card as an Adaptive Card: it keeps the schema, stays small, and shows hostile text as it is."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.shared.adaptive_card import (
    MAX_CARD_BYTES,
    CardPeople,
    Owner,
    draw_adaptive_card,
    draw_outcome_card,
    is_within_limit,
)
from notifiers.shared.teams_text import escape_markdown, escape_run, write_date
from notifiers.slack.blocks import draw_card_message
from reviews.cards.card_drawing import NEWER_REVIEW_TEXT, draw_card
from reviews.cards.card_state import OWN_CHANGE_TEXT
from reviews.identity import Person, Reviewer
from reviews.kinds import ChangeKind, Decision, ReviewState
from reviews.tree import FolderContents
from tests.edge.adaptive_cards import elements, find_flaws, list_mentioned, read_buttons, read_card_text
from tests.reviews.hostile import hostile_reviews, longest_texts
from tests.reviews.samples import HOSTILE, OWNER, START, answer, answered_review, bulk_review, review

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.model import Review

DUE = START + timedelta(hours=8)
OLGA = Owner(name=OWNER, mention=OWNER)
FILES = ("A.docx", "B.docx", "C.docx")
STATES = {
    "open": review(due_at=DUE),
    "revised": review(revision=2, saves=14, due_at=DUE),
    "acknowledged": answered_review(own_change=True),
    "changes requested": answered_review(
        Decision.REQUEST_CHANGES, note="Section 4 is wrong.\nSee the limit."
    ),
    "superseded": replace(answered_review(note="Fine."), superseded_by="rev-2"),
    "a folder": review(title="2026 Q1", contents=FolderContents(count=1234, titles=FILES)),
    "an empty folder": review(contents=FolderContents(count=0, titles=())),
    "many files": bulk_review(due_at=DUE),
    "many files, reviewed": bulk_review(state=ReviewState.ACKNOWLEDGED, answers=(answer(version=None),)),
    "gone": review(version_to=None, kind=ChangeKind.DELETED, link=None),
}
TITLES = {
    "a mention": f"<at>{OWNER}</at>.docx",
    "marks": "**urgent** _now_ ~x~ `y` [click](https://evil.example) # 1. - \\*.docx",
    "macros": "{{DATE(2026-01-01T00:00:00Z)}} {{{TIME(2026-01-01T00:00:00Z)}}}.docx",
    "entities": "&lt;at&gt; &amp; <b>bold</b>.docx",
    "long": "x" * 3000,
    "long emoji": "🙂" * 3000,
    "long braces": "{" * 3000,
    "right to left": "תוכנית\u202excod.docx",
    "newlines": "a\nb\r\nc\u2028d.docx",
    "nothing": "",
}
ACTION = {"type": "Action.OpenUrl", "title": "Open document", "url": "https://acme.example.com/"}


def drawn(review: Review, owners: Sequence[Owner] = (OLGA,), **more: Any) -> dict[str, Any]:
    return draw_adaptive_card(draw_card(review), people=CardPeople(owners=owners), actions=[ACTION], **more)


def hostile(review: Review, text: str) -> Review:
    return replace(review, title=text, path=text, contributors=(Person(id="a", name=text),))


def header(drawing: dict[str, Any]) -> tuple[str, str]:
    """Return the style of the header and the words of it."""
    return drawing["body"][0]["style"], read_card_text(drawing["body"][0])


@pytest.mark.parametrize("kind", list(ChangeKind))
@pytest.mark.parametrize("state", STATES)
def test_every_kind_in_every_state_with_every_title_keeps_the_schema(kind: ChangeKind, state: str) -> None:
    for title in TITLES.values():
        review = hostile(replace(STATES[state], kind=kind), title)

        assert find_flaws(drawn(review)) == []
        assert is_within_limit(drawn(review), MAX_CARD_BYTES)


@given(review=hostile_reviews(), names=st.lists(longest_texts(300), max_size=40), addressed=st.booleans())
def test_whatever_the_texts_a_card_is_taken_and_small_enough(
    review: Review, names: list[str], *, addressed: bool
) -> None:
    owners = [Owner(name=f"{name}x", mention=f"{name}@example.com" if addressed else None) for name in names]

    for drawing in (drawn(review, owners), draw_outcome_card(draw_card(review))):
        assert find_flaws(drawing) == []
        assert len(json.dumps(drawing)) <= MAX_CARD_BYTES


@given(text=st.text("<>at/{}DATEIM()*_[]`~\\&#|-1. \u034f", max_size=60) | st.text(max_size=60))
def test_text_from_outside_is_nothing_but_text(text: str) -> None:
    review = replace(hostile(STATES["open"], text), owners=(text,))

    drawing = drawn(review, [Owner(name=f"{text}x", mention="o@example.com")])

    assert find_flaws(drawing) == []
    assert list_mentioned(drawing) == ["o@example.com"]


@pytest.mark.parametrize("path", ["x" * 500, "Folder & sons / " * 31, "🙂" * 500])
def test_a_path_of_500_characters_is_shown_whole(path: str) -> None:
    assert path.strip() in read_card_text(drawn(review(path=path)))


def test_a_card_says_what_slack_says() -> None:
    for reviewed in STATES.values():
        shown_text = read_card_text(drawn(reviewed, [Owner(name="Olga")]))
        blocks = draw_card_message(draw_card(reviewed), ["Olga"])["blocks"]

        mark, _, headline = blocks[0]["text"]["text"].partition(" ")
        assert headline in shown_text
        assert f"{mark} " in shown_text
        for field in (field["text"] for block in blocks for field in block.get("fields", [])):
            label, _, text = field.partition("\n")
            assert f"{label.strip('*')}\n{text}" in shown_text


@pytest.mark.parametrize(
    ("state", "style", "words"),
    [
        ("open", "accent", "🔵 Waiting for review\nAML Policy 2026.docx needs your review"),
        ("acknowledged", "good", "✅ Reviewed\nAML Policy 2026.docx was reviewed"),
        ("changes requested", "warning", "🔶 Changes requested\nAML Policy 2026.docx needs changes"),
        ("superseded", "emphasis", "⚪ Superseded by a newer review\nAML Policy 2026.docx has changed again"),
    ],
)
def test_the_state_is_told_in_words_and_by_colour(state: str, style: str, words: str) -> None:
    assert header(drawn(STATES[state])) == (style, words)


def test_an_open_card_tells_everything_there_is_to_decide_on() -> None:
    assert read_card_text(drawn(STATES["revised"])).splitlines() == [
        "🔵 Waiting for review",
        "AML Policy 2026.docx needs your review",
        "Changed by Alice Moreau",
        "in Legal / Compliance",
        "When",
        "{{DATE(2026-03-09T14:05:12Z, SHORT)}} at {{TIME(2026-03-09T14:05:12Z)}}",
        "Version",
        "7 → 8, 14 saves (revision 2)",
        "Owner",
        "@owner@example.com",
        "Due",
        "{{DATE(2026-03-09T22:05:12Z, SHORT)}} at {{TIME(2026-03-09T22:05:12Z)}}",
    ]


def test_an_answered_card_tells_who_when_and_what_was_noted() -> None:
    moment = "{{DATE(2026-03-09T14:17:12Z, SHORT)}} at {{TIME(2026-03-09T14:17:12Z)}}"

    assert read_card_text(drawn(STATES["changes requested"])).splitlines()[2:6] == [
        "Changes requested by Dana Ozola",
        f"{moment} · version 8",
        "Section 4 is wrong.",
        "See the limit.",
    ]
    assert "Answered after\n12 min" in read_card_text(drawn(STATES["changes requested"]))
    assert f"{OWN_CHANGE_TEXT}." in read_card_text(drawn(STATES["acknowledged"]))
    assert NEWER_REVIEW_TEXT in read_card_text(drawn(STATES["superseded"]))


@pytest.mark.parametrize("state", ["acknowledged", "changes requested", "superseded"])
def test_the_short_card_makes_sense_alone_and_calls_no_one(state: str) -> None:
    drawn = draw_outcome_card(draw_card(STATES[state]))

    assert find_flaws(drawn) == []
    assert "AML Policy 2026.docx" in read_card_text(drawn)
    assert "by Dana Ozola" in read_card_text(drawn)
    assert "Alice Moreau" not in read_card_text(drawn)
    assert "AML Policy 2026.docx was changed by Alice Moreau" in drawn["fallbackText"]


@pytest.mark.parametrize(("state", "expected"), [("open", [OWNER]), ("acknowledged", []), ("superseded", [])])
def test_owners_are_mentioned_only_while_they_are_waited_for(state: str, expected: list[str]) -> None:
    assert list_mentioned(drawn(STATES[state])) == expected
    assert OWNER in read_card_text(drawn(STATES[state]))


def test_an_owner_whom_no_one_should_tell_is_named_and_not_mentioned() -> None:
    drawing = drawn(STATES["open"], [Owner(name="Olga Owner"), OLGA])

    assert list_mentioned(drawing) == [OWNER]
    assert f"Olga Owner, @{OWNER}" in read_card_text(drawing)


def test_of_two_owners_with_the_same_name_one_is_mentioned() -> None:
    """Teams finds the person by the words of the mention."""
    twins = [Owner(name="Olga", mention="olga@example.com"), Owner(name="Olga", mention="o2@example.com")]

    assert list_mentioned(drawn(STATES["open"], twins)) == ["olga@example.com"]
    assert "@Olga, Olga" in read_card_text(drawn(STATES["open"], twins))


def test_of_many_owners_as_many_are_told_as_there_is_room_for() -> None:
    owners = [
        Owner(name=f"person{number}@example.com", mention=f"p{number}@example.com") for number in range(200)
    ]

    assert len(list_mentioned(drawn(STATES["open"], owners))) == 20
    assert "and 180 more" in read_card_text(drawn(STATES["open"], owners))


def test_what_is_told_elsewhere_goes_first_where_a_card_is_too_long() -> None:
    review = replace(STATES["changes requested"], title="🙂 plan.docx", path="Legal / " + "🙂" * 500)
    review = replace(review, contents=FolderContents(count=20, titles=("🙂" * 140,) * 20))
    answer = replace(review.answers[0], note="Section 4 is wrong. " * 40)
    review = replace(review, answers=(answer,))

    cut, whole = drawn(review), drawn(review, limit=100_000)

    assert not is_within_limit(whole, MAX_CARD_BYTES)
    assert "Section 4 is wrong. " * 39 in read_card_text(cut)
    assert draw_card(review).path in read_card_text(cut)
    assert len(read_card_text(cut)) < len(read_card_text(whole))


def test_the_actions_of_the_road_are_the_buttons() -> None:
    assert read_buttons(drawn(STATES["open"])) == {"Open document": ACTION}
    many = [{**ACTION, "title": str(number)} for number in range(3)]
    crowded = draw_adaptive_card(draw_card(STATES["open"]), people=CardPeople(owners=[]), actions=many)
    assert [action["title"] for action in crowded["actions"]] == ["0", "1"]
    assert find_flaws(crowded) == []
    assert set(read_buttons(crowded)) == {"0", "1", "2"}
    assert "actions" not in draw_outcome_card(draw_card(STATES["acknowledged"]))
    assert read_buttons(draw_outcome_card(draw_card(STATES["acknowledged"]), actions=[ACTION])) == {
        "Open document": ACTION
    }


def test_hostile_text_stays_readable() -> None:
    hidden = drawn(hostile(STATES["open"], HOSTILE))

    assert "<!channel> *urgent* & co|xcod.docx <@U1>" in read_card_text(hidden)
    assert escape_run("<at>x</at> {{DATE(") == "<\u034fat>x<\u034f/at> {\u034f{DATE("
    assert escape_run("a < b, {c}, 1<2") == "a < b, {c}, 1<2"
    assert escape_markdown("first_last@example.com") == "first_last@example.com"
    assert escape_markdown("_a_ *b* [c](d) <e>") == "ˍaˍ ∗b∗ ［c］(d) ‹e›"  # noqa: RUF001
    assert escape_markdown("1. x") == "\u034f1. x"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("AML_Policy_2026_final_version.docx", ["AML_Policy_2026_", "final_version.", "docx"]),
        ("x" * 45, ["x" * 20, "x" * 20, "x" * 5]),
        ("AML-Policy-2026.docx", ["AML-Policy-2026.docx"]),
        ("The policy of 2026 and other words.docx", ["The policy of 2026 and other words.docx"]),
        ("compliance.owner@department.example.com", ["compliance.owner@department.example.com"]),
        (
            "(Olga_Owner_of_Compliance,olga.owner@company.com)",
            ["(Olga_Owner_of_", "Compliance,olga.owner@company.com)"],
        ),
    ],
)
def test_a_line_may_end_within_a_long_word_that_would_be_cut_off(name: str, parts: list[str]) -> None:
    assert escape_run(name).split("\u200b") == parts


def test_a_date_is_written_as_every_client_reads_it() -> None:
    assert write_date(START.replace(microsecond=123456)) == (
        "{{DATE(2026-03-09T14:05:12Z, SHORT)}} at {{TIME(2026-03-09T14:05:12Z)}}"
    )


def test_a_reviewer_with_a_hostile_name_is_shown_as_they_call_themselves() -> None:
    drawn = draw_outcome_card(draw_card(answered_review(reviewer=Reviewer(name="<at>Olga</at> **x**"))))

    assert find_flaws(drawn) == []
    assert "Reviewed by <at>Olga</at> **x**" in read_card_text(drawn)


def test_every_text_block_wraps() -> None:
    for reviewed in STATES.values():
        blocks = [each for each in elements(drawn(reviewed)) if each["type"] == "TextBlock"]

        assert all(block["wrap"] for block in blocks)


@pytest.mark.parametrize(("length", "expected"), [(113, 1), (114, 0), (9000, 0)])
def test_who_has_a_longer_name_than_teams_gives_is_named_and_not_mentioned(
    length: int, expected: int
) -> None:
    drawing = drawn(STATES["open"], [Owner(name="Olga Owner", mention="🙂" * length)])

    assert len(list_mentioned(drawing)) == expected
    assert "Olga Owner" in read_card_text(drawing)
    assert is_within_limit(drawing, MAX_CARD_BYTES)
