"""The answers to commands as Teams draws them: by the official schema, and small enough to be taken."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from bot.command_replies import HelpReply, ListReply, ReviewReply
from bot.command_requests import MAX_COUNT, ListRequest, PendingRequest, PersonReference, RecentRequest, Verb
from bot.teams.reply_cards import draw_reply, make_text_message
from notifiers.teams_bot import NAME
from reviews.cards.card_drawing import draw_card
from reviews.identity import Person, Reviewer
from reviews.kinds import Decision
from reviews.ports.listing import ListingEntry, ReviewPage, format_cursor
from tests.bot.teams.teams_installation import read_text
from tests.edge.adaptive_cards import find_schema_problems
from tests.reviews.hostile import hostile_reviews, longest_texts
from tests.reviews.samples import answered_review, card_post, review

if TYPE_CHECKING:
    from reviews.model import Review

CONNECTOR = 28 * 1024  # bytes that a message of an outgoing webhook may have (facts on Teams, 2.2)


def listed(asked: ListRequest, reviews: list[Review], *, buttons: bool = True) -> dict[str, Any]:
    entries = tuple(ListingEntry(seq=number, review=each) for number, each in enumerate(reviews, 1))
    page = ReviewPage(entries=entries, next_seq=1, previous_seq=1)
    return draw_reply(ListReply(list_request=asked, page=page), tenant="tenant", buttons=buttons)


def card(message: dict[str, Any]) -> dict[str, Any]:
    [attached] = message["attachments"]
    content: dict[str, Any] = attached["content"]
    return content


@given(
    review=hostile_reviews(),
    asked=st.sampled_from(
        [PendingRequest(), RecentRequest(scope="x" * 200, person=PersonReference(name="&" * 200))]
    ),
    buttons=st.booleans(),
    count=st.sampled_from([1, MAX_COUNT]),
    target=st.sampled_from(["19:c@thread.tacv2", "19:g@thread.v2"]) | longest_texts(),
    message_id=st.none() | st.just("19:c@thread.tacv2;messageid=1|1") | longest_texts(),
)
def test_a_listing_is_taken(
    review: Review, asked: ListRequest, count: int, target: str, message_id: str | None, *, buttons: bool
) -> None:
    post = card_post(notifier=NAME, target=target, message_id=message_id)

    message = listed(asked, [replace(review, cards=(post,))] * count, buttons=buttons)

    assert find_schema_problems(card(message)) == []
    assert len(json.dumps(message)) <= CONNECTOR
    assert "{{" not in str([run["text"] for run in runs(card(message))])


def runs(element: Any) -> list[dict[str, Any]]:
    if isinstance(element, list):
        return [run for each in element for run in runs(each)]
    if not isinstance(element, dict):
        return []
    inside = [run for each in element.values() for run in runs(each)]
    return [element, *inside] if element.get("type") == "TextRun" else inside


@given(hint=st.text(), example=st.text(), about=st.none() | st.sampled_from(Verb))
def test_help_is_taken(hint: str, example: str, about: Verb | None) -> None:
    message = draw_reply(HelpReply(hint=hint, example=example, topic=about), tenant="")

    assert find_schema_problems(card(message)) == []
    assert len(json.dumps(message)) <= CONNECTOR


def test_what_is_left_out_of_the_longest_listing_is_on_its_next_page() -> None:
    growing = "é&" * 1500
    review = answered_review(reviewer=Reviewer(name=growing))
    link = f"https://acme.example.com/?q={'x' * 500}"
    post = card_post(notifier=NAME, target="19:c@thread.tacv2", message_id="19:c@thread.tacv2;messageid=1|1")
    current = replace(
        review, title=growing, contributors=(Person(id=None, name=growing),), link=link, cards=(post,)
    )

    message = listed(RecentRequest(), [current] * MAX_COUNT)

    shown = [each for each in card(message)["body"] if each["type"] == "Container"]
    assert 5 < len(shown) < MAX_COUNT
    [_, following] = card(message)["actions"]
    assert following["data"]["words"] == f"recent 5 before {format_cursor(len(shown))}"
    assert len(json.dumps(message)) <= CONNECTOR


def test_a_review_of_the_longest_texts_fits_into_the_answer_of_an_outgoing_webhook() -> None:
    long = "\U0001f600" * 3000
    people = tuple(f"{number}{long[:80]}@example.com" for number in range(20))
    noted = answered_review(Decision.REQUEST_CHANGES, note=long)
    review = replace(noted, title=long, path=long, owners=people)

    message = draw_reply(ReviewReply(review=review, card=draw_card(review)), tenant="tenant")

    assert find_schema_problems(card(message)) == []
    assert len(json.dumps(message)) <= CONNECTOR


def test_each_reader_sees_the_time_in_their_own_zone() -> None:
    message = listed(PendingRequest(), [review()])

    moment = "2026-03-09T14:05:12Z"
    assert f"{{{{DATE({moment}, SHORT)}}}} at {{{{TIME({moment})}}}} · Version 7 → 8" in read_text(
        card(message)
    )


def test_a_notification_says_what_was_asked_for() -> None:
    assert listed(PendingRequest(), [review()])["summary"] == "Waiting for review, the oldest first"


def test_a_link_that_is_no_web_address_is_no_link() -> None:
    message = listed(PendingRequest(), [review(link="javascript:alert(1)")])

    assert "selectAction" not in str(message)


def test_a_sentence_keeps_its_addresses_whole_and_mentions_no_one() -> None:
    text = make_text_message("Ask a.very.long.address@compliance.example.com, not <at>All</at>.")["text"]

    assert "a.very.long.address@compliance.example.com" in text
    assert "<at>" not in text
