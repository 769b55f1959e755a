"""Slack answers in an unexpected form: each has a meaning, and none is an error of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reviews.cards.card_drawing import draw_card
from reviews.errors import OutcomeUnknown, RemoteError
from tests.edge.block_kit import find_problems, list_pings
from tests.reviews.samples import START, review

if TYPE_CHECKING:
    from notifiers.slack import Slack
    from tests.edge.fake_slack import FakeSlack

CARD = draw_card(review())
NO_OBJECT = [b"", b"null", b"[]", b"[1]", b"5", b'"ok"', b"{", b"<html>", b"\xff\xfe", b"[" * 50_000]
WITHOUT_TS: list[Any] = [{"ok": True, **more} for more in ({}, {"ts": None}, {"ts": ""}, {"ts": 5})]


@pytest.mark.parametrize("answer", [*NO_OBJECT, *WITHOUT_TS, {"ok": None}, {"ok": False}, {"error": 7}])
def test_where_a_card_is_that_slack_does_not_name_is_unknown(
    slack: Slack, fake: FakeSlack, answer: Any
) -> None:
    fake.answer("chat.postMessage", answer)

    with pytest.raises(RemoteError) as raised:
        slack.post("C1", CARD)

    assert type(raised.value) is OutcomeUnknown
    assert len(fake.messages("C1")) == 1


@pytest.mark.parametrize("answer", NO_OBJECT)
@pytest.mark.parametrize("status", [200, 400, 503])
def test_a_redraw_without_a_usable_answer_can_be_tried_again(
    slack: Slack, fake: FakeSlack, answer: bytes, status: int
) -> None:
    message_id = slack.post("C1", CARD)
    fake.answer("chat.update", answer, status=status)

    with pytest.raises(RemoteError) as raised:
        slack.update("C1", message_id, CARD)

    assert type(raised.value) is OutcomeUnknown


ODD_PEOPLE: list[Any] = [
    *NO_OBJECT,
    {"ok": True},
    {"ok": True, "user": None},
    {"ok": True, "user": "U1"},
    {"ok": True, "user": {"id": None}},
    {"ok": True, "user": {"id": "!channel"}},
    {"ok": True, "user": {"id": "U1> <!channel"}},
    {"ok": False, "error": {"code": 1}},
    {"ok": False, "error": "message_not_found"},
]


@pytest.mark.parametrize("answer", ODD_PEOPLE)
def test_an_owner_whom_slack_names_oddly_stands_there_by_address(
    slack: Slack, fake: FakeSlack, answer: Any
) -> None:
    fake.answer("users.lookupByEmail", answer)

    slack.post("C1", CARD)

    [message] = fake.messages("C1")
    assert "owner@example.com" in str(message["blocks"])
    assert list_pings(message) == []


OTHERS: list[Any] = [
    None,
    "text",
    {},
    {"ts": "1.1"},
    {"ts": "1.2", "metadata": None},
    {"ts": "1.3", "metadata": []},
    {"ts": "1.4", "metadata": {"event_type": "docspace_review_requested", "event_payload": None}},
    {"ts": "1.5", "metadata": {"event_type": "docspace_review_requested", "event_payload": ["rev-1"]}},
    {"ts": "1.6", "metadata": {"event_type": None, "event_payload": {"review_id": "rev-1"}}},
]
OURS = {
    "metadata": {"event_type": "docspace_review_requested", "event_payload": {"review_id": "rev-1"}},
}


@pytest.mark.parametrize("messages", [None, {}, "x", [], OTHERS, [OURS], [{**OURS, "ts": None}]])
def test_a_card_is_not_found_where_nothing_of_ours_can_be_read(
    slack: Slack, fake: FakeSlack, messages: Any
) -> None:
    fake.answer("conversations.history", {"ok": True, "messages": messages, "response_metadata": None})

    assert slack.find_message("C1", CARD, since=START) is None


def test_a_card_is_found_among_messages_of_odd_forms(slack: Slack, fake: FakeSlack) -> None:
    fake.answer("conversations.history", {"ok": True, "messages": [*OTHERS, {**OURS, "ts": "7.1"}]})

    assert slack.find_message("C1", CARD, since=START) == "7.1"


@pytest.mark.parametrize("answer", NO_OBJECT)
def test_a_channel_whose_answer_cannot_be_read_may_hold_the_card(
    slack: Slack, fake: FakeSlack, answer: bytes
) -> None:
    fake.answer("conversations.history", answer)

    with pytest.raises(OutcomeUnknown):
        slack.find_message("C1", CARD, since=START)


def test_an_address_that_grows_when_it_is_escaped_is_not_cut_in_a_sign(slack: Slack, fake: FakeSlack) -> None:
    slack.post(
        "C1", draw_card(review(owners=tuple(f"{'&' * length}@example.com" for length in range(14, 34))))
    )

    [message] = fake.messages("C1")
    assert find_problems(message, surface="message") == []
