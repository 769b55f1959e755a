"""Requests before a thread is taken for them: read against a deadline, refused by their headers."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from flask import Request

from runtime.web.body_limits import BODY_RULES, FORM, get_body_limit
from runtime.web.event_writer import AsyncCommit, GroupCommit
from runtime.web.rsgi_server import LARGE_BODIES, SMALL_BODY, RsgiServer, build_environ
from tests.demo.captures import CLASSIC, CLASSIC_SECRET, CLASSIC_SIGNATURE
from webhook.receiver import Receiver, StoreUnavailable
from webhook.signature import HEADER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from reviews.model import ChangeEvent

NOW = 1_790_000_000  # seconds since 1970
GENUINE = {
    "/docspace/webhook": {"HTTP_X_DOCSPACE_SIGNATURE_256": f"sha256={'a' * 64}"},
    "/slack/events": {
        "HTTP_X_SLACK_REQUEST_TIMESTAMP": str(NOW),
        "HTTP_X_SLACK_SIGNATURE": f"v0={'a' * 64}",
    },
    "/teams/messages": {"HTTP_AUTHORIZATION": "Bearer e30.e30.e30"},
    "/teams/command": {"HTTP_AUTHORIZATION": f"HMAC {'a' * 43}="},
    "/ack/token": {},
}


class Scope:
    """What Granian says of a request (its RSGI specification, 1.5)."""

    server, client, scheme, http_version = "127.0.0.1:3000", "[::1]:5000", "http", "1.1"
    query_string = "a=%20"

    def __init__(self, *headers: tuple[str, str], method: str = "POST", path: str = "/ack/t") -> None:
        self.method, self.path, self.headers = method, path, dict(headers)


class Unescaped(Scope):
    """A request with a query that was sent without escapes, which granian takes as UTF-8."""

    query_string = "a=☃"


class Exchange:
    """A request of which these pieces come, and the response to it; without pieces the body never comes."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = pieces
        self.read = 0
        self.answer: tuple[int, dict[str, str], bytes] | None = None

    async def __call__(self) -> bytes:
        return b"".join([piece async for piece in self])

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if not self._pieces:
            await asyncio.Event().wait()
        for piece in self._pieces:
            self.read += len(piece)
            yield piece

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answer = (status, dict(headers), body)


