"""What we read from the API and write to it: asked of a stand-in portal over a socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import responses

from demo import (
    ALICE,
    ANONYMOUS,
    BOB,
    COMPLIANCE,
    DEEP,
    DRIVE_FOLDER,
    OLGA,
    QUARTER,
    DemoPortal,
    FilledContent,
    run_portal,
)
from docspace import errors
from docspace.client import SOME, AccountInfo, Client, FileVersion, FolderFilesPage
from docspace.http import Http
from tests.reviews.samples import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE = "https://acme.onlyoffice.com/api/2.0"
LETTER = "drive-57-|1AbC"


@pytest.fixture
def portal() -> DemoPortal:
    portal = DemoPortal(Clock())
    portal.add_file("Policy.docx", COMPLIANCE, by=ALICE.id, file_id=7, content=FilledContent(48213))
    portal.add_file("Letter.docx", DRIVE_FOLDER, by=OLGA.id, file_id=LETTER)
    return portal


@pytest.fixture
def address(portal: DemoPortal) -> Iterator[str]:
    with run_portal(portal) as address:
        yield address


@pytest.fixture
def client(portal: DemoPortal, address: str) -> Client:
    return Client(Http(address, portal.api_key))


def person(who: Any) -> AccountInfo:
    return AccountInfo(id=who.id, name=who.display_name, email=None)


def test_a_file_tells_its_size_its_lock_and_its_comment(client: Client, portal: DemoPortal) -> None:
    portal.comment(7, "checked", by=BOB.id)
    portal.lock(7, by=BOB.id)

    file = client.get_file("7")

    assert (file.size, file.locked, file.comment) == (48213, True, "checked")
    assert (file.id, file.folder_id, file.version) == ("7", str(COMPLIANCE), 1)


def test_the_files_beneath_a_folder_come_in_pages_from_every_depth(
    client: Client, portal: DemoPortal
) -> None:
    made = {7, *(portal.add_file(f"{n}.docx", DEEP, by=ALICE.id).id for n in range(150))}
    made |= {portal.add_file(f"{n}.docx", QUARTER, by=ALICE.id).id for n in range(100)}
    pages: list[FolderFilesPage] = []
    start: int | None = 0

    while start is not None:
        pages.append(client.list_files_beneath(str(COMPLIANCE), start=start))
        start = pages[-1].next_start

    assert [(page.start, len(page.files), page.total) for page in pages] == [
        (0, 100, 251),
        (100, 100, 251),
        (200, 51, 251),
    ]
    assert {file.id for page in pages for file in page.files} == {str(each) for each in made}
    assert pages[0].files[0] == client.get_file("7")


def test_what_is_added_meanwhile_comes_last(client: Client, portal: DemoPortal) -> None:
    for number in range(100):
        portal.add_file(f"{number}.docx", DEEP, by=ALICE.id)
    first = client.list_files_beneath(str(COMPLIANCE), start=0)

    added = portal.add_file("A later one.docx", DEEP, by=ALICE.id)
    second = client.list_files_beneath(str(COMPLIANCE), start=100)

    assert [file.id for file in second.files][-1] == str(added.id)
    assert not {file.id for file in first.files} & {file.id for file in second.files}


def test_beneath_a_folder_of_connected_storage_are_its_own_files_only(
    client: Client, portal: DemoPortal
) -> None:
    below = portal.add_folder("Below", DRIVE_FOLDER)
    portal.add_file("Deep.docx", below.id, by=OLGA.id)

    page = client.list_files_beneath(DRIVE_FOLDER, start=0)

    assert ([file.id for file in page.files], page.total, page.next_start) == ([LETTER], 1, None)


def test_a_page_behind_the_end_is_empty_and_the_last(client: Client) -> None:
    page = client.list_files_beneath(str(COMPLIANCE), start=500)

    assert (page.files, page.total, page.next_start) == ([], 1, None)


def test_the_edits_name_all_who_wrote_into_a_version_and_when(client: Client, portal: DemoPortal) -> None:
    portal.save(7, by=BOB.id, force_save=True, co_authors=(ALICE.id, ANONYMOUS))
    portal.save(7, by=ALICE.id, co_authors=(BOB.id,))

    first, second = client.list_versions("7")

    assert first == FileVersion(version=1, created=first.created, user=person(ALICE), edits=())
    guest = AccountInfo(id=ANONYMOUS, name="Guest", email=None)
    assert (second.version, second.user) == (2, person(ALICE))
    assert [each.user for each in second.edits] == [
        person(BOB),
        person(ALICE),
        guest,
        person(ALICE),
        person(BOB),
    ]
    assert {each.created for each in second.edits} == {second.created}
    assert second.created == client.get_file("7").updated


def test_files_of_connected_storage_have_no_edits(client: Client) -> None:
    with pytest.raises(errors.Forbidden):
        client.list_versions(LETTER)


def test_an_account_is_found_by_its_address(client: Client) -> None:
    account = client.find_account("alice.moreau@example.com")

    assert (account.id, account.name, account.email) == (ALICE.id, "Alice Moreau", "alice.moreau@example.com")
    with pytest.raises(errors.NotFound):
        client.find_account("nobody+at&all@example.com")
    with pytest.raises(errors.BadRequest):
        client.find_account("")


def test_the_key_says_whose_it_is(client: Client, portal: DemoPortal, address: str) -> None:
    bobs = Client(Http(address, portal.add_key(BOB.id)))

    assert (client.get_key_user().email, bobs.get_key_user().id) == (OLGA.email, BOB.id)


def test_a_comment_is_written_to_its_version(client: Client, portal: DemoPortal) -> None:
    portal.save(7, by=BOB.id)

    assert client.write_comment("7", version=1, text="Reviewed by Olga Owner") == "Reviewed by Olga Owner"

    assert [each.comment for each in portal.file(7).versions] == ["Reviewed by Olga Owner", "Edited"]
    assert portal.emitted[-1].created_by == OLGA.id


@pytest.mark.parametrize(
    ("text", "comment"),
    [("x" * 300, "x" * 255), ("x" * 254 + "\N{GRINNING FACE}", "x" * 254), ("a\ud800b", "ab")],
)
def test_a_comment_is_cut_between_characters(client: Client, text: str, comment: str) -> None:
    assert client.write_comment("7", version=1, text=text) == comment


def test_a_comment_is_refused_where_someone_else_holds_the_lock(client: Client, portal: DemoPortal) -> None:
    portal.lock(7, by=BOB.id)

    with pytest.raises(errors.Forbidden):
        client.write_comment("7", version=1, text="x")


def test_a_comment_on_a_file_of_connected_storage_is_refused(client: Client) -> None:
    with pytest.raises(errors.Forbidden):
        client.write_comment(LETTER, version=1, text="x")


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        None,
        5,
        {"files": 3, "total": "many"},
        {"files": [], "total": True},
        [{"version": True, "user": [], "changes": {}}],
    ],
)
def test_absent_or_odd_members_are_defaults(answer: Any) -> None:
    client = Client(Http("acme.onlyoffice.com", "sk-1"))
    unknown_user = AccountInfo(id="", name="", email=None)
    with responses.RequestsMock() as mocked:
        mocked.get(f"{BASE}/files/8", json={"response": answer})
        mocked.get(f"{BASE}/files/file/7/edit/history", json={"response": answer})
        mocked.get(f"{BASE}/people/@self", json={"response": answer})
        mocked.put(f"{BASE}/files/file/7/comment", json={"response": answer})

        page, edits = client.list_files_beneath("8", start=0), client.list_versions("7")
        me, comment = client.get_key_user(), client.write_comment("7", version=1, text="x")

    assert (page, page.next_start) == (FolderFilesPage(files=[], start=0, total=0), None)
    assert edits in ([], [FileVersion(version=None, created="", user=unknown_user, edits=())])
    assert (me, comment) == (unknown_user, "")


def test_an_odd_file_in_a_page_is_an_empty_one() -> None:
    odd = ["odd", {"id": 3, "locked": "yes", "pureContentLength": "9", "comment": None}]
    with responses.RequestsMock() as mocked:
        mocked.get(f"{BASE}/files/8", json={"response": {"files": odd, "total": 2}})

        first, second = Client(Http("acme.onlyoffice.com", "sk-1")).list_files_beneath("8", start=0).files

    assert (first.id, second.id) == ("", "3")
    assert (second.locked, second.size, second.comment) == (False, None, "")
    assert (first.rights, second.rights) == (None, None)


def test_a_few_files_are_shown_without_a_change_of_the_users_order(
    client: Client, portal: DemoPortal
) -> None:
    for number in range(SOME + 5):
        portal.add_file(f"{number}.docx", COMPLIANCE, by=BOB.id)

    files = client.sample_files(str(COMPLIANCE))

    assert len(files) == SOME
    assert all("sortBy" not in call.path for call in portal.faults.calls())


def test_the_rights_of_a_file_are_those_that_are_granted() -> None:
    odd = {"Read": True, "ReadHistory": True, "EditHistory": False, "Comment": "true", "Lock": None}
    with responses.RequestsMock() as mocked:
        mocked.get(f"{BASE}/files/file/7", json={"response": {"id": 7, "security": odd}})

        file = Client(Http("acme.onlyoffice.com", "sk-1")).get_file("7")

    assert file.rights == frozenset({"Read", "ReadHistory"})


@pytest.mark.parametrize(
    ("member", "sees"),
    [("isAdmin", True), ("isRoomAdmin", True), ("isCollaborator", False), ("isVisitor", False)],
)
def test_only_admins_of_rooms_or_of_the_portal_may_look_up_people(member: str, sees: bool) -> None:  # noqa: FBT001
    with responses.RequestsMock() as mocked:
        mocked.get(f"{BASE}/people/@self", json={"response": {"id": "g", member: True}})

        account = Client(Http("acme.onlyoffice.com", "sk-1")).get_key_user()

    assert account.sees_people is sees


def test_a_put_carries_the_key_and_its_trouble_is_the_same_as_a_gets() -> None:
    client = Client(Http("acme.onlyoffice.com", "sk-1"))
    with responses.RequestsMock() as mocked:
        asked = mocked.put(f"{BASE}/files/file/drive-57-%7C1AbC/comment", status=429)

        with pytest.raises(errors.Throttled):
            client.write_comment(LETTER, version=3, text="x")

    (call,) = asked.calls
    assert call.request.headers["Authorization"] == "Bearer sk-1"
    assert call.request.body == b'{"version": 3, "comment": "x"}'
