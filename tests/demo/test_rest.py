from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import requests

from demo import (
    ALICE,
    ANONYMOUS,
    BOB,
    COMPLIANCE,
    DEEP,
    DRIVE,
    DRIVE_FOLDER,
    OLGA,
    OTHER,
    QUARTER,
    ROOM,
    DemoPortal,
)
from demo.entries import TERMINATED
from demo.errors import ForbiddenError
from demo.starting_data import LOST_ACCOUNT, ROOMS, TRASH
from tests.demo.calls import answer

if TYPE_CHECKING:
    from demo import PortalFile


def test_a_file_is_wrapped_with_a_count_and_a_link(get: Any, policy: PortalFile, address: str) -> None:
    body = get(f"/files/file/{policy.id}").json()

    assert list(body) == ["response", "count", "links", "status", "statusCode"]
    assert body["count"] == 1
    assert body["links"] == [{"href": f"{address}/api/2.0/files/file/3358285", "action": "GET"}]


def test_a_file_tells_version_size_parent_and_people_without_mail(get: Any, policy: PortalFile) -> None:
    file = answer(get(f"/files/file/{policy.id}"))

    assert (file["id"], file["title"], file["version"]) == (policy.id, policy.title, 1)
    assert (file["folderId"], file["rootFolderId"], file["parentRoomType"]) == (COMPLIANCE, ROOMS, 19)
    assert file["pureContentLength"] == len(policy.current.content.read()) == 5212
    assert file["contentLength"] == "5.09 KB"
    assert file["updated"] == "2026-03-09T14:05:12.3456780Z"
    assert file["updatedBy"]["displayName"] == "Alice Moreau"
    assert "email" not in file["updatedBy"]
    assert file["webUrl"].endswith("/doceditor?fileid=3358285&version=1")
    assert file["shortWebUrl"] == ""


def test_an_old_version_is_shown_when_asked_for(get: Any, portal: DemoPortal, policy: PortalFile) -> None:
    portal.save(policy.id, by=BOB.id)

    assert answer(get(f"/files/file/{policy.id}?version=1"))["updatedBy"]["id"] == ALICE.id
    assert answer(get(f"/files/file/{policy.id}"))["version"] == 2
    assert get(f"/files/file/{policy.id}?version=9").status_code == 404


def test_a_trashed_file_is_forbidden_to_others_and_in_the_trash_for_its_owner(
    get: Any, portal: DemoPortal, policy: PortalFile
) -> None:
    portal.trash(policy.id, by=BOB.id)

    refused = get(f"/files/file/{policy.id}")
    assert refused.status_code == 403
    assert refused.json()["error"]["type"] == "System.InvalidOperationException"
    assert answer(get(f"/files/file/{policy.id}", key=portal.add_key(BOB.id)))["folderId"] == TRASH


def test_a_file_in_a_trashed_folder_is_forbidden_too(
    get: Any, portal: DemoPortal, policy: PortalFile
) -> None:
    portal.trash_folder(COMPLIANCE, by=BOB.id)

    assert get(f"/files/file/{policy.id}").status_code == 403
    assert get(f"/files/folder/{QUARTER}/path").status_code == 403


def test_a_deleted_file_is_missing_and_its_history_forbidden(
    get: Any, portal: DemoPortal, policy: PortalFile
) -> None:
    portal.delete(policy.id, by=BOB.id)

    missing = get(f"/files/file/{policy.id}")
    assert missing.status_code == 404
    assert list(missing.json()) == ["error", "status", "statusCode"]
    assert set(missing.json()["error"]) == {"message", "type", "stack", "hresult"}
    assert missing.json()["status"] == 1
    assert get(f"/files/file/{policy.id}/history").status_code == 403


def test_the_history_lists_versions_newest_first(get: Any, portal: DemoPortal, policy: PortalFile) -> None:
    portal.save(policy.id, by=BOB.id)

    body = get(f"/files/file/{policy.id}/history").json()

    assert body["count"] == 2
    assert [(each["version"], each["comment"]) for each in body["response"]] == [
        (2, "Edited"),
        (1, "Created"),
    ]


def test_the_path_runs_from_the_root_to_the_folder_itself(get: Any) -> None:
    path = answer(get(f"/files/folder/{DEEP}/path"))

    assert [folder["id"] for folder in path] == [ROOMS, ROOM, COMPLIANCE, QUARTER, DEEP]
    assert [folder.get("roomType") for folder in path] == [None, 5, None, None, None]
    assert path[0]["parentId"] == 0


