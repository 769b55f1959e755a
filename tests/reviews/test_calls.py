"""How often DocSpace is asked: a few times a change, and once for each hundred files of a first look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, COMPLIANCE, DEEP, OLGA, OTHER, QUARTER, DemoPortal, FilledContent
from tests.databases import ON_SQLITE
from tests.reviews.portal_desk import FILE, INNER

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.reviews.portal_desk import PortalDesk

pytestmark = ON_SQLITE

MOST = 3  # calls a change, while folders and people are known

# So few each that what was asked in the beginning is still taken for known in the end.
CHANGES: dict[str, list[Callable[[DemoPortal], object]]] = {
    "content": [
        lambda p: p.save(FILE, by=BOB.id, co_authors=(ALICE.id,)),
        lambda p: p.save(FILE, by=BOB.id, force_save=True, content=FilledContent(7726, "a")),
        lambda p: p.save(FILE, by=BOB.id, content=FilledContent(7726, "b")),
        lambda p: p.upload("Policy.docx", COMPLIANCE, by=BOB.id),
        lambda p: p.upload("Scan.pdf", DEEP, by=BOB.id),
    ],
    "details": [
        lambda p: p.rename(FILE, "Renamed.docx", by=BOB.id),
        lambda p: p.lock(FILE, by=BOB.id),
        lambda p: p.unlock(FILE, by=BOB.id),
        lambda p: p.comment(FILE, "Fine.", by=BOB.id),
        lambda p: p.reorder(FILE, 3, by=BOB.id),
    ],
    "places": [
        lambda p: p.move(FILE, QUARTER, by=BOB.id),
        lambda p: p.move(FILE, OTHER, by=BOB.id),
        lambda p: p.move(FILE, DEEP, by=BOB.id),
        lambda p: p.copy(FILE, QUARTER, by=BOB.id),
        lambda p: p.upload("Menu.docx", OTHER, by=BOB.id),
    ],
    "the trash": [
        lambda p: p.trash(FILE, by=BOB.id),
        lambda p: p.restore(FILE, by=BOB.id),
        lambda p: p.delete(FILE, by=BOB.id),
    ],
    "folders": [
        lambda p: p.rename_folder(QUARTER, "Q2", by=BOB.id),
        lambda p: p.move_folder(QUARTER, OTHER, by=BOB.id),
        lambda p: p.move_folder(QUARTER, COMPLIANCE, by=BOB.id),
        lambda p: p.trash_folder(QUARTER, by=BOB.id),
        lambda p: p.restore_folder(QUARTER, by=BOB.id),
    ],
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_costs_three_calls_at_most_once_folders_and_people_are_known(
    new_portal_desk: PortalDesk, what: str
) -> None:
    for number in range(50):
        new_portal_desk.portal.add_file(f"Paper {number}.docx", QUARTER, by=OLGA.id)
    new_portal_desk.know_everything()
    new_portal_desk.portal.save(INNER, by=BOB.id, co_authors=(ALICE.id,))
    new_portal_desk.portal.upload("Draft.docx", OTHER, by=BOB.id)
    new_portal_desk.let_happen()

    calls = []
    for act in CHANGES[what]:
        new_portal_desk.portal.faults.forget_calls()
        act(new_portal_desk.portal)
        assert new_portal_desk.let_happen()
        calls.append(new_portal_desk.portal.faults.counts().total())

    assert max(calls) in range(1, MOST + 1), calls


def test_a_first_look_costs_a_call_for_each_hundred_files_and_for_each_folder(
    new_portal_desk: PortalDesk,
) -> None:
    files, folders = 1000, 20
    for number in range(folders):
        new_portal_desk.portal.add_folder(f"Folder {number}", COMPLIANCE, folder_id=800_000 + number)
    for number in range(files - 2):  # two are there already
        new_portal_desk.portal.add_file(f"Paper {number}.docx", 800_000 + number % folders, by=OLGA.id)

    file_count = new_portal_desk.baseline.take(str(COMPLIANCE), progress=lambda _done, _all: None)

    assert file_count == files
    assert new_portal_desk.portal.faults.counts().total() <= files / 100 + folders + 3
