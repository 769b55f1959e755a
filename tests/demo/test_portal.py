from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from demo import (
    ALICE,
    ANONYMOUS,
    BOB,
    COMPLIANCE,
    DEEP,
    DRIVE_FOLDER,
    OLGA,
    OTHER,
    QUARTER,
    ROOM,
    BadArgumentError,
    DemoPortal,
    NotFoundError,
)
from demo.starting_data import ARCHIVE, ROOMS, TRASH
from tests.demo import captures
from tests.demo.emitted import last, triggers

if TYPE_CHECKING:
    from demo import PortalFile
    from tests.reviews.samples import Clock


def test_setting_the_scene_emits_nothing(portal: DemoPortal, policy: PortalFile) -> None:
    portal.add_folder("Quiet", COMPLIANCE)
    portal.add_version(policy.id, by=BOB.id)

    assert portal.emitted == []
    assert portal.file(policy.id).version == 2


@pytest.mark.parametrize(("generation", "capture"), [("classic", captures.CLASSIC), ("v1", captures.V1)])
def test_a_payload_has_the_members_of_the_capture_in_its_order(
    portal: DemoPortal, generation: Any, capture: bytes
) -> None:
    portal.generation = generation
    room = portal.add_folder("Public", room_type=6 if generation == "classic" else 5)

    portal.create_file("321.xlsx", room.id, by=OLGA.id)

    expected = list(json.loads(capture)["payload"])
    optional = {"parentRoomType"} if generation == "v1" else set()
    assert [name for name in last(portal) if name not in optional] == expected


def test_a_version_one_payload_names_people_in_full(portal: DemoPortal, policy: PortalFile) -> None:
    portal.generation = "v1"

    portal.save(policy.id, by=BOB.id)

    assert last(portal)["version"] == 2
    assert last(portal)["updatedBy"]["email"] == BOB.email
    assert list(last(portal)["createdBy"]) == list(json.loads(captures.V1)["payload"]["createdBy"])


def test_an_anonymous_editor_acts_under_the_built_in_account(portal: DemoPortal, policy: PortalFile) -> None:
    portal.save(policy.id, by=ANONYMOUS)

    assert portal.emitted[-1].created_by == ANONYMOUS
    assert last(portal)["modifiedBy"] == ANONYMOUS


def test_force_saves_of_one_session_share_a_version_with_the_final_save(
    portal: DemoPortal, policy: PortalFile, clock: Clock
) -> None:
    versions, updates = [], []
    for force in (True, True, False):
        clock.advance(minutes=1)
        saved = portal.save(policy.id, by=ALICE.id, co_authors=(BOB.id,), force_save=force)
        versions.append(saved.version)
        updates.append(last(portal)["modifiedOn"])

    assert versions == [2, 2, 2]
    assert len(set(updates)) == 3
    assert {change.user for change in portal.file(policy.id).current.changes} == {ALICE.id, BOB.id}
    assert portal.save(policy.id, by=ALICE.id).version == 3


def test_an_overwriting_upload_is_a_new_version_by_another_person(
    portal: DemoPortal, policy: PortalFile
) -> None:
    uploaded = portal.upload(policy.title, COMPLIANCE, by=BOB.id)

    assert (uploaded.id, uploaded.version) == (policy.id, 2)
    assert (last(portal)["createBy"], last(portal)["modifiedBy"]) == (ALICE.id, BOB.id)


def test_a_rename_sets_the_modification_but_no_version_and_a_lock_sets_neither(
    portal: DemoPortal, policy: PortalFile, clock: Clock
) -> None:
    clock.advance(minutes=1)
    portal.lock(policy.id, by=BOB.id)
    assert last(portal)["modifiedOn"] == "2026-03-09T14:05:12Z"

    renamed = portal.rename(policy.id, "Policy.docx", by=BOB.id)

    assert (renamed.version, renamed.updated_by) == (1, BOB.id)
    assert last(portal)["modifiedOn"] == "2026-03-09T14:06:12Z"


