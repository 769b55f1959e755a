"""Each cause of the trigger table emits what the table says, in its order (facts on DocSpace, 2.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, COMPLIANCE, DEEP, DRIVE_FOLDER, OLGA, OTHER, QUARTER, ROOM, DemoPortal, Sender
from tests.demo.emitted import last, triggers

if TYPE_CHECKING:
    from collections.abc import Callable

    from demo import PortalFile, PortalWebhook
    from tests.reviews.samples import Clock

    Act = Callable[[DemoPortal, PortalFile], object]

UPDATED = "file.updated"


@pytest.fixture
def policy(portal: DemoPortal, policy: PortalFile) -> PortalFile:
    portal.add_version(policy.id, by=BOB.id)
    return portal.add_version(policy.id, by=ALICE.id)


def restored(portal: DemoPortal, file: PortalFile) -> None:
    portal.trash(file.id, by=BOB.id)
    portal.restore(file.id, by=BOB.id)


def deleted_from_the_trash(portal: DemoPortal, file: PortalFile) -> None:
    portal.trash(file.id, by=BOB.id)
    portal.delete(file.id, by=BOB.id)


def one_session(portal: DemoPortal, file: PortalFile) -> None:
    for force_save in (True, True, False):
        portal.save(file.id, by=BOB.id, force_save=force_save)


def two_versions_deleted(portal: DemoPortal, file: PortalFile) -> None:
    for version in (1, 2):
        portal.delete_version(file.id, version, by=BOB.id)


@pytest.mark.parametrize(
    ("act", "emitted"),
    [
        (lambda p, _: p.create_file("New.docx", QUARTER, by=BOB.id), ["file.created"]),
        (lambda p, f: p.save_as_pdf(f.id, QUARTER, by=BOB.id), ["file.created"]),
        (lambda p, _: p.upload("New.xlsx", QUARTER, by=BOB.id), ["file.created", "file.uploaded"]),
        (lambda p, f: p.upload(f.title, COMPLIANCE, by=BOB.id), ["file.created", "file.uploaded"]),
        (lambda p, _: p.upload_in_chunks("New.zip", QUARTER, by=BOB.id), ["file.uploaded"]),
        (lambda p, f: p.upload_in_chunks(f.title, COMPLIANCE, by=BOB.id), ["file.uploaded"]),
        (lambda p, f: p.save(f.id, by=BOB.id), [UPDATED]),
        (one_session, [UPDATED] * 3),
        (lambda p, f: p.save_by_api(f.id, by=BOB.id), [UPDATED]),
        (lambda p, f: p.rename(f.id, "B.docx", by=BOB.id), [UPDATED]),
        (lambda p, f: p.restore_version(f.id, 1, by=BOB.id), [UPDATED]),
        (lambda p, f: p.comment(f.id, "fine", by=BOB.id), [UPDATED]),
        (lambda p, f: p.lock(f.id, by=BOB.id), [UPDATED]),
        (lambda p, f: p.unlock(f.id, by=BOB.id), [UPDATED] * 2),
        (lambda p, f: p.reorder(f.id, 3, by=BOB.id), [UPDATED]),
        (lambda p, f: p.reorder(f.id, 0, by=BOB.id), []),
        (lambda p, f: p.change_owner(f.id, BOB.id, by=OLGA.id), [UPDATED]),
        (two_versions_deleted, [UPDATED] * 2),
        (lambda p, f: p.trash(f.id, by=BOB.id), ["file.trashed"]),
        (lambda p, f: p.delete(f.id, by=BOB.id), ["file.deleted"]),
        (deleted_from_the_trash, ["file.trashed", "file.deleted"]),
        (restored, ["file.trashed", "file.restored"]),
        (lambda p, f: p.move(f.id, DEEP, by=BOB.id), ["file.moved"]),
        (lambda p, f: p.move(f.id, OTHER, by=BOB.id), ["file.moved"]),
        (lambda p, f: p.move(f.id, DRIVE_FOLDER, by=BOB.id), ["file.moved"]),
        (lambda p, f: p.copy(f.id, OTHER, by=BOB.id), ["file.copied"]),
        (lambda p, f: p.download(f.id, by=BOB.id), ["file.downloaded"]),
        (lambda p, f: p.submit_form(f.id, OTHER, by=BOB.id), ["form.submit"]),
        (lambda p, f: p.submit_form(f.id, by=BOB.id), ["form.submit"]),
        (lambda p, f: p.fill_out_form(f.id, by=BOB.id), ["form.filled.out"]),
        (lambda p, f: p.stop_form(f.id, by=BOB.id), ["form.stopped"]),
    ],
)
def test_what_happens_to_a_file_emits_what_the_table_says(
    portal: DemoPortal, policy: PortalFile, act: Act, emitted: list[str]
) -> None:
    act(portal, policy)

    assert triggers(portal) == emitted


@pytest.mark.parametrize(
    ("act", "emitted"),
    [
        (lambda p: p.create_folder("New", COMPLIANCE, by=BOB.id), ["folder.created"]),
        (lambda p: p.rename_folder(QUARTER, "Q1", by=BOB.id), ["folder.updated"]),
        (lambda p: p.reorder_folder(QUARTER, 2, by=BOB.id), ["folder.updated"]),
        (lambda p: p.reorder_folder(QUARTER, 0, by=BOB.id), []),
        (lambda p: p.change_folder_owner(QUARTER, BOB.id, by=OLGA.id), ["folder.updated"]),
        (lambda p: p.move_folder(QUARTER, OTHER, by=BOB.id), ["folder.moved"]),
        (lambda p: p.move_folder(OTHER, COMPLIANCE, by=BOB.id), ["folder.moved"]),
        (lambda p: p.copy_folder(COMPLIANCE, OTHER, by=BOB.id), ["folder.copied"]),
        (lambda p: p.copy_folder(OTHER, COMPLIANCE, by=BOB.id), ["folder.copied"]),
        (lambda p: p.trash_folder(COMPLIANCE, by=BOB.id), ["folder.trashed"]),
        (
            lambda p: p.restore_folder(p.trash_folder(QUARTER, by=BOB.id).id, by=BOB.id),
            ["folder.trashed", "folder.restored"],
        ),
        (lambda p: p.delete_folder(COMPLIANCE, by=BOB.id), ["folder.deleted"]),
        (lambda p: p.download_folder(COMPLIANCE, by=BOB.id), ["folder.downloaded"]),
        (lambda p: p.create_room("Audit", by=OLGA.id), ["room.created"]),
        (lambda p: p.rename_folder(ROOM, "Legal", by=OLGA.id), ["room.updated"]),
        (lambda p: p.update_room(ROOM, by=OLGA.id), ["room.updated"]),
        (lambda p: p.change_folder_owner(ROOM, BOB.id, by=OLGA.id), ["room.updated"]),
        (
            lambda p: p.restore_room(p.archive_room(ROOM, by=OLGA.id).id, by=OLGA.id),
            ["room.archived", "room.restored"],
        ),
        (lambda p: p.copy_room(ROOM, by=OLGA.id), ["room.copied"]),
        (lambda p: p.delete_folder(ROOM, by=OLGA.id), ["room.deleted"]),
    ],
)
@pytest.mark.usefixtures("policy")
def test_what_happens_to_a_folder_or_room_emits_one_event_and_nothing_for_the_files_inside(
    portal: DemoPortal, act: Callable[[DemoPortal], object], emitted: list[str]
) -> None:
    act(portal)

    assert triggers(portal) == emitted


@pytest.mark.parametrize(
    ("act", "versions", "stamped"),
    [
        (lambda p, f: p.rename(f.id, "B.docx", by=BOB.id), 0, True),
        (lambda p, f: p.trash(f.id, by=BOB.id), 0, True),
        (lambda p, f: p.lock(f.id, by=BOB.id), 0, False),
        (lambda p, f: p.unlock(f.id, by=BOB.id), 0, False),
        (lambda p, f: p.comment(f.id, "fine", by=BOB.id), 0, False),
        (lambda p, f: p.reorder(f.id, 3, by=BOB.id), 0, False),
        (lambda p, f: p.move(f.id, OTHER, by=BOB.id), 0, False),
        (lambda p, f: p.save_by_api(f.id, by=BOB.id), 1, True),
        (lambda p, f: p.restore_version(f.id, 1, by=BOB.id), 1, True),
        (lambda p, f: p.change_owner(f.id, BOB.id, by=BOB.id), 1, True),
        (one_session, 1, True),
    ],
)
def test_only_new_content_is_a_new_version_and_only_some_of_the_rest_is_stamped(
    portal: DemoPortal, policy: PortalFile, clock: Clock, act: Act, versions: int, *, stamped: bool
) -> None:
    clock.advance(minutes=1)

    act(portal, policy)

    file = portal.file(policy.id)
    assert file.version == policy.version + versions
    assert (file.updated, file.updated_by) == ((clock(), BOB.id) if stamped else (policy.updated, ALICE.id))


def test_trashing_a_file_puts_its_hand_on_every_version(portal: DemoPortal, policy: PortalFile) -> None:
    restored(portal, policy)

    assert {version.updated_by for version in portal.file(policy.id).versions} == {BOB.id}


def test_unlocking_overwrites_the_comment_of_the_version(portal: DemoPortal, policy: PortalFile) -> None:
    portal.comment(policy.id, "Reviewed by Olga Owner", by=OLGA.id)

    portal.unlock(policy.id, by=BOB.id)

    assert portal.file(policy.id).current.comment == "Unlocked"


def test_a_comment_is_cut_to_255_units_as_the_server_counts_them(
    portal: DemoPortal, policy: PortalFile
) -> None:
    portal.comment(policy.id, "x" * 254 + "\N{WHITE HEAVY CHECK MARK}" + "y", by=OLGA.id)
    assert portal.file(policy.id).current.comment == "x" * 254 + "\N{WHITE HEAVY CHECK MARK}"

    portal.comment(policy.id, "x" * 254 + "\N{GRINNING FACE}", by=OLGA.id, version=1)
    assert portal.version(policy.id, 1).comment == "x" * 254 + "\N{REPLACEMENT CHARACTER}"


def test_the_place_in_an_indexed_room_is_told_last(portal: DemoPortal, policy: PortalFile) -> None:
    portal.reorder(policy.id, 3, by=BOB.id)
    assert list(last(portal).items())[-1] == ("order", 3)

    portal.trash(policy.id, by=BOB.id)
    assert portal.file(policy.id).order == 0


def test_a_copied_room_is_a_room_with_everything_inside(portal: DemoPortal, policy: PortalFile) -> None:
    room = portal.copy_room(ROOM, by=OLGA.id)

    copy = next(folder for folder in portal.children(room.id)[0] if folder.title == "Compliance")
    assert room.room_type == 5
    assert [file.title for file in portal.children(copy.id)[1]] == [policy.title]


def test_a_submitted_form_comes_with_the_form_it_was_made_from(
    portal: DemoPortal, policy: PortalFile
) -> None:
    submitted = portal.submit_form(policy.id, OTHER, by=ALICE.id)

    assert list(last(portal)) == ["originalForm", "submittedForm"]
    assert last(portal)["originalForm"]["id"] == policy.id
    assert last(portal)["submittedForm"]["id"] == submitted.id
    assert submitted.title == "1 - Alice Moreau - AML Policy 2026.docx"


def test_a_form_submitted_in_place_is_both_forms_and_saved(portal: DemoPortal, policy: PortalFile) -> None:
    portal.submit_form(policy.id, by=ALICE.id)

    assert last(portal)["originalForm"] == last(portal)["submittedForm"]
    assert portal.file(policy.id).version == policy.version + 1


def test_a_webhook_aimed_at_a_form_hears_of_what_is_submitted_there(
    portal: DemoPortal, sender: Sender, webhook: PortalWebhook, policy: PortalFile
) -> None:
    webhook.triggers, webhook.target = 0, str(policy.id)
    elsewhere = portal.add_file("Other.pdf", OTHER, by=ALICE.id)

    portal.submit_form(policy.id, OTHER, by=ALICE.id)
    portal.submit_form(elsewhere.id, OTHER, by=ALICE.id)

    (delivery,) = sender.pending()
    assert delivery.body()["webhook"]["target"] == {"id": policy.id, "type": "form"}
