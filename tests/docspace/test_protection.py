"""What forbids to take the content of a file. What can't be read counts as forbidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import responses

from demo import ALICE, BOB, COMPLIANCE, DEEP, DRIVE, DRIVE_FOLDER, OLGA, ROOM, DemoPortal, Role, run_portal
from docspace import errors
from docspace.client import Client, FileInfo
from docspace.http import Http
from docspace.protection import Protection, find_protection
from tests.reviews.samples import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 2**20
BASE = "https://acme.onlyoffice.com/api/2.0"
ROOM_ROW = {"id": 1, "title": "Legal", "roomType": 5, "denyDownload": False}


@pytest.fixture
def portal() -> DemoPortal:
    portal = DemoPortal(Clock())
    portal.add_file("Policy.docx", DEEP, by=ALICE.id, file_id=7)
    return portal


@pytest.fixture
def address(portal: DemoPortal) -> Iterator[str]:
    with run_portal(portal) as address:
        yield address


@pytest.fixture
def client(portal: DemoPortal, address: str) -> Client:
    return Client(Http(address, portal.api_key))


def describe_file(**members: Any) -> FileInfo:
    usual: dict[str, Any] = {
        "id": "7",
        "folder_id": "8",
        "title": "Policy.docx",
        "version": 1,
        "updated": "",
        "web_url": None,
        "size": 9,
        "locked": False,
        "comment": "",
        "root_type": 14,
        "rights": frozenset({"Read", "Download"}),
    }
    return FileInfo(**{**usual, **members})


def find_with_path(file: FileInfo, rows: Any, *, status: int = 200) -> Protection | None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        mocked.get(f"{BASE}/files/folder/8/path", json={"response": rows}, status=status)
        return find_protection(Client(Http("acme.onlyoffice.com", "sk-1")), file)


def test_a_file_of_an_ordinary_room_may_be_taken(client: Client) -> None:
    assert find_protection(client, client.get_file("7")) is None


def test_a_room_that_denies_downloads_denies_them_to_its_owner_here(
    client: Client, portal: DemoPortal
) -> None:
    portal.protect_room(ROOM, denies_download=True)
    file = client.get_file("7")

    assert "Download" in (file.rights or ())
    assert client.get_content("7", 1, max_bytes=MIB)
    assert find_protection(client, file) is Protection.DOWNLOADS_DENIED

    portal.protect_room(ROOM)
    assert find_protection(client, file) is None


def test_a_room_with_a_watermark_is_left_alone_though_the_portal_streams_without_it(
    client: Client, portal: DemoPortal
) -> None:
    portal.protect_room(ROOM, watermark="Confidential")
    file = client.get_file("7")

    assert client.get_content("7", 1, max_bytes=MIB).data == portal.file(7).current.content.read()
    assert find_protection(client, file) is Protection.WATERMARK


def test_a_viewer_of_a_room_that_denies_downloads_lacks_the_right(portal: DemoPortal, address: str) -> None:
    portal.give_role(ROOM, BOB.id, Role.READ)
    client = Client(Http(address, portal.add_key(BOB.id)))
    assert find_protection(client, client.get_file("7")) is None

    portal.protect_room(ROOM, denies_download=True)

    assert find_protection(client, client.get_file("7")) is Protection.NO_RIGHT
    with pytest.raises(errors.Forbidden):
        client.get_content("7", 1, max_bytes=MIB)


def test_connected_storage_has_rooms_too(client: Client, portal: DemoPortal) -> None:
    letter = portal.add_file("Letter.docx", DRIVE_FOLDER, by=OLGA.id)
    file = client.get_file(str(letter.id))
    assert find_protection(client, file) is None

    portal.protect_room(DRIVE, watermark="Confidential")

    assert find_protection(client, file) is Protection.WATERMARK


def test_a_file_in_a_trashed_folder_is_protected(client: Client, portal: DemoPortal) -> None:
    file = client.get_file("7")
    portal.trash_folder(COMPLIANCE, by=BOB.id)

    assert find_protection(client, file) is Protection.UNREADABLE_ROOM


def test_an_outage_is_no_answer(client: Client, portal: DemoPortal) -> None:
    file = client.get_file("7")
    portal.faults.answer(503, path="/path")

    with pytest.raises(errors.Unavailable):
        find_protection(client, file)


@pytest.mark.parametrize("rights", [None, frozenset(), frozenset({"Read"}), frozenset({"download"})])
def test_without_the_right_to_download_the_room_does_not_matter(rights: frozenset[str] | None) -> None:
    assert find_with_path(describe_file(rights=rights), [ROOM_ROW]) is Protection.NO_RIGHT
    assert find_with_path(describe_file(), [ROOM_ROW]) is None


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"denyDownload": False}, None),
        ({"denyDownload": False, "watermark": None}, None),
        ({}, Protection.DOWNLOADS_DENIED),
        ({"denyDownload": None}, Protection.DOWNLOADS_DENIED),
        ({"denyDownload": "false"}, Protection.DOWNLOADS_DENIED),
        ({"denyDownload": 0}, Protection.DOWNLOADS_DENIED),
        ({"denyDownload": False, "watermark": {}}, Protection.WATERMARK),
        ({"denyDownload": False, "watermark": {"text": "Confidential"}}, Protection.WATERMARK),
        ({"denyDownload": False, "watermark": "odd"}, Protection.WATERMARK),
    ],
)
def test_a_room_says_clearly_that_nothing_is_forbidden(
    members: dict[str, Any], expected: Protection | None
) -> None:
    room = {"id": 1, "title": "Legal", "roomType": 5, **members}
    rows = [{"id": 0, "title": "Rooms"}, room, {"id": 8, "title": "Folder"}]

    assert find_with_path(describe_file(), rows) is expected


@pytest.mark.parametrize(
    "rows", [[], {}, None, ["odd"], [{"id": 8, "title": "Folder", "denyDownload": False}]]
)
def test_without_a_room_only_ones_own_documents_may_be_taken(rows: Any) -> None:
    assert find_with_path(describe_file(), rows) is Protection.UNREADABLE_ROOM
    assert find_with_path(describe_file(root_type=None), rows) is Protection.UNREADABLE_ROOM
    assert find_with_path(describe_file(root_type=5), rows) is None


@pytest.mark.parametrize("status", [403, 404, 400])
def test_a_room_that_cannot_be_read_is_protected(status: int) -> None:
    assert find_with_path(describe_file(), [ROOM_ROW], status=status) is Protection.UNREADABLE_ROOM
