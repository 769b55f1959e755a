"""Files of a connected storage: what DocSpace does not keep of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, COMPLIANCE, DRIVE_FOLDER, OLGA, DemoPortal, FilledContent, NotFoundError
from tests.demo.emitted import triggers

if TYPE_CHECKING:
    from demo import PortalFile
    from tests.reviews.samples import Clock


def test_a_save_is_neither_a_new_version_nor_of_a_known_person(
    portal: DemoPortal, letter: PortalFile, clock: Clock
) -> None:
    clock.advance(minutes=1)

    saved = portal.save(letter.id, by=BOB.id, content=FilledContent(9))

    assert portal.emitted[-1].created_by == BOB.id
    assert [(each.number, each.size) for each in saved.versions] == [(1, 9)]
    assert (saved.created_by, saved.updated_by, saved.updated) == (OLGA.id, OLGA.id, clock())


def test_there_is_no_trash(portal: DemoPortal, letter: PortalFile) -> None:
    portal.trash(letter.id, by=BOB.id)
    portal.trash_folder(DRIVE_FOLDER, by=BOB.id)

    assert triggers(portal) == ["file.deleted", "folder.deleted"]
    with pytest.raises(NotFoundError):
        portal.file(letter.id)


def test_unlocking_emits_one_update_because_there_are_no_comments(
    portal: DemoPortal, letter: PortalFile
) -> None:
    portal.unlock(letter.id, by=BOB.id)

    assert triggers(portal) == ["file.updated"]


def test_a_move_between_storages_makes_a_new_file_that_keeps_the_lock(
    portal: DemoPortal, clock: Clock, letter: PortalFile
) -> None:
    portal.lock(letter.id, by=ALICE.id)
    clock.advance(days=1)

    moved = portal.move(letter.id, COMPLIANCE, by=BOB.id)

    assert isinstance(moved.id, int)
    assert (moved.version, moved.created_by, moved.created) == (1, BOB.id, clock())
    assert moved.locked_by == ALICE.id
    with pytest.raises(NotFoundError):
        portal.file(letter.id)


def test_only_the_newest_content_goes_over_to_a_connected_storage(portal: DemoPortal) -> None:
    policy = portal.add_file("Policy.docx", COMPLIANCE, by=ALICE.id)
    portal.add_version(policy.id, by=BOB.id, content=FilledContent(99))

    moved = portal.move(policy.id, DRIVE_FOLDER, by=BOB.id)

    assert [(each.number, each.size) for each in moved.versions] == [(1, 99)]
