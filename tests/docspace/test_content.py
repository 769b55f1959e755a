"""The bytes of a version: all of them or an error."""

from __future__ import annotations

import hashlib
import time
import tracemalloc
from typing import TYPE_CHECKING

import pytest
import requests

from demo import (
    ALICE,
    BOB,
    COMPLIANCE,
    DRIVE_FOLDER,
    OLGA,
    ROOM,
    Cut,
    DemoPortal,
    Endless,
    FilledContent,
    PortalFile,
    RequestLimits,
    SignInPage,
    Slow,
    StoredContent,
    run_portal,
)
from docspace import errors
from docspace.answers import read_body
from docspace.client import Client
from docspace.http import Http
from docspace.limits import ConcurrencyLimit
from tests.docspace.odd_portal import FILE_HEAD, OddPortal
from tests.reviews.samples import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 2**20
HANDLER = "/filehandler.ashx"
DISPOSITION = {"Content-Disposition": "attachment"}


@pytest.fixture
def portal() -> DemoPortal:
    return DemoPortal(Clock())


@pytest.fixture
def policy(portal: DemoPortal) -> PortalFile:
    """A file with two versions."""
    portal.add_file("AML Policy.docx", COMPLIANCE, by=ALICE.id, file_id=7)
    return portal.add_version(7, by=BOB.id)


@pytest.fixture
def address(portal: DemoPortal) -> Iterator[str]:
    with run_portal(portal) as address:
        yield address


@pytest.fixture
def client(portal: DemoPortal, address: str) -> Client:
    return Client(Http(address, portal.api_key))


@pytest.mark.usefixtures("policy")
def test_each_version_has_its_own_bytes_with_their_hash(client: Client, portal: DemoPortal) -> None:
    first, second = (client.get_content("7", version, max_bytes=MIB) for version in (1, 2))

    expected = [version.content.read() for version in portal.file(7).versions]
    assert [first.data, second.data] == expected
    assert first.data != second.data
    assert first.sha256 == hashlib.sha256(first.data).hexdigest()


@pytest.mark.usefixtures("policy")
def test_the_size_of_a_version_is_that_of_its_bytes(client: Client) -> None:
    for version in (1, 2):
        file = client.get_file("7", version=version)

        assert (file.version, file.size) == (
            version,
            len(client.get_content("7", version, max_bytes=MIB).data),
        )


def test_a_file_of_connected_storage_has_its_newest_bytes_only(client: Client, portal: DemoPortal) -> None:
    letter = portal.add_file("Letter.docx", DRIVE_FOLDER, by=OLGA.id, file_id="drive-57-|1A/b&c")
    saved = portal.save(letter.id, by=BOB.id)

    content = client.get_content(str(letter.id), 1, max_bytes=MIB)

    assert content.data == saved.current.content.read() != letter.current.content.read()


@pytest.mark.usefixtures("policy")
def test_what_is_missing_or_forbidden_is_said(client: Client, portal: DemoPortal, address: str) -> None:
    stranger = Client(Http(address, portal.add_key("a-person-without-an-account")))

    with pytest.raises(errors.NotFound):
        client.get_content("8", 1, max_bytes=MIB)
    with pytest.raises(errors.NotFound):
        client.get_content("7", 3, max_bytes=MIB)
    with pytest.raises(errors.Forbidden):
        stranger.get_content("7", 1, max_bytes=MIB)
    assert client.get_content("7", 2, max_bytes=MIB)


def test_a_file_may_be_as_large_as_the_limit_and_no_larger(client: Client, portal: DemoPortal) -> None:
    portal.add_file("Film.mp4", COMPLIANCE, by=ALICE.id, file_id=9, content=FilledContent(MIB))

    assert client.get_content("9", 1, max_bytes=MIB).data == b"x" * MIB
    with pytest.raises(errors.FileTooLarge, match="more than 1048575 bytes"):
        client.get_content("9", 1, max_bytes=MIB - 1)


