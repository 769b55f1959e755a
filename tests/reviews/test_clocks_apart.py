"""A portal whose clock is half a minute behind ours or ahead of it, right after the first look."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, COMPLIANCE, OTHER, QUARTER
from reviews.kinds import ChangeKind
from tests.databases import ON_SQLITE
from tests.reviews.portal_desk import FILE, OUTSIDE, acts, both_folders, names, open_portal_desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk

pytestmark = ON_SQLITE

K = ChangeKind
SECONDS_AFTER = (1, 70)


@pytest.fixture(params=[-30.25, 0.0, 30.25], ids=["behind", "alike", "ahead"])
def fresh_portal_desk(desk: Desk, request: pytest.FixtureRequest) -> Iterator[PortalDesk]:
    """A desk that has just taken its first look at a portal with another clock."""
    apart = timedelta(seconds=request.param)
    with open_portal_desk(desk, both_folders(), portal_clock=lambda: desk.clock() + apart) as portal_desk:
        desk.clock.advance(seconds=3600)
        portal_desk.baseline.take(str(COMPLIANCE), progress=lambda _done, _all: None)
        yield portal_desk


@pytest.mark.parametrize("seconds", SECONDS_AFTER)
@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (lambda p: p.move_folder(QUARTER, OTHER, by=BOB.id), K.MOVED_OUT),
        (lambda p: p.trash_folder(QUARTER, by=BOB.id), K.TRASHED),
        (lambda p: p.save(FILE, by=BOB.id), K.CONTENT),
        (lambda p: p.rename(FILE, "Renamed.docx", by=BOB.id), K.RENAMED),
        (lambda p: p.move(FILE, OTHER, by=BOB.id), K.MOVED_OUT),
        (lambda p: p.move(OUTSIDE, COMPLIANCE, by=BOB.id), K.MOVED_IN),
        (lambda p: p.trash(FILE, by=BOB.id), K.TRASHED),
        (lambda p: p.create_file("New.docx", COMPLIANCE, by=BOB.id), K.CREATED),
    ],
)
def test_what_happens_right_after_the_first_look_is_seen_for_what_it_is(
    fresh_portal_desk: PortalDesk, act: Callable[..., object], kind: ChangeKind, seconds: float
) -> None:
    fresh_portal_desk.desk.clock.advance(seconds=seconds)
    [review] = fresh_portal_desk.reviews_of(lambda: act(fresh_portal_desk.portal))

    assert review.kind == kind
    assert "Bob Chen" in names(review).union(*acts(review).values())


@pytest.mark.parametrize("seconds", SECONDS_AFTER)
def test_a_folder_that_comes_right_after_the_first_look_is_one_review(
    fresh_portal_desk: PortalDesk, seconds: float
) -> None:
    portal_desk, portal = fresh_portal_desk, fresh_portal_desk.portal
    portal_desk.desk.clock.advance(seconds=seconds)
    folder = portal.add_folder("Contracts", OTHER)
    file = portal.add_file("Contract.docx", folder.id, by=ALICE.id)

    reviews = portal_desk.reviews_of(
        lambda: portal.lock(file.id, by=ALICE.id),
        lambda: portal.move_folder(folder.id, COMPLIANCE, by=BOB.id),
    )

    assert [(review.kind, review.title, names(review)) for review in reviews] == [
        (K.MOVED_IN, "Contracts", {"Bob Chen"})
    ]


@pytest.mark.parametrize(
    "act",
    [
        lambda p: p.lock(FILE, by=BOB.id),
        lambda p: p.comment(FILE, "Please read", by=BOB.id),
        lambda p: (p.lock(FILE, by=BOB.id), p.unlock(FILE, by=BOB.id)),
        lambda p: p.move(FILE, QUARTER, by=BOB.id),
    ],
)
def test_what_is_no_change_of_content_or_place_asks_for_nothing_from_the_first_moment(
    fresh_portal_desk: PortalDesk, act: Callable[..., object]
) -> None:
    fresh_portal_desk.desk.clock.advance(seconds=1)

    assert fresh_portal_desk.reviews_of(lambda: act(fresh_portal_desk.portal)) == []


def test_the_first_card_says_from_which_version_to_which(fresh_portal_desk: PortalDesk) -> None:
    fresh_portal_desk.desk.clock.advance(seconds=1)
    [review] = fresh_portal_desk.reviews_of(lambda: fresh_portal_desk.portal.save(FILE, by=BOB.id))

    assert (review.version_from, review.version_to) == (1, 2)
