"""Files and folders that no look has seen before they leave, and the first edit after the installation."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, COMPLIANCE, DEEP, OTHER, QUARTER
from reviews.kinds import ChangeKind, EventState
from tests.databases import ON_SQLITE
from tests.reviews.portal_desk import FILE, acts, both_folders, names, open_portal_desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from demo import DemoPortal
    from demo.entries import EntryId
    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk

pytestmark = ON_SQLITE


@pytest.fixture(params=[-30.25, 0.0, 30.25], ids=["behind", "alike", "ahead"])
def fresh_portal_desk(desk: Desk, request: pytest.FixtureRequest) -> Iterator[PortalDesk]:
    """A desk that has just taken its first look at a portal with another clock, whose log is late."""
    apart = timedelta(seconds=request.param)
    with open_portal_desk(desk, both_folders(), portal_clock=lambda: desk.clock() + apart) as portal_desk:
        desk.clock.advance(seconds=3600)
        portal_desk.baseline.take(str(COMPLIANCE), progress=lambda _done, _all: None)
        portal_desk.portal.audit.write_late()
        portal_desk.portal.lock(FILE, by=ALICE.id)  # the next row waits for a minute
        portal_desk.sender.lose_queue()
        yield portal_desk


def make_file(portal: DemoPortal, parent: EntryId) -> EntryId:
    made = portal.add_file("Unseen.docx", parent, by=ALICE.id)
    return made.id


def make_folder(portal: DemoPortal, parent: EntryId) -> EntryId:
    made = portal.add_folder("Unseen", parent)
    make_file(portal, made.id)
    return made.id


@pytest.mark.parametrize(
    ("make", "move"),
    [
        (make_file, lambda p, each: p.move(each, OTHER, by=BOB.id)),
        (make_folder, lambda p, each: p.move_folder(each, OTHER, by=BOB.id)),
    ],
    ids=["file", "folder"],
)
def test_what_was_never_seen_and_leaves_is_a_review(
    fresh_portal_desk: PortalDesk,
    make: Callable[[DemoPortal, EntryId], EntryId],
    move: Callable[[DemoPortal, EntryId], object],
) -> None:
    portal = fresh_portal_desk.portal
    elsewhere, inside = make(portal, OTHER), make(portal, QUARTER)

    before = fresh_portal_desk.now()
    move(portal, elsewhere)
    move(portal, inside)
    fresh_portal_desk.let_happen()
    fresh_portal_desk.recover()
    fresh_portal_desk.recover()
    reviews = fresh_portal_desk.reviews_since(before)

    assert [(review.kind, review.file_id.removeprefix("folder:")) for review in reviews] == [
        (ChangeKind.MOVED_OUT, str(inside))
    ]
    assert "Bob Chen" in names(reviews[0]).union(*acts(reviews[0]).values())
    assert EventState.RECEIVED not in {stored.state for stored in fresh_portal_desk.desk.events()}


@pytest.mark.parametrize("looks", [True, False], ids=["seen by the first look", "before the first look"])
def test_the_first_edit_after_the_installation_says_from_which_version(
    new_portal_desk: PortalDesk, *, looks: bool
) -> None:
    new_portal_desk.desk.clock.advance(seconds=3600)
    new_portal_desk.portal.save(FILE, by=BOB.id)
    created = new_portal_desk.portal.create_file("New.docx", DEEP, by=BOB.id)
    if looks:
        new_portal_desk.baseline.take(str(COMPLIANCE), progress=lambda _done, _all: None)

    reviews = {each.file_id: each for each in new_portal_desk.reviews_of()}

    assert (reviews[str(FILE)].version_from, reviews[str(FILE)].version_to) == (1, 2)
    assert (reviews[str(created.id)].version_from, reviews[str(created.id)].version_to) == (None, 1)


def test_a_folder_in_the_trash_names_all_its_files(portal_desk: PortalDesk) -> None:
    portal = portal_desk.portal
    folder = portal.create_folder("Contracts", QUARTER, by=ALICE.id)
    portal.create_file("Seen.docx", folder.id, by=ALICE.id)
    portal_desk.let_happen()
    before = portal_desk.now()

    inner = portal.create_folder("Annexes", folder.id, by=ALICE.id)
    portal.upload("Never seen.docx", inner.id, by=ALICE.id)
    portal_desk.desk.clock.advance(seconds=1)
    portal.trash_folder(folder.id, by=BOB.id)
    portal_desk.let_happen()

    trashed = next(
        each for each in portal_desk.reviews_since(before) if each.file_id == f"folder:{folder.id}"
    )
    assert trashed.kind is ChangeKind.TRASHED
    assert trashed.contents is not None
    assert set(trashed.contents.titles) == {"Seen.docx", "Never seen.docx"}
    assert trashed.contents.count == 2
    assert EventState.RECEIVED not in {stored.state for stored in portal_desk.desk.events()}
