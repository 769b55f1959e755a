"""The stand-in for Workflows itself: it posts what a flow posts, and fails as flows fail."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.edge.sample_adaptive_card import GOOD
from tests.edge.workflows_sink import LARGEST, SIG, WorkflowsSink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.edge.adaptive_cards import Json

CARD_TYPE = "application/vnd.microsoft.card.adaptive"


@pytest.fixture
def sink() -> Iterator[WorkflowsSink]:
    with WorkflowsSink(hang_seconds=0.3) as sink:
        yield sink


def message(card: Json = GOOD) -> Json:
    return {
        "type": "message",
        "attachments": [{"contentType": CARD_TYPE, "contentUrl": None, "content": copy.deepcopy(card)}],
    }


def sent(sink: WorkflowsSink, content: Any, *, url: str | None = None) -> requests.Response:
    return requests.post(url or sink.url, json=content, timeout=60)


def card_of(content: Json) -> Json:
    card: Json = content["attachments"][0]["content"]
    return card


UNPOSTABLE: dict[str, Callable[[Json], object]] = {
    "text": lambda content: content.update(text="Hello"),
    "a bare card": lambda content: content.update(attachments=[], **card_of(content)),
    "two cards": lambda content: content["attachments"].append(content["attachments"][0]),
    "another type of content": lambda content: content["attachments"][0].update(contentType="text/html"),
    "an address of the content": lambda content: content["attachments"][0].update(contentUrl="https://x"),
    "a later version": lambda content: card_of(content).update(version="1.5"),
    "no card by the schema": lambda content: card_of(content)["body"].append({"type": "TextBlok"}),
    "a button for a bot": lambda content: card_of(content).update(
        actions=[{"type": "Action.Submit", "title": "Acknowledge"}]
    ),
}


def test_a_card_in_its_envelope_is_accepted_and_posted(sink: WorkflowsSink) -> None:
    answer = sent(sink, message())

    assert (answer.status_code, answer.content) == (202, b"")
    assert (sink.posts, sink.failed) == ([GOOD], [])


@pytest.mark.parametrize("way", UNPOSTABLE)
def test_what_can_not_be_posted_is_accepted_and_only_the_history_tells(sink: WorkflowsSink, way: str) -> None:
    content = message()
    UNPOSTABLE[way](content)

    assert sent(sink, content).status_code == 202
    assert sink.posts == []
    assert len(sink.failed) == 1


def test_a_request_without_the_secret_is_refused(sink: WorkflowsSink) -> None:
    assert sent(sink, message(), url=sink.url.replace(SIG, "other")).status_code == 401
    assert sent(sink, message(), url=sink.url.split("&sig=", maxsplit=1)[0]).status_code == 401
    assert sent(sink, message(), url=sink.url.replace("/invoke", "/other")).status_code == 404
    assert sink.posts == []


def test_what_is_too_large_or_no_json_is_refused(sink: WorkflowsSink) -> None:
    large = message({**GOOD, "fallbackText": "x" * LARGEST})
    untyped = requests.post(sink.url, data=json.dumps(message()), timeout=60)

    assert (sent(sink, large).status_code, untyped.status_code) == (413, 400)
    assert sink.posts == []


@pytest.mark.parametrize(("mode", "posted"), [("500", 0), ("500_after", 1), ("429", 0)])
def test_a_fault_strikes_before_or_after_the_post(sink: WorkflowsSink, mode: str, posted: int) -> None:
    sink.fail(mode, headers={"Retry-After": "7"}, body=b"busy")

    answer = sent(sink, message())

    assert (str(answer.status_code), answer.text) == (mode.removesuffix("_after"), "busy")
    assert answer.headers["Retry-After"] == "7"
    assert len(sink.posts) == posted
    assert sent(sink, message()).status_code == 202


@pytest.mark.parametrize(("mode", "posted"), [("hang", 0), ("hang_after", 1), ("drop", 0), ("drop_after", 1)])
def test_what_became_of_a_request_without_an_answer_is_unknown(
    sink: WorkflowsSink, mode: str, posted: int
) -> None:
    sink.fail(mode)

    with pytest.raises(requests.ConnectionError):
        sent(sink, message())
    assert len(sink.posts) == posted


def test_a_mode_that_there_is_not_is_said_at_once(sink: WorkflowsSink) -> None:
    with pytest.raises(ValueError, match="no such mode"):
        sink.fail("sulk")
