from __future__ import annotations

from demo import ALICE, BOB, COMPLIANCE, OTHER, DemoPortal, PortalFile


def titles(portal: DemoPortal, folder: int) -> list[str]:
    return [file.title for file in portal.children(folder)[1]]


def add(portal: DemoPortal, title: str) -> PortalFile:
    return portal.add_file(title, COMPLIANCE, by=ALICE.id)


def test_a_replaced_entry_keeps_its_place_and_a_moved_one_leaves_it(portal: DemoPortal) -> None:
    first, second, third = (add(portal, title) for title in "abc")

    portal.rename(second.id, "B", by=BOB.id)
    portal.move(first.id, OTHER, by=BOB.id)
    assert (titles(portal, COMPLIANCE), titles(portal, OTHER)) == (["B", "c"], ["a"])

    portal.move(first.id, COMPLIANCE, by=BOB.id)
    portal.delete(third.id, by=BOB.id)
    assert titles(portal, COMPLIANCE) == ["B", "a"]