def test_a_folder_and_a_room_are_shown_and_a_folder_is_no_room(get: Any, policy: PortalFile) -> None:
    folder = answer(get(f"/files/folder/{COMPLIANCE}"))
    assert (folder["parentId"], folder["filesCount"], folder["foldersCount"]) == (ROOM, 1, 1)
    assert policy.parent_id == folder["id"]

    assert answer(get(f"/files/rooms/{ROOM}"))["createdBy"]["id"] == OLGA.id
    assert get(f"/files/rooms/{COMPLIANCE}").status_code == 404
    assert get("/files/folder/1/path").status_code == 404


def test_ids_of_a_connected_storage_work_percent_encoded(get: Any, letter: PortalFile) -> None:
    shown = answer(get(f"/files/file/{quote(str(letter.id), safe='')}"))
    path = answer(get(f"/files/folder/{quote(DRIVE_FOLDER, safe='')}/path"))

    assert (shown["id"], shown["providerKey"], shown["folderId"]) == (letter.id, "GoogleDrive", DRIVE_FOLDER)
    assert [folder["id"] for folder in path] == [ROOMS, DRIVE, DRIVE_FOLDER]


@pytest.mark.parametrize("who", [ALICE.id, ALICE.user_name, f"email?email={quote(ALICE.email, safe='')}"])
def test_a_person_is_found_by_id_name_and_mail(get: Any, who: str) -> None:
    person = answer(get(f"/people/{who}"))

    assert (person["id"], person["email"], person["status"]) == (ALICE.id, ALICE.email, 1)
    assert (person["firstName"], person["lastName"]) == ("Alice", "Moreau")


def test_the_key_acts_as_its_person(get: Any, portal: DemoPortal) -> None:
    assert answer(get("/people/@self"))["isOwner"] is True
    assert answer(get("/people/@self", key=portal.add_key(BOB.id)))["id"] == BOB.id


def test_a_disabled_account_is_shown_with_its_status_by_id_and_by_address(
    get: Any, portal: DemoPortal
) -> None:
    portal.set_status(ALICE.id, TERMINATED)

    assert answer(get(f"/people/{ALICE.id}"))["status"] == TERMINATED
    assert answer(get(f"/people/email?email={ALICE.email}"))["status"] == TERMINATED


def test_only_a_disabled_account_can_be_removed(portal: DemoPortal) -> None:
    with pytest.raises(ForbiddenError):
        portal.remove_person(ALICE.id)


def test_a_removed_person_is_missing_and_shown_as_unknown(
    get: Any, portal: DemoPortal, policy: PortalFile
) -> None:
    portal.set_status(ALICE.id, TERMINATED)
    portal.remove_person(ALICE.id)

    assert get(f"/people/{ALICE.id}").status_code == 404
    assert get(f"/people/{ANONYMOUS}").status_code == 404
    assert answer(get(f"/files/file/{policy.id}"))["createdBy"]["id"] == LOST_ACCOUNT
    assert get("/people/email?email=").status_code == 400


def test_the_folder_log_shows_a_move_out_on_both_sides(get: Any, portal: DemoPortal) -> None:
    report = portal.create_file("Report.docx", DEEP, by=ALICE.id)
    portal.move(report.id, OTHER, by=BOB.id)

    body = get(f"/files/folder/{COMPLIANCE}/log").json()

    assert [each["action"] for each in body["response"]] == [
        {"id": 5015, "key": "FileMoved"},
        {"id": 5000, "key": "FileCreated"},
    ]
    assert (body["count"], body["total"]) == (2, 2)
    moved = body["response"][0]
    assert (moved["data"]["fromFolderId"], moved["data"]["toFolderId"]) == (DEEP, str(OTHER))
    assert moved["initiator"]["id"] == BOB.id
    assert len(answer(get(f"/files/folder/{OTHER}/log"))) == 1
    assert len(answer(get(f"/files/file/{report.id}/log?count=1"))) == 1
    assert answer(get(f"/files/folder/{COMPLIANCE}/log?fromDate=2026-03-10")) == []
    assert get(f"/files/folder/{COMPLIANCE}/log?fromDate=soon").status_code == 400


def test_the_editor_link_leads_to_a_page_that_escapes_the_title(portal: DemoPortal, address: str) -> None:
    portal.add_file("<b>x</b>.docx", COMPLIANCE, by=ALICE.id, file_id=5)

    page = requests.get(f"{address}/doceditor?fileid=5", timeout=60)

    assert "&lt;b&gt;x&lt;/b&gt;.docx" in page.text
