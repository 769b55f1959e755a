"""What is refused, and that the refused person is told why."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests

from demo import ALICE, DEEP, OLGA, signature
from tests.journeys.installation import WEBHOOK_SECRET
from tests.journeys.running_installation import (
    DANA_IN_SLACK,
    OLGA_IN_SLACK,
    RunningInstallation,
    actions,
    fields,
    omit_changes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.edge.slack_state import Json

SIGNATURE = "x-docspace-signature-256"
LARGEST = 256 * 1024
BODY = json.dumps(
    {
        "event": {"id": 1, "trigger": "file.updated"},
        "payload": {"id": 77, "parentId": DEEP},
        "webhook": {"id": 1},
    }
).encode()


def address(opened: RunningInstallation) -> str:
    return f"{opened.product.url}/docspace/webhook"


def post(opened: RunningInstallation, body: bytes, header: bytes | None) -> requests.Response:
    headers = {"Content-Type": "application/json"} | ({} if header is None else {SIGNATURE: header})
    return requests.post(address(opened), data=body, headers=headers, timeout=60)


def signed(body: bytes, secret: str = WEBHOOK_SECRET) -> bytes:
    return signature(secret, body).encode()


def assert_says_little(answer: requests.Response, status: int) -> None:
    """Hold an answer of the receiver against the rule: short, plain, no cause from inside."""
    assert answer.status_code == status
    assert len(answer.text) < 100
    assert "Traceback" not in answer.text
    assert ".py" not in answer.text


def test_the_probe_of_the_portal_is_answered(serving: RunningInstallation) -> None:
    answer = requests.head(address(serving), timeout=60)

    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    "header",
    [
        None,
        b"",
        signed(BODY, "Wrong!Secret2026"),
        signed(BODY + b" "),
        signed(BODY).removeprefix(b"sha256="),
        b"sha256=" + b"z" * 64,
        b"sha256=",
        "sha256=žluťoučký".encode(),
        b"sha256=\xff\xfe" + b"0" * 62,
    ],
)
def test_a_body_without_its_signature_is_refused(serving: RunningInstallation, header: bytes | None) -> None:
    assert_says_little(post(serving, BODY, header), 401)


@pytest.mark.parametrize(
    "body",
    [b"[]", b"[1, 2]", b'"text"', b"7", b"null", b"", b"{", b"\x00\xff\xfe", b"[" * 100_000],
    ids=lambda body: repr(body[:12]),
)
def test_a_signed_body_that_is_no_object_is_refused(serving: RunningInstallation, body: bytes) -> None:
    assert_says_little(post(serving, body, signed(body)), 400)


def test_a_body_is_taken_up_to_the_largest_size_and_no_further(serving: RunningInstallation) -> None:
    allowed, larger = BODY.ljust(LARGEST), BODY.ljust(LARGEST + 1)

    taken = post(serving, allowed, signed(allowed))
    refused = post(serving, larger, signed(larger))

    assert_says_little(taken, taken.status_code)
    assert taken.status_code in {200, 202}
    assert_says_little(refused, 413)


def test_a_body_without_a_length_is_taken_up_to_the_largest_size(serving: RunningInstallation) -> None:
    taken = post_chunked(serving, BODY.ljust(LARGEST), signed(BODY.ljust(LARGEST)))

    assert taken.status_code in {200, 202}


def test_a_larger_body_without_a_length_is_refused(serving: RunningInstallation) -> None:
    larger = BODY.ljust(LARGEST * 2)

    assert_says_little(post_chunked(serving, larger, signed(larger)), 413)


def test_a_signature_over_the_beginning_of_a_body_is_refused(serving: RunningInstallation) -> None:
    allowed = BODY.ljust(LARGEST)

    assert post_chunked(serving, allowed + b"more", signed(allowed)).status_code in {401, 413}


def post_chunked(opened: RunningInstallation, body: bytes, header: bytes) -> requests.Response:
    def parts() -> Iterator[bytes]:
        for start in range(0, len(body), 64 * 1024):
            yield body[start : start + 64 * 1024]

    return requests.post(address(opened), data=parts(), headers={SIGNATURE: header}, timeout=60)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_no_other_method_is_allowed(serving: RunningInstallation, method: str) -> None:
    assert_says_little(requests.request(method, address(serving), timeout=60), 405)


def test_a_request_that_is_no_http_does_not_end_the_server(serving: RunningInstallation) -> None:
    host = urlsplit(serving.product.url).netloc
    connection = http.client.HTTPConnection(host, timeout=60)
    connection.putrequest("POST", "/docspace/webhook")
    connection.putheader("Content-Length", "-5")
    connection.endheaders()
    connection.getresponse().read()
    connection.close()

    assert serving.product.health()["status"] == "ok"


def test_an_unsigned_click_is_refused_and_changes_nothing(serving: RunningInstallation) -> None:
    title = "Forged click.docx"
    file = serving.save(title)
    card = serving.card(title)
    payload = {"payload": json.dumps({"type": "block_actions", "user": {"id": OLGA_IN_SLACK}})}

    answer = requests.post(f"{serving.product.url}/slack/events", data=payload, timeout=60)

    assert answer.status_code == 401
    assert [as_read(each) for each in serving.cards(title)] == [as_read(card)]
    assert serving.reviews(file)[0]["answers"] == []


def test_changes_are_requested_through_a_form_with_a_note(serving: RunningInstallation) -> None:
    title, note = "Needs work.docx", "Section 4 still names <the old> threshold & sum."
    file = serving.save(title)
    assert serving.click(OLGA_IN_SLACK, serving.card(title), "request_changes") == 200
    [form] = serving.slack.wait_for(lambda: serving.slack.modals(OLGA_IN_SLACK))

    empty = serving.side.submit_view(OLGA_IN_SLACK, form, {"note": {"text": None}})
    kept_open = serving.slack.modals(OLGA_IN_SLACK)
    sent = serving.side.submit_view(OLGA_IN_SLACK, form, {"note": {"text": note}})

    assert (empty.status, empty.json()["response_action"], len(kept_open)) == (200, "errors", 1)
    assert (sent.status, sent.body.strip(), serving.slack.modals(OLGA_IN_SLACK)) == (200, b"", [])
    card = serving.card(title, "Changes requested", "&lt;the old&gt; threshold &amp; sum.")
    assert "acknowledge_review" not in actions(card)
    [review] = serving.reviews(file)
    [answer] = review["answers"]
    assert review["state"] == "changes_requested"
    assert (answer["decision"], answer["note"]) == ("request_changes", note)


def test_someone_who_may_not_answer_is_told_so_in_private(serving: RunningInstallation) -> None:
    title = "Not yours.docx"
    file = serving.save(title)
    card = serving.card(title)

    reply = serving.click_in_vain(DANA_IN_SLACK, card)

    assert "Only the owners of this folder and their deputies may answer" in reply
    assert OLGA.display_name in reply
    assert_is_still_open(serving, file.id, card, title)


def test_no_one_reviews_their_own_change(serving: RunningInstallation) -> None:
    title = "Her own.docx"
    file = serving.save(title, by=OLGA.id)
    card = serving.card(title)

    reply = serving.click_in_vain(OLGA_IN_SLACK, card)

    assert "You changed this document yourself" in reply
    assert_is_still_open(serving, file.id, card, title)


def test_an_answer_to_an_older_revision_is_refused(serving: RunningInstallation) -> None:
    title = "Moving on.docx"
    file = serving.save(title)
    old = serving.card(title)
    serving.portal.save(file.id, by=ALICE.id)
    serving.sent()
    fresh = serving.card(title, "revision 2")
    assert fields(fresh)["Version"] == "3, 2 saves (revision 2)"

    reply = serving.click_in_vain(OLGA_IN_SLACK, old)

    assert "revision 1, now revision 2" in reply
    assert_is_still_open(serving, file.id, fresh, title)


def assert_is_still_open(opened: RunningInstallation, file_id: object, card: Json, title: str) -> None:
    """Check that nothing was recorded and that the card says what it said; drawn anew it may be."""
    listed: list[dict[str, Any]] = opened.product.json("reviews", "list")
    [review] = [review for review in listed if review["file_id"] == str(file_id)]
    assert (review["state"], review["answers"]) == ("open", [])
    assert [as_read(each) for each in opened.cards(title)] == [as_read(card)]


def as_read(card: Json) -> Json:
    return {name: value for name, value in omit_changes(card).items() if name != "edited"}
