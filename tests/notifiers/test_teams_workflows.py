"""Teams through Workflows on a real web server: what is posted."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from notifiers.teams import Teams, draw_card_message
from reviews.cards.card_drawing import draw_card
from reviews.errors import Permanent
from reviews.identity import Person
from reviews.kinds import Decision
from tests.edge.adaptive_cards import find_flaws, list_mentioned, read_buttons, read_card_text
from tests.notifiers.surroundings import LINK
from tests.notifiers.workflows import channel, posted
from tests.reviews.hostile import hostile_reviews
from tests.reviews.samples import ALICE, OWNER, answered_review, review

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.edge.workflows_sink import WorkflowsSink

LARGEST = 20_480  # bytes of a message


def test_an_open_card_has_buttons_that_open_the_page_and_the_document(sink: WorkflowsSink) -> None:
    post = posted(sink, review())

    assert find_flaws(post) == []
    assert {words: action["url"] for words, action in read_buttons(post).items()} == {
        "Acknowledge review": LINK,
        "Request changes": f"{LINK}#note",
        "Open document": "https://acme.example.com/doceditor?fileid=3358285&version=8",
    }


def test_owners_are_mentioned_by_their_user_principal_name_but_not_for_their_own_change(
    sink: WorkflowsSink,
) -> None:
    post = posted(sink, review(owners=(OWNER, "Alice@example.com"), contributors=(ALICE,)))

    assert list_mentioned(post) == [OWNER]
    assert f"@{OWNER}, Alice@example.com" in read_card_text(post)


@pytest.mark.parametrize("decision", Decision)
def test_an_answer_is_a_short_card_without_buttons_to_answer(sink: WorkflowsSink, decision: Decision) -> None:
    post = posted(sink, answered_review(decision, note="Section 4 is wrong."))

    assert find_flaws(post) == []
    assert list(read_buttons(post)) == ["Open document"]
    assert "by Dana Ozola\n{{DATE(2026-03-09T14:17:12Z, SHORT)}}" in read_card_text(post)
    assert list_mentioned(post) == []


def test_what_comes_after_an_answer_is_told_as_a_stage_of_its_own() -> None:
    stages = [draw_card(review()), draw_card(review(revision=2)), draw_card(answered_review(revision=2))]

    assert len({card.stage for card in stages}) == 3


@given(review=hostile_reviews())
def test_whatever_the_texts_the_message_is_small_enough_for_a_workflow(review: Review) -> None:
    content = draw_card_message(draw_card(review), LINK)

    assert find_flaws(content["attachments"][0]["content"]) == []
    assert len(json.dumps(content)) <= LARGEST


@pytest.mark.parametrize("link", [None, "https://acme.example.com/" + "x" * 4000])
def test_a_document_without_a_usable_address_has_no_button(sink: WorkflowsSink, link: str | None) -> None:
    assert list(read_buttons(posted(sink, review(link=link)))) == ["Acknowledge review", "Request changes"]


def test_a_route_that_was_removed_is_named() -> None:
    with pytest.raises(Permanent, match="no route names teams:other any more"):
        Teams({}, lambda _: LINK).post("other", draw_card(review()))


def test_no_one_can_look_into_a_channel(sink: WorkflowsSink) -> None:
    with pytest.raises(Permanent, match="can't search for"):
        channel(sink.url, sink.host).find_message("eu-1", draw_card(review()), since=review().opened_at)


def test_a_reviewer_is_told_nothing_of_another_persons_mark_up(sink: WorkflowsSink) -> None:
    current = review(
        title="<at>owner@example.com</at> **x**.docx", contributors=(Person(id="a", name="_x_"),)
    )

    post = posted(sink, replace(current, path="[click](https://evil.example)"))

    assert find_flaws(post) == []
    assert list_mentioned(post) == [OWNER]