def test_an_empty_file_is_a_file(client: Client, portal: DemoPortal) -> None:
    portal.add_file("Empty.txt", COMPLIANCE, by=ALICE.id, file_id=9, content=StoredContent(b""))

    assert client.get_content("9", 1, max_bytes=MIB).data == b""


@pytest.mark.usefixtures("policy")
def test_a_file_without_an_end_takes_no_more_memory_than_the_limit_allows(
    client: Client, portal: DemoPortal
) -> None:
    portal.faults.spoil(Endless(), path=HANDLER)
    tracemalloc.start()
    try:
        with pytest.raises(errors.FileTooLarge):
            client.get_content("7", 1, max_bytes=8 * MIB)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 3 * 8 * MIB


def test_a_length_beyond_the_limit_is_enough_to_refuse() -> None:
    def announce_five_gigabytes() -> Iterator[bytes]:
        yield FILE_HEAD + b"Content-Length: 5368709120\r\n\r\n"
        yield b"x" * MIB

    with OddPortal(announce_five_gigabytes) as odd, pytest.raises(errors.FileTooLarge):
        Client(Http(odd.address, "sk-1")).get_content("7", 1, max_bytes=MIB)


@pytest.mark.usefixtures("policy")
def test_a_byte_now_and_then_ends_at_the_deadline(client: Client, portal: DemoPortal) -> None:
    portal.faults.spoil(Slow(0.05), path=HANDLER)
    started = time.monotonic()

    with pytest.raises(errors.Unavailable, match="too long"):
        client.get_content("7", 1, max_bytes=MIB, seconds=0.3)

    assert time.monotonic() - started < 10
    assert client.get_content("7", 1, max_bytes=MIB)


def test_an_answer_of_the_interface_that_comes_by_single_bytes_ends_at_the_deadline_too() -> None:
    def drip() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
        while not odd.left.wait(0.05):
            yield b" "

    with (
        OddPortal(drip) as odd,
        requests.get(odd.address, stream=True, timeout=60) as response,
        pytest.raises(errors.Unavailable, match="too long"),
    ):
        read_body(response, seconds=0.3)


@pytest.mark.usefixtures("policy")
@pytest.mark.parametrize("after", [0, 1, 5000])
def test_a_file_that_breaks_off_is_not_a_short_file(client: Client, portal: DemoPortal, after: int) -> None:
    portal.faults.spoil(Cut(after), path=HANDLER)

    with pytest.raises(errors.Unavailable):
        client.get_content("7", 1, max_bytes=MIB)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (FILE_HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "did not answer"),
        (FILE_HEAD + b"\r\nhello", "without its length"),
        (FILE_HEAD + b"Content-Length: many\r\n\r\nhello", "without its length"),
        (FILE_HEAD + b"Content-Length: 5\r\nContent-Encoding: gzip\r\n\r\nhello", "compressed"),
        (b"HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n\r\nhello", "206"),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "302"),
        (b"nonsense\r\n\r\n", "did not answer"),
        (b"", "did not answer"),
    ],
)
def test_half_an_answer_is_an_outage(answer: bytes, reason: str) -> None:
    with OddPortal(lambda: [answer]) as odd, pytest.raises(errors.Unavailable, match=reason):
        Client(Http(odd.address, "sk-1")).get_content("7", 1, max_bytes=MIB)


def test_a_file_in_chunks_is_whole_when_they_end() -> None:
    body = b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
    with OddPortal(lambda: [FILE_HEAD + body]) as odd:
        content = Client(Http(odd.address, "sk-1")).get_content("7", 1, max_bytes=11)

    assert content.data == b"hello world"


@pytest.mark.usefixtures("policy")
def test_a_page_on_which_people_sign_in_is_not_the_document(client: Client, portal: DemoPortal) -> None:
    portal.faults.spoil(SignInPage(), path=HANDLER)

    with pytest.raises(errors.Unavailable, match="something else"):
        client.get_content("7", 1, max_bytes=MIB)


