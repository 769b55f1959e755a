"""What each answer of a workflow means, also one that does not end or never comes."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from notifiers.teams import Teams
from notifiers.teams.connector import ANSWER_TIMEOUT_SECONDS
from reviews.cards.card_drawing import draw_card
from reviews.errors import OutcomeUnknown, Permanent, RemoteError, TryLater
from tests.edge.adaptive_cards import read_card_text
from tests.edge.http_sink import UNREACHABLE, HttpSink
from tests.edge.workflows_sink import SIG, WorkflowsSink
from tests.notifiers.surroundings import LINK
from tests.notifiers.workflows import failure, posted
from tests.reviews.samples import review

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HIDDEN = b"Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error %d"


@pytest.mark.parametrize(("status", "body"), [("202", b""), ("200", b"1"), ("201", b'{"id": "x"}')])
def test_any_success_means_accepted(sink: WorkflowsSink, status: str, body: bytes) -> None:
    sink.fail(f"{status}_after", body=body)

    assert read_card_text(posted(sink, review()))


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "99999"}, 3600),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, ANSWER_TIMEOUT_SECONDS),
        ({"Retry-After": "0"}, ANSWER_TIMEOUT_SECONDS),
        ({}, ANSWER_TIMEOUT_SECONDS),
    ],
)
def test_a_workflow_that_is_busy_is_left_alone_for_as_long_as_it_asks(
    sink: WorkflowsSink, headers: dict[str, str], after: float
) -> None:
    sink.fail("429", headers=headers)

    error = failure(sink.url)

    assert isinstance(error, TryLater)
    assert not isinstance(error, OutcomeUnknown)
    assert error.retry_after == after


@pytest.mark.parametrize(
    ("status", "kind"), [(429, TryLater), (500, OutcomeUnknown), (404, Permanent), (413, Permanent)]
)
def test_a_success_that_hides_a_failure_is_that_failure(
    sink: WorkflowsSink, status: int, kind: type[RemoteError]
) -> None:
    sink.fail("200", body=HIDDEN % status)

    error = failure(sink.url)

    assert type(error) is kind
    assert f"({status})" in str(error)


@pytest.mark.parametrize(
    "mode", ["500", "500_after", "502", "504", "hang", "hang_after", "drop", "drop_after"]
)
def test_where_it_is_unknown_whether_it_was_accepted_that_is_said(sink: WorkflowsSink, mode: str) -> None:
    sink.fail(mode)

    patience = 0.3 if mode.startswith("hang") else 60.0

    assert type(failure(sink.url, patience=patience)) is OutcomeUnknown


@contextmanager
def trickling(status: str, *, pieces: bytes) -> Iterator[str]:
    """Yield the address of a flow whose answer begins at once, and whose text goes on for long."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def trickle() -> None:
            with server.accept()[0] as talk, suppress(OSError):
                talk.recv(65536)
                talk.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 99999999\r\n\r\n".encode())
                while not over.wait(0.02):
                    talk.sendall(pieces)

        thread = threading.Thread(target=trickle, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/?sig={SIG}"
        over.set()
        thread.join()


@pytest.mark.parametrize("pieces", [b".", b"." * 100_000])
def test_an_answer_that_does_not_end_holds_up_nothing(pieces: bytes) -> None:
    began = time.monotonic()

    with trickling("202 Accepted", pieces=pieces) as address:
        Teams({"eu-1": address}, lambda _: LINK, timeout=2).post("eu-1", draw_card(review()))
        took = time.monotonic() - began

    assert took < 60


def test_a_status_counts_though_its_text_never_comes() -> None:
    with trickling("429 Slow", pieces=b"") as address:
        error = failure(address, patience=2)

    assert type(error) is TryLater


@pytest.mark.parametrize("mode", ["503", "408"])
def test_what_was_surely_not_accepted_is_tried_again(sink: WorkflowsSink, mode: str) -> None:
    sink.fail(mode)

    assert type(failure(sink.url)) is TryLater


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (400, "check in Power Automate that it is turned on"),
        (401, "let it accept requests from 'Anyone'"),
        (403, "ask your administrator"),
        (404, "it was deleted, or its owner left; create it again"),
        (410, "it was deleted, or its owner left; create it again"),
        (413, "too large"),
        (405, "refuses the card"),
    ],
)
def test_a_refusal_is_final_and_says_what_to_do(sink: WorkflowsSink, status: int, advice: str) -> None:
    sink.fail(str(status), body=b"{}")

    error = failure(sink.url)

    assert isinstance(error, Permanent)
    assert advice in str(error)
    assert f"({status})" in str(error)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_card_does_not_follow_where_an_address_sends_it(sink: WorkflowsSink, status: int) -> None:
    with HttpSink() as elsewhere:
        sink.fail(str(status), headers={"Location": f"http://{elsewhere.place}/?sig={SIG}"})

        error = failure(sink.url)

    assert isinstance(error, Permanent)
    assert "redirects" in str(error)
    assert elsewhere.sent == []


def test_what_the_machine_keeps_for_the_host_is_not_sent_along(
    sink: WorkflowsSink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("default login other password other\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))

    posted(sink, review())

    assert "authorization" not in sink.requests[0].headers


def test_an_address_where_no_server_listens_was_sent_nothing(sink: WorkflowsSink) -> None:
    for address in (f"http://{UNREACHABLE}/?sig={SIG}", f"http://nowhere.invalid/?sig={SIG}"):
        assert type(failure(address)) is TryLater
    assert type(failure(sink.url.replace("http:", "https:"))) is TryLater  # no TLS there
    assert sink.requests == []


def test_an_address_that_no_library_takes_does_not_stand_in_the_error() -> None:
    assert isinstance(failure(f"http://a..b/?sig={SIG}"), OutcomeUnknown)
    assert isinstance(failure(f"http://[::1/?sig={SIG}"), OutcomeUnknown)
