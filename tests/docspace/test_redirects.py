"""Downloads that the portal redirects: the storage gets the address, and never the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import responses

from demo import (
    ALICE,
    BOB,
    COMPLIANCE,
    DemoPortal,
    PortalFile,
    run_portal,
)
from docspace import errors
from docspace.client import Client
from docspace.http import Http
from tests.edge.dripping_sender import ANSWERS, DrippingSender
from tests.edge.http_sink import UNREACHABLE
from tests.edge.loopback import Reply
from tests.reviews.samples import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

from tests.docspace.storage import running_storage

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
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_storage_gets_the_address_and_not_the_key(client: Client, portal: DemoPortal, status: int) -> None:
    with running_storage(Reply(200, b"stored", "application/octet-stream")) as storage:
        portal.faults.redirect(f"{storage.server.root}/bucket/7?sig=abc%2Bdef", path=HANDLER, status=status)
        content = client.get_content("7", 1, max_bytes=MIB)

    (request,) = storage.received
    assert content.data == b"stored"
    assert (request.method, request.path) == ("GET", "/bucket/7?sig=abc%2Bdef")
    assert "authorization" not in request.headers
    assert portal.api_key not in str(request)


@pytest.mark.usefixtures("policy")
def test_what_the_machine_keeps_for_a_storage_is_not_sent_there_either(
    client: Client, portal: DemoPortal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))

    with running_storage(Reply(200, b"stored", "text/plain", headers={"Set-Cookie": "a=b"})) as storage:
        for _ in range(2):
            portal.faults.redirect(f"{storage.server.root}/7", path=HANDLER)
            client.get_content("7", 1, max_bytes=MIB)

    assert [
        name for each in storage.received for name in each.headers if name in {"authorization", "cookie"}
    ] == []


@pytest.mark.usefixtures("policy")
def test_the_portals_own_other_address_gets_the_key(client: Client, portal: DemoPortal, address: str) -> None:
    portal.faults.redirect(f"{address}{HANDLER}?action=stream&fileid=7&version=2", path="version=1")

    assert client.get_content("7", 1, max_bytes=MIB).data == portal.file(7).current.content.read()


@pytest.mark.usefixtures("policy")
def test_a_storage_cannot_choose_what_is_requested_with_the_key(
    client: Client, portal: DemoPortal, address: str
) -> None:
    back = {"Location": f"{address}{HANDLER}?action=stream&fileid=7&version=2"}
    with running_storage(Reply(302, b"", headers=back)) as storage:
        portal.faults.redirect(f"{storage.server.root}/7", path=HANDLER)

        with pytest.raises(errors.Unavailable, match="storage answered 403"):
            client.get_content("7", 1, max_bytes=MIB)

    assert len(portal.faults.calls("version=2")) == 1


@pytest.mark.usefixtures("policy")
def test_the_key_does_not_follow_an_address_that_parsers_read_differently(
    client: Client, portal: DemoPortal, address: str
) -> None:
    with running_storage(Reply(200, b"stored", headers=DISPOSITION)) as storage:
        place, own = (each.removeprefix("http://") for each in (storage.server.root, address))
        for location in (
            f"http://{place}\\@{own}/7",
            f"http://{own}@{place}/7",
            f"http://{place}#@{own}/7",
            f"//{place}/7",
            f"http://{own}:x@{place}/",
        ):
            portal.faults.redirect(location, path=HANDLER)
            try:
                client.get_content("7", 1, max_bytes=MIB)
            except errors.Unavailable:
                continue

    assert storage.received
    assert all("authorization" not in request.headers for request in storage.received)


@pytest.mark.usefixtures("policy")
@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/7",
        "data:,hello",
        "javascript:1",
        "http://[::1/7",
        "\\",
    ],
)
def test_a_redirect_leads_to_the_web_or_nowhere(client: Client, portal: DemoPortal, location: str) -> None:
    portal.faults.redirect(location, path=HANDLER)

    with pytest.raises((errors.Unavailable, errors.NotFound)):
        client.get_content("7", 1, max_bytes=MIB)


def test_from_a_portal_with_https_no_redirect_leads_to_plain_http(portal: DemoPortal) -> None:
    client = Client(Http("acme.onlyoffice.com", portal.api_key))
    url = "https://acme.onlyoffice.com/filehandler.ashx"
    with (
        running_storage(Reply(200, b"stored", headers=DISPOSITION)) as storage,
        responses.RequestsMock() as mocked,
    ):
        mocked.get(url, status=302, headers={"Location": f"{storage.server.root}/7"})
        mocked.get(url, status=302, headers={"Location": "https://storage.example.com/7"})
        mocked.get("https://storage.example.com/7", body=b"stored", auto_calculate_content_length=True)

        with pytest.raises(errors.Unavailable, match="not https"):
            client.get_content("7", 1, max_bytes=MIB)
        assert client.get_content("7", 1, max_bytes=MIB).data == b"stored"

    assert storage.received == []


@pytest.mark.usefixtures("policy")
@pytest.mark.parametrize(("redirects", "is_followed"), [(3, True), (4, False)])
def test_three_redirects_are_followed(
    client: Client, portal: DemoPortal, redirects: int, *, is_followed: bool
) -> None:
    portal.faults.redirect(f"{HANDLER}?action=stream&fileid=7&version=1", path=HANDLER, count=redirects)

    if is_followed:
        assert client.get_content("7", 1, max_bytes=MIB)
    else:
        with pytest.raises(errors.Unavailable, match="more than 3 times"):
            client.get_content("7", 1, max_bytes=MIB)


@pytest.mark.usefixtures("policy")
def test_redirects_count_against_the_deadline(client: Client, portal: DemoPortal) -> None:
    portal.faults.hang(0.3, path=HANDLER)
    portal.faults.redirect("/filehandler.ashx?action=stream&fileid=7", path="version=1")
    portal.faults.redirect("/filehandler.ashx?action=stream&fileid=7", path="version=2")

    assert client.get_content("7", 1, max_bytes=MIB)
    with pytest.raises(errors.Unavailable, match="too long"):
        client.get_content("7", 2, max_bytes=MIB, seconds=0)


@pytest.mark.usefixtures("policy")
@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(403, b"<Error>AccessDenied</Error>", "application/xml"), "storage answered 403"),
        (Reply(404, b"", headers=DISPOSITION), "storage answered 404"),
        (Reply(200, b"<html>", "text/html; charset=utf-8"), "something else"),
        (Reply(200, b"{}"), "something else"),
    ],
)
def test_an_error_of_the_storage_is_an_outage_that_does_not_name_the_address(
    client: Client, portal: DemoPortal, reply: Reply, reason: str
) -> None:
    with running_storage(reply) as storage:
        portal.faults.redirect(f"{storage.server.root}/7?sig=secret", path=HANDLER)

        with pytest.raises(errors.Unavailable, match=reason) as raised:
            client.get_content("7", 1, max_bytes=MIB)

    assert "secret" not in str(raised.value)


@pytest.mark.usefixtures("policy")
def test_a_storage_out_of_reach_is_an_outage_without_its_address(client: Client, portal: DemoPortal) -> None:
    portal.faults.redirect(f"http://{UNREACHABLE}/7?sig=secret", path=HANDLER)

    with pytest.raises(errors.Unavailable) as raised:
        client.get_content("7", 1, max_bytes=MIB)

    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    assert "secret" not in str(raised.value)


@pytest.mark.usefixtures("policy")
def test_an_answer_that_drips_ends_at_its_time(
    portal: DemoPortal, address: str, subtests: pytest.Subtests
) -> None:
    """Each byte comes in time, and the answer never ends; from the portal and from its storage."""
    for answer in ANSWERS:
        with (
            subtests.test(portal=answer),
            DrippingSender(answer) as far,
            pytest.raises(errors.Unavailable, match="ReadTimeout"),
        ):
            Client(Http(f"http://{far.place}", "sk-1", answer_seconds=0.1)).get_file("7")
    for answer in ("headers", "a body of a length", "the length of a chunk"):
        with subtests.test(storage=answer), DrippingSender(answer) as far:
            portal.faults.redirect(f"http://{far.place}/7?sig=secret", path=HANDLER)
            with pytest.raises(errors.Unavailable, match="ReadTimeout") as raised:
                Client(Http(address, portal.api_key, answer_seconds=0.1)).get_content("7", 1, max_bytes=MIB)
            assert "secret" not in str(raised.value)