def test_an_error_of_the_interface_with_status_200_is_not_the_document(
    client: Client, portal: DemoPortal
) -> None:
    portal.faults.answer(200, path=HANDLER)

    with pytest.raises(errors.Unavailable, match="something else"):
        client.get_content("7", 1, max_bytes=MIB)


@pytest.mark.parametrize("title", ["Page.html", "Data.json"])
def test_a_document_may_itself_be_a_page(client: Client, portal: DemoPortal, title: str) -> None:
    portal.add_file(title, COMPLIANCE, by=ALICE.id, file_id=9, content=StoredContent(b"<html>"))

    assert client.get_content("9", 1, max_bytes=MIB).data == b"<html>"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, errors.BadRequest),
        (401, errors.KeyRefused),
        (402, errors.KeyRefused),
        (403, errors.Forbidden),
        (404, errors.NotFound),
        (429, errors.Throttled),
        (500, errors.ServerFailed),
        (503, errors.Unavailable),
    ],
)
def test_each_status_has_its_error(
    client: Client, portal: DemoPortal, status: int, expected: type[Exception]
) -> None:
    portal.faults.answer(status, path=HANDLER)

    with pytest.raises(expected):
        client.get_content("7", 1, max_bytes=MIB)


@pytest.mark.usefixtures("policy")
def test_each_call_of_the_portal_takes_a_permit(portal: DemoPortal, address: str) -> None:
    permits = [0.0, 0.0, 7.0]
    client = Client(Http(address, portal.api_key, lambda: permits.pop(0)))
    portal.faults.redirect(f"{HANDLER}?action=stream&fileid=7", path=HANDLER)

    assert client.get_content("7", 1, max_bytes=MIB)
    with pytest.raises(errors.OwnLimitReached) as raised:
        client.get_content("7", 1, max_bytes=MIB)

    assert raised.value.retry_after == 7
    assert len(portal.faults.calls(HANDLER)) == 2


@pytest.mark.usefixtures("policy")
def test_a_download_holds_no_slot_while_it_waits_for_its_permit(portal: DemoPortal, address: str) -> None:
    share = ConcurrencyLimit(limit=1)

    def take_permit() -> float:
        with share.hold_slot(timeout=0):  # as another call would
            return 0.0

    client = Client(Http(address, portal.api_key, take_permit, share, timeout=5))

    assert client.get_content("7", 1, max_bytes=MIB)


@pytest.mark.usefixtures("policy")
def test_a_download_is_one_of_the_calls_under_way(portal: DemoPortal, address: str) -> None:
    share = ConcurrencyLimit(limit=1)
    client = Client(Http(address, portal.api_key, concurrency_limit=share, timeout=0.05))

    with share.hold_slot(timeout=1), pytest.raises(errors.OwnLimitReached):
        client.get_content("7", 1, max_bytes=MIB)

    assert portal.faults.calls(HANDLER) == []


def test_the_portals_own_limits_count_downloads() -> None:
    portal = DemoPortal(Clock(), limits=RequestLimits(per_minute=1))
    portal.add_file("AML Policy.docx", COMPLIANCE, by=ALICE.id, file_id=7)
    with run_portal(portal) as address:
        client = Client(Http(address, portal.api_key))
        assert client.get_content("7", 1, max_bytes=MIB)

        with pytest.raises(errors.Throttled):
            client.get_content("7", 1, max_bytes=MIB)


@pytest.mark.usefixtures("policy")
def test_a_download_is_no_event_and_stands_in_no_log(client: Client, portal: DemoPortal) -> None:
    before = client.list_actions("7", since=Clock()())

    client.get_content("7", 1, max_bytes=MIB)

    assert portal.emitted == []
    assert client.list_actions("7", since=Clock()()) == before == []
    assert portal.room(portal.file(7)) == portal.folder(ROOM)
