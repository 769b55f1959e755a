"""What an authority answers is checked before it is kept; anything else is a failure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from runtime.evidence.timestamp_client import TimestampClient
from runtime.evidence.timestamping import RETRY_INTERVAL, Timestamping
from tests.databases import ON_SQLITE
from tests.edge.fake_authority import (
    REPLY_TYPE,
    FakeAuthority,
    build_rejection,
    certify_authority,
    set_status,
)
from tests.edge.http_sink import UNREACHABLE
from tests.edge.loopback import Dropped, Reply
from tests.runtime.timestamped_ledger import TimestampedLedger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import sqlalchemy as sa

    from tests.edge.loopback import Request

SECOND = timedelta(seconds=1)


@pytest.fixture
def authority() -> Iterator[FakeAuthority]:
    with FakeAuthority() as fake:
        yield fake


@pytest.fixture
def signed(engine: sa.Engine, authority: FakeAuthority) -> TimestampedLedger:
    signed = TimestampedLedger(engine)
    signed.use_authority(authority)
    signed.grow(5)
    authority.time = signed.clock.now
    return signed


def reply_with(
    body: bytes = b"", status: int = 200, content_type: str = REPLY_TYPE
) -> Callable[[Request], Reply]:
    return lambda _request: Reply(status, body, content_type=content_type)


@ON_SQLITE
@pytest.mark.parametrize("digits", [0, 3, 6])
def test_a_time_with_a_fraction_is_taken_to_the_second(
    signed: TimestampedLedger, authority: FakeAuthority, digits: int
) -> None:
    authority.digits = digits

    signed.timestamping.ask_due()

    stored = signed.find_timestamp()
    assert stored is not None
    assert stored.time == authority.time.replace(microsecond=0)


@ON_SQLITE
def test_a_timestamp_that_is_granted_with_modifications_is_not_kept(
    signed: TimestampedLedger, authority: FakeAuthority
) -> None:
    def modify(request: Request) -> Reply:
        return Reply(200, set_status(authority.timestamp(request.body), 1), content_type=REPLY_TYPE)

    authority.answer = modify

    signed.timestamping.ask_due()

    assert signed.find_timestamp() is None
    assert signed.read_attempt().failure == f"{NOT_HELD}its status is granted with mods"


NOT_HELD = "its answer does not hold: "


@ON_SQLITE
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (reply_with(build_rejection(2, "bad\nrequest")), "its status is rejection: bad request"),
        (reply_with(build_rejection(2, "n" * 500)), f"its status is rejection: {'n' * 188}…"),
        (reply_with(build_rejection(3)), "its status is waiting"),
        (reply_with(build_rejection(4)), "its status is revocation warning"),
        (reply_with(build_rejection(5)), "its status is revocation notification"),
        (reply_with(build_rejection(77)), "its status is status 77"),
        (reply_with(build_rejection(0)), "it is not an answer as RFC 3161 has it"),
        (reply_with(), "it is not an answer as RFC 3161 has it"),
        (reply_with(b"\x30\x03no"), "it is not an answer as RFC 3161 has it"),
    ],
)
def test_an_answer_without_a_timestamp_is_a_failure(
    signed: TimestampedLedger, authority: FakeAuthority, answer: Callable[[Request], Reply], reason: str
) -> None:
    authority.answer = answer

    signed.timestamping.ask_due()

    assert signed.read_attempt().failure == f"{NOT_HELD}{reason}"
    assert signed.find_timestamp() is None


def drop(_request: Request) -> Reply:
    raise Dropped


@ON_SQLITE
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (reply_with(status=400), "it answers with an error (400)"),
        (reply_with(status=204), "it answers with an error (204)"),
        (reply_with(b"<html>", content_type="text/html"), "its answer is not application/timestamp-reply"),
        (reply_with(b"\x30" * 70_000), "no answer (AnswerTooLarge)"),
        (drop, "no answer (ConnectionError)"),
        (
            lambda _request: Reply(307, b"", headers={"Location": "http://127.0.0.1:1/"}),
            "it redirects (307), which is not followed",
        ),
    ],
)
def test_what_is_no_answer_of_an_authority_is_a_failure(
    signed: TimestampedLedger, authority: FakeAuthority, answer: Callable[[Request], Reply], reason: str
) -> None:
    authority.answer = answer

    signed.timestamping.ask_due()

    assert (signed.read_attempt().failure or "").startswith(reason)
    assert signed.find_timestamp() is None


@ON_SQLITE
def test_an_authority_that_is_not_there_or_hangs_is_a_failure(
    signed: TimestampedLedger, authority: FakeAuthority
) -> None:
    def hang(request: Request) -> Reply:
        authority.hang(60)
        return authority.reply_strictly(request)

    authority.answer = hang
    failures = []
    for url in (f"http://{UNREACHABLE}/tsr", authority.url):
        client = TimestampClient(url, roots=(), clock=signed.clock, seconds=0.2)
        signed.clock.now += RETRY_INTERVAL
        Timestamping(signed.engine, client, clock=signed.clock).ask_due()
        failures.append(signed.read_attempt().failure)
    authority.let_go()

    assert failures == ["no answer (ConnectionError)", "no answer (ReadTimeout)"]


@ON_SQLITE
@pytest.mark.parametrize(
    ("seconds", "is_kept"), [(-301, False), (-299, True), (0, True), (300, True), (302, False)]
)
def test_its_time_is_at_most_five_minutes_from_ours(
    signed: TimestampedLedger, authority: FakeAuthority, seconds: int, *, is_kept: bool
) -> None:
    authority.time = signed.clock.now + seconds * SECOND

    signed.timestamping.ask_due()

    assert (signed.find_timestamp() is not None) is is_kept
    assert is_kept or "UTC, is more than five minutes from ours" in (signed.read_attempt().failure or "")


def answer_another(authority: FakeAuthority, text: bytes) -> Callable[[Request], Reply]:
    """Return an answer to another request, about a text."""
    other = TimestampRequestBuilder(text, HashAlgorithm.SHA256).build()
    return lambda _request: Reply(200, authority.timestamp(other.as_bytes()), content_type=REPLY_TYPE)


@ON_SQLITE
@pytest.mark.parametrize("has_roots", [True, False])
def test_an_answer_for_another_request_or_text_is_not_kept(
    signed: TimestampedLedger, authority: FakeAuthority, *, has_roots: bool
) -> None:
    signed.use_authority(authority, roots=None if has_roots else ())
    failures = []
    for text in (b"another text", signed.read_stored().note.encode()):
        authority.answer = answer_another(authority, text)
        signed.ask_later(RETRY_INTERVAL)
        failures.append(signed.read_attempt().failure)

    assert signed.find_timestamp() is None
    assert failures == [
        f"{NOT_HELD}it is one of another text",
        f"{NOT_HELD}it answers another request: the nonce is another one",
    ]


@ON_SQLITE
def test_a_signature_that_no_trusted_root_leads_to_is_kept_only_where_none_is_verified(
    signed: TimestampedLedger, authority: FakeAuthority
) -> None:
    strange = certify_authority("Strange")
    authority.pair = strange.valid

    signed.timestamping.ask_due()

    assert signed.find_timestamp() is None
    assert signed.read_attempt().failure == (
        f"{NOT_HELD}its signature does not hold by the certificates given: "
        "unable to get local issuer certificate"
    )

    signed.use_authority(authority, roots=())
    signed.ask_later(RETRY_INTERVAL)

    assert signed.find_timestamp() is not None
