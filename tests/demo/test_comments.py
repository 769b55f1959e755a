"""The edit history and the comments of versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from demo import ALICE, ANONYMOUS, BOB, COMPLIANCE, OLGA, QUARTER, ROOM, DemoPortal, PortalFile
from demo.entries import TERMINATED
from tests.demo.calls import answer, call
from tests.demo.emitted import triggers

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests

    Put = Callable[..., requests.Response]


@pytest.fixture
def put(portal: DemoPortal, address: str) -> Put:
    def put(file_id: object, *, key: str = portal.api_key, **sent: Any) -> requests.Response:
        return call(address, f"/files/file/{file_id}/comment", key=key, method="PUT", json=sent)

    return put


def test_the_edit_history_names_co_authors(get: Any, portal: DemoPortal, policy: PortalFile) -> None:
    portal.save(policy.id, by=ALICE.id, co_authors=(BOB.id,))

    newest = answer(get(f"/files/file/{policy.id}/edit/history"))[-1]

    assert (newest["version"], newest["user"]["name"]) == (2, "Alice Moreau")
    assert [change["user"]["name"] for change in newest["changes"]] == ["Alice Moreau", "Bob Chen"]


def test_the_edit_history_keeps_the_ids_of_guests_and_of_people_who_are_gone(
    get: Any, portal: DemoPortal, policy: PortalFile
) -> None:
    portal.save(policy.id, by=BOB.id, co_authors=(ANONYMOUS,))
    portal.set_status(BOB.id, TERMINATED)
    portal.remove_person(BOB.id)

    newest = answer(get(f"/files/file/{policy.id}/edit/history"))[-1]

    assert newest["user"] == {"id": BOB.id, "name": "Guest"}
    assert newest["changes"][1]["user"] == {"id": ANONYMOUS, "name": "Guest"}


def test_what_an_open_session_saved_is_in_the_edit_history_only_when_it_ends(
    get: Any, portal: DemoPortal, policy: PortalFile
) -> None:
    portal.save(policy.id, by=ALICE.id, force_save=True)
    during = answer(get(f"/files/file/{policy.id}/edit/history"))
    portal.save(policy.id, by=BOB.id)
    after = answer(get(f"/files/file/{policy.id}/edit/history"))

    assert [each["version"] for each in during] == [1]
    assert [each["version"] for each in after] == [1, 2]
    assert [change["user"]["id"] for change in after[1]["changes"]] == [ALICE.id, BOB.id]


@pytest.mark.usefixtures("letter")
def test_there_is_no_edit_history_in_a_connected_storage_and_none_of_a_missing_file(get: Any) -> None:
    assert get("/files/file/drive-57-%7C1AbC/edit/history").status_code == 403
    assert get("/files/file/1/edit/history").status_code == 403


def test_a_comment_is_kept_for_the_version_and_emits_an_update_by_the_keys_person(
    put: Put, portal: DemoPortal, policy: PortalFile
) -> None:
    portal.save(policy.id, by=BOB.id)

    comment = answer(put(policy.id, version=1, comment="Reviewed by Olga Owner (CR-104)"))

    assert comment == "Reviewed by Olga Owner (CR-104)"
    assert [each.comment for each in portal.file(policy.id).versions] == [comment, "Edited"]
    assert [(each.trigger, each.created_by) for each in portal.emitted[1:]] == [("file.updated", OLGA.id)]


def test_a_long_comment_is_answered_as_it_was_cut(put: Put, policy: PortalFile) -> None:
    assert answer(put(policy.id, version=1, comment="x" * 300)) == "x" * 255


def lock(portal: DemoPortal, policy: PortalFile) -> None:
    portal.lock(policy.id, by=BOB.id)


def trash(portal: DemoPortal, policy: PortalFile) -> None:
    portal.trash(policy.id, by=OLGA.id)


def trash_of_another(portal: DemoPortal, policy: PortalFile) -> None:
    portal.trash(policy.id, by=BOB.id)


def trash_folder(portal: DemoPortal, _policy: PortalFile) -> None:
    portal.trash_folder(COMPLIANCE, by=OLGA.id)


def archive(portal: DemoPortal, _policy: PortalFile) -> None:
    portal.archive_room(ROOM, by=OLGA.id)


def delete(portal: DemoPortal, policy: PortalFile) -> None:
    portal.delete(policy.id, by=OLGA.id)


@pytest.mark.parametrize("act", [lock, trash, trash_of_another, trash_folder, archive, delete])
def test_a_file_that_may_not_be_edited_takes_no_comment(
    put: Put, portal: DemoPortal, policy: PortalFile, act: Callable[[DemoPortal, PortalFile], None]
) -> None:
    act(portal, policy)
    emitted = len(portal.emitted)

    assert put(policy.id, version=1, comment="x").status_code == 403
    assert len(portal.emitted) == emitted


def test_a_lock_of_ones_own_is_no_obstacle(put: Put, portal: DemoPortal, policy: PortalFile) -> None:
    portal.lock(policy.id, by=OLGA.id)

    assert put(policy.id, version=1, comment="x").status_code == 200


def test_a_comment_needs_a_version_that_exists_and_a_key_that_may_write(
    put: Put, portal: DemoPortal, policy: PortalFile
) -> None:
    assert put(policy.id, version=9, comment="x").status_code == 403
    assert put(policy.id, comment="x").status_code == 403
    assert put(policy.id, version="first", comment="x").status_code == 400
    assert put(policy.id, key=portal.add_key(OLGA.id, "files:read"), version=1).status_code == 403
    assert answer(put(policy.id, key=portal.add_key(OLGA.id, "files:write"), version=1)) == ""


@pytest.mark.usefixtures("letter")
def test_a_file_of_a_connected_storage_takes_no_comment(put: Put, portal: DemoPortal) -> None:
    assert put("drive-57-%7C1AbC", version=1, comment="x").status_code == 403
    assert triggers(portal) == []


def test_the_file_shows_its_comment_and_its_lock(get: Any, portal: DemoPortal) -> None:
    file = portal.add_file("Log.docx", QUARTER, by=ALICE.id)
    portal.comment(file.id, "fine", by=BOB.id)
    portal.lock(file.id, by=BOB.id)

    shown = answer(get(f"/files/file/{file.id}"))

    assert (shown["comment"], shown["locked"], shown["lockedBy"]) == ("fine", True, "Bob Chen")