def test_a_trashed_payload_is_the_file_before_the_move(portal: DemoPortal, policy: PortalFile) -> None:
    trashed = portal.trash(policy.id, by=BOB.id)

    assert last(portal)["parentId"] == COMPLIANCE
    assert (last(portal)["rootId"], last(portal)["rootFolderType"]) == (ROOMS, 14)
    assert trashed.parent_id == TRASH


def test_a_file_deleted_from_the_trash_says_that_it_was_there(portal: DemoPortal, policy: PortalFile) -> None:
    portal.trash(policy.id, by=BOB.id)

    portal.delete(policy.id, by=BOB.id)

    assert (last(portal)["parentId"], last(portal)["rootFolderType"]) == (TRASH, 3)
    assert last(portal)["rootCreateBy"] == BOB.id
    with pytest.raises(NotFoundError):
        portal.file(policy.id)


def test_a_restored_file_is_back_where_it_was(portal: DemoPortal, policy: PortalFile) -> None:
    portal.trash(policy.id, by=BOB.id)

    portal.restore(policy.id, by=BOB.id)

    assert triggers(portal)[-1] == "file.restored"
    assert last(portal)["parentId"] == COMPLIANCE


def test_a_move_shows_only_the_new_parent(portal: DemoPortal, policy: PortalFile) -> None:
    portal.move(policy.id, OTHER, by=BOB.id)

    assert last(portal)["parentId"] == OTHER
    assert str(COMPLIANCE) not in json.dumps(dict(last(portal)))


def test_a_move_to_a_connected_storage_changes_the_id(portal: DemoPortal, policy: PortalFile) -> None:
    moved = portal.move(policy.id, DRIVE_FOLDER, by=OLGA.id)

    assert isinstance(moved.id, str)
    assert "|" in moved.id
    assert last(portal)["providerKey"] == "GoogleDrive"
    assert last(portal)["rootId"] == "drive-57"
    with pytest.raises(NotFoundError):
        portal.file(policy.id)


def test_a_moved_folder_takes_everything_beneath_along(portal: DemoPortal) -> None:
    portal.move_folder(QUARTER, OTHER, by=BOB.id)

    assert [folder.id for folder in portal.chain(DEEP)] == [ROOMS, ROOM, OTHER, QUARTER, DEEP]


def test_a_folder_is_neither_moved_nor_copied_into_itself(portal: DemoPortal) -> None:
    with pytest.raises(BadArgumentError):
        portal.move_folder(COMPLIANCE, DEEP, by=BOB.id)
    with pytest.raises(BadArgumentError):
        portal.copy_folder(COMPLIANCE, DEEP, by=BOB.id)


def test_a_trashed_folder_comes_back_to_its_place(portal: DemoPortal) -> None:
    portal.trash_folder(QUARTER, by=BOB.id)
    assert portal.chain(DEEP)[0].id == TRASH

    portal.restore_folder(QUARTER, by=BOB.id)

    assert triggers(portal) == ["folder.trashed", "folder.restored"]
    assert portal.folder(QUARTER).parent_id == COMPLIANCE


def test_an_archived_room_hangs_below_the_archive_and_returns(portal: DemoPortal) -> None:
    portal.archive_room(ROOM, by=OLGA.id)
    assert (last(portal)["rootId"], last(portal)["rootFolderType"]) == (ARCHIVE, 20)

    portal.restore_room(ROOM, by=OLGA.id)

    assert (triggers(portal)[-1], last(portal)["rootId"]) == ("room.restored", ROOMS)


def test_deleting_an_old_version_keeps_the_current_one(portal: DemoPortal, policy: PortalFile) -> None:
    portal.save(policy.id, by=BOB.id)

    portal.delete_version(policy.id, 1, by=BOB.id)

    assert [version.number for version in portal.file(policy.id).versions] == [2]
    with pytest.raises(BadArgumentError):
        portal.delete_version(policy.id, 2, by=BOB.id)