def echo(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def ask(exchange: Exchange, *headers: tuple[str, str], seconds: float = 10) -> Any:
    scope: Any = Scope(*headers)
    asyncio.run(RsgiServer(echo, receiver(), seconds=seconds).serve(scope, exchange))  # type: ignore[arg-type]
    return exchange.answer


def receiver(
    write: Callable[[list[ChangeEvent]], list[bool]] = lambda events: [True] * len(events),
) -> Receiver:
    """Return a receiver that writes with `write`."""
    writer = AsyncCommit(GroupCommit(write))

    async def receive_later(event: ChangeEvent) -> bool:
        try:
            return await writer.submit(event)
        except OSError as error:
            raise StoreUnavailable(type(error).__name__) from error

    return Receiver(lambda _event: True, [CLASSIC_SECRET], receive_async=receive_later)


def test_without_a_receiver_a_delivery_is_handed_to_the_application() -> None:
    exchange = Exchange(b"12345")
    scope: Any = Scope(
        ("content-length", "5"),
        ("x-docspace-signature-256", f"sha256={'0' * 64}"),
        path="/docspace/webhook",
    )

    asyncio.run(RsgiServer(echo, None).serve(scope, exchange))  # type: ignore[arg-type]

    assert exchange.answer == (200, {"Content-Length": "5"}, b"12345")


def test_a_body_that_does_not_arrive_is_given_up_with_a_sentence() -> None:
    status, headers, body = ask(Exchange(), ("content-length", "5"), seconds=0.01)

    assert (status, headers["Connection"]) == (408, "close")
    assert body == b"The body did not arrive within 10 seconds.\n"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("headers", [[("content-length", "5")], [("transfer-encoding", "chunked")]])
def test_a_body_that_arrives_is_handed_on_whole(headers: list[tuple[str, str]]) -> None:
    assert ask(Exchange(b"ab", b"cde"), *headers)[2] == b"abcde"


def test_of_a_body_without_a_length_no_more_is_read_than_shows_that_it_is_too_large() -> None:
    exchange = Exchange(*[b"x" * 1024] * 1000)

    ask(exchange, ("transfer-encoding", "chunked"))

    assert exchange.read == FORM.max_bytes + 1024


@pytest.mark.parametrize("path", GENUINE)
def test_a_body_is_read_where_the_headers_can_be_genuine_and_not_where_they_cannot(path: str) -> None:
    largest = BODY_RULES.get(path, FORM).max_bytes
    asked = {"REQUEST_METHOD": "POST", "PATH_INFO": path, "CONTENT_LENGTH": str(largest)}

    def read(**changed: str) -> int:
        return get_body_limit(asked | GENUINE[path] | changed, now=NOW)

    assert read() == largest
    assert read(PATH_INFO=f"{path}/") == largest
    assert read(CONTENT_LENGTH=str(largest + 1)) == 0
    assert read(CONTENT_LENGTH="9" * 5000) == 0
    assert read(REQUEST_METHOD="GET") == 0
    for name in GENUINE[path]:
        assert read(**{name: "junk"}) == 0


@pytest.mark.parametrize(("age", "is_read"), [(300, True), (301, False), (-300, True), (-301, False)])
def test_a_request_of_slack_that_was_signed_long_ago_or_in_the_future_is_not_read(
    age: int, *, is_read: bool
) -> None:
    asked = {"REQUEST_METHOD": "POST", "PATH_INFO": "/slack/events", "CONTENT_LENGTH": "2"}

    assert (get_body_limit(asked | GENUINE["/slack/events"], now=NOW + age) > 0) is is_read


def test_a_request_is_what_wsgi_says_of_it() -> None:
    scope: Any = Scope(("x-a", "1"), ("content-type", "text/plain"), ("x_a", "2"), path="/ü")

    environ = build_environ(scope)

    assert environ["PATH_INFO"].encode("latin-1").decode() == "/ü"
    assert (environ["REMOTE_ADDR"], environ["SERVER_PORT"]) == ("::1", "3000")
    assert (environ["CONTENT_TYPE"], environ["HTTP_X_A"]) == ("text/plain", "1")
    assert environ["QUERY_STRING"] == "a=%20"


def test_a_query_that_was_sent_without_escapes_can_be_read() -> None:
    """Werkzeug takes each character for a byte, and of one that is none Flask would make no request."""
    scope: Any = Unescaped(method="GET")

    request = Request(build_environ(scope))

    assert request.query_string == "a=☃".encode()
    assert request.args["a"] == "☃"


class LargeRequest(Exchange):
    """A large request; `most` is how many of them were being read on beyond their first piece at once."""

    reading = most = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"x" * (SMALL_BODY + 1)
        LargeRequest.reading += 1
        LargeRequest.most = max(LargeRequest.most, LargeRequest.reading)
        await asyncio.sleep(0)
        yield b"x"
        LargeRequest.reading -= 1


def test_of_large_bodies_only_so_many_are_read_at_once_and_a_small_one_passes_them_by() -> None:
    large, small = [LargeRequest() for _ in range(LARGE_BODIES + 3)], Exchange(b"abc")
    slack: Any = Scope(
        ("x-slack-request-timestamp", str(int(time.time()))),
        ("x-slack-signature", f"v0={'a' * 64}"),
        ("content-length", str(SMALL_BODY + 2)),
        path="/slack/events",
    )
    form: Any = Scope(("content-length", "3"))

    async def serve() -> None:
        gate: Any = RsgiServer(echo, receiver())
        waiting = [asyncio.create_task(gate.serve(slack, each)) for each in large]
        await gate.serve(form, small)
        await asyncio.gather(*waiting)

    asyncio.run(serve())

    assert [each.answer and each.answer[0] for each in [*large, small]] == [200] * (len(large) + 1)
    assert LargeRequest.most == LARGE_BODIES


def deliver(taken_by: Receiver, *deliveries: Exchange, signature: str = CLASSIC_SIGNATURE) -> None:
    scope: Any = Scope(
        (HEADER.lower(), signature), ("content-length", str(len(CLASSIC))), path="/docspace/webhook"
    )

    async def serve() -> None:
        gate = RsgiServer(blocked, taken_by)
        await asyncio.gather(*(gate.serve(scope, each) for each in deliveries))  # type: ignore[arg-type]

    asyncio.run(serve())


def blocked(_environ: object, _start_response: object) -> NoReturn:
    raise AssertionError("a delivery needs no thread")


def test_deliveries_take_no_thread_and_are_written_together() -> None:
    groups: list[int] = []

    def write(events: list[ChangeEvent]) -> list[bool]:
        groups.append(len(events))
        return [True, False][: len(events)]

    first, second = Exchange(CLASSIC), Exchange(CLASSIC)

    deliver(receiver(write), first, second)

    statuses = sorted(each.answer[0] for each in (first, second) if each.answer)
    assert sum(groups) == 2
    assert statuses in ([200, 202], [202, 202])
    assert first.answer is not None
    assert first.answer[1]["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("error", "status"), [(OSError, 503), (ValueError, 503)])
def test_a_delivery_that_can_not_be_written_down_has_to_come_again(
    error: type[Exception], status: int
) -> None:
    def write(_events: list[ChangeEvent]) -> list[bool]:
        raise error

    delivery = Exchange(CLASSIC)

    deliver(receiver(write), delivery)

    assert delivery.answer is not None
    assert delivery.answer[0] == status


def test_a_delivery_with_another_signature_is_refused_in_the_loop_too() -> None:
    written: list[ChangeEvent] = []
    delivery = Exchange(CLASSIC)

    def write(events: list[ChangeEvent]) -> list[bool]:
        written.extend(events)
        return [True] * len(events)

    deliver(receiver(write), delivery, signature=f"sha256={'A' * 64}")

    assert delivery.answer is not None
    assert (delivery.answer[0], written) == (401, [])
