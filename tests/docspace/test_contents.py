"""The content that belongs to a version and a time: not what has replaced it, nor anything else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, COMPLIANCE, DRIVE_FOLDER, OLGA, DemoPortal, FilledContent, run_portal
from docspace import errors
from docspace.client import Client
from docspace.contents import take_content
from docspace.http import Http
from tests.docspace.storage import running_storage
from tests.edge.loopback import Loopback, Reply, Request
from tests.reviews.samples import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 2**20
HANDLER = "/filehandler.ashx"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def portal(clock: Clock) -> DemoPortal:
    portal = DemoPortal(clock)
    portal.add_file("Policy.docx", COMPLIANCE, by=ALICE.id, file_id=7)
    return portal


@pytest.fixture
def address(portal: DemoPortal) -> Iterator[str]:
    with run_portal(portal) as address:
        yield address


@pytest.fixture
def client(portal: DemoPortal, address: str) -> Client:
    return Client(Http(address, portal.api_key))


def test_the_content_of_the_newest_and_of_an_older_version(
    client: Client, portal: DemoPortal, clock: Clock
) -> None:
    older = client.get_file("7")
    clock.advance(minutes=1)
    saved = portal.save(7, by=BOB.id)

    assert take_content(client, older, max_bytes=MIB).data == saved.versions[0].content.read()
    assert take_content(client, client.get_file("7"), max_bytes=MIB).data == saved.current.content.read()


def test_what_a_forced_save_has_replaced_is_not_taken_for_what_was_described(
    client: Client, portal: DemoPortal, clock: Clock
) -> None:
    portal.save(7, by=BOB.id, force_save=True, content=FilledContent(9, "a"))
    described = client.get_file("7")
    assert take_content(client, described, max_bytes=MIB).data == b"a" * 9

    clock.advance(seconds=1)
    portal.save(7, by=BOB.id, force_save=True, content=FilledContent(9, "b"))

    with pytest.raises(errors.Unavailable, match="changed"):
        take_content(client, described, max_bytes=MIB)


def test_a_file_that_is_known_to_be_too_large_is_not_requested(client: Client, portal: DemoPortal) -> None:
    file = client.get_file("7")

    with pytest.raises(errors.FileTooLarge):
        take_content(client, file, max_bytes=(file.size or 0) - 1)
    assert portal.faults.calls(HANDLER) == []
    assert take_content(client, file, max_bytes=file.size or 0)


def test_other_bytes_than_those_of_the_size_are_not_the_file(client: Client, portal: DemoPortal) -> None:
    reply = Reply(200, b"something else", "application/octet-stream")

    def send(_request: Request) -> Reply:
        return reply

    with Loopback(send) as storage:
        portal.faults.redirect(f"{storage.root}/7", path=HANDLER)
        with pytest.raises(errors.Unavailable, match="sent 14 of"):
            take_content(client, client.get_file("7"), max_bytes=MIB)


def test_in_connected_storage_the_size_says_nothing(client: Client, portal: DemoPortal) -> None:
    letter = portal.add_file("Letter.docx", DRIVE_FOLDER, by=OLGA.id, file_id="drive-57-|1A")
    portal.faults.redirect("/filehandler.ashx?action=stream&fileid=7", path="fileid=drive-57")

    content = take_content(client, client.get_file(str(letter.id)), max_bytes=MIB)

    assert content.data == portal.file(7).current.content.read()


def test_a_version_that_is_not_reported_is_not_taken(client: Client) -> None:
    with pytest.raises(errors.Unavailable, match="version"):
        take_content(client, replace(client.get_file("7"), version=None), max_bytes=MIB)


@pytest.mark.parametrize("media_type", ["text/html", "application/xml", "application/json"])
def test_a_page_from_the_storage_is_the_file_where_it_has_its_size(
    client: Client, portal: DemoPortal, media_type: str
) -> None:
    portal.save(7, by=BOB.id, content=FilledContent(9, "a"))
    file = client.get_file("7")
    with running_storage(Reply(200, b"<p>ok</p>", media_type)) as storage:
        portal.faults.redirect(f"{storage.server.root}/7?sig=abc", path=HANDLER, count=3)

        assert take_content(client, file, max_bytes=MIB).data == b"<p>ok</p>"
        storage.reply = Reply(200, b"<p>Sign in</p>", media_type)
        with pytest.raises(errors.Unavailable, match="something else"):
            take_content(client, file, max_bytes=MIB)
        storage.reply = Reply(200, b"Sign in", "application/octet-stream")
        with pytest.raises(errors.Unavailable, match="7 of 9 bytes"):
            take_content(client, file, max_bytes=MIB)
