"""A save that only DocSpace's log separates from a lock or a rename, before its row is written."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB
from reviews.intake import intake
from reviews.kinds import ChangeKind, EventState
from tests.reviews.desk import build_answer_request
from tests.reviews.portal_desk import FILE, OUTSIDE, QUIET, names
from webhook.payload import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.reviews.portal_desk import PortalDesk
    from tests.reviews.sweeping_desk import SweepingDesk

    Action = Callable[[PortalDesk], None]

LONGEST_WAIT = timedelta(seconds=150)
FIRST_TITLE = "Policy.docx"


def save(portal_desk: PortalDesk) -> None:
    """Save within the editing session, with the same version and size."""
    content = portal_desk.portal.file(FILE).current.content
    portal_desk.portal.save(FILE, by=ALICE.id, content=content, force_save=True)


def lock(portal_desk: PortalDesk) -> None:
    portal_desk.portal.lock(FILE, by=BOB.id)


def unlock(portal_desk: PortalDesk) -> None:
    portal_desk.portal.unlock(FILE, by=BOB.id)


def rename(portal_desk: PortalDesk) -> None:
    portal_desk.portal.rename(FILE, "Policy (2026).docx", by=BOB.id)


def rename_twice(portal_desk: PortalDesk) -> None:
    rename(portal_desk)
    portal_desk.portal.rename(FILE, FIRST_TITLE, by=BOB.id)


def trash(portal_desk: PortalDesk) -> None:
    portal_desk.portal.trash(FILE, by=BOB.id)


def restore(portal_desk: PortalDesk) -> None:
    portal_desk.portal.restore(FILE, by=BOB.id)


def deliver(portal_desk: PortalDesk, *, last: int = 0) -> None:
    """Deliver what was emitted, but for so many of the last."""
    bodies = [portal_desk.sender.request(each).body for each in portal_desk.sender.pending()]
    if not last:
        portal_desk.sender.lose_queue()
    for body in bodies[: len(bodies) - last]:
        intake.receive_events(portal_desk.desk.transactions, [parse(body)], now=portal_desk.desk.clock())


def work(portal_desk: PortalDesk) -> timedelta:
    """Handle what is pending, a second after the other, until nothing is; return how long it took."""
    began_at = portal_desk.desk.clock()
    while pending := [each for each in portal_desk.desk.events() if each.state is EventState.RECEIVED]:
        for stored in pending:
            portal_desk.desk.intake.process(stored.id)
        portal_desk.desk.clock.advance(seconds=1)
        assert portal_desk.desk.clock() - began_at < LONGEST_WAIT
    return portal_desk.desk.clock() - began_at


@pytest.fixture
def editing(portal_desk: PortalDesk) -> PortalDesk:
    """A desk in the middle of an editing session, with the log of an idle server written late."""
    portal_desk.portal.audit.write_late()
    save(portal_desk)
    deliver(portal_desk)
    work(portal_desk)
    portal_desk.desk.clock.advance(seconds=90)
    save(portal_desk)  # the cache of the editors' process is written, and waits a minute from now on
    deliver(portal_desk)
    work(portal_desk)
    for review in portal_desk.desk.reviews():
        portal_desk.desk.answers.record_answer(build_answer_request(review))
    return portal_desk


@pytest.mark.parametrize("order", [1, -1], ids=["after it", "before it"])
@pytest.mark.parametrize("other", [lock, rename, rename_twice])
def test_a_save_beside_something_that_is_logged_already_is_reviewed(
    editing: PortalDesk, other: Action, order: int
) -> None:
    before = editing.now()

    for act in [other, save][::order]:
        act(editing)
        editing.desk.clock.advance(seconds=1)
    deliver(editing)
    work(editing)

    [review] = editing.reviews_since(before)
    assert review.content
    assert ALICE.display_name in names(review)


@pytest.mark.parametrize("seconds", [0, 1, 4])
def test_a_save_whose_event_is_still_on_its_way_is_reviewed(editing: PortalDesk, seconds: int) -> None:
    before = editing.now()

    lock(editing)
    editing.desk.clock.advance(seconds=seconds)
    save(editing)
    deliver(editing, last=1)
    work(editing)
    deliver(editing)
    work(editing)

    assert any(review.content for review in editing.reviews_since(before))


def test_a_save_that_no_delivery_reports_is_reviewed(editing: PortalDesk) -> None:
    before = editing.now()

    lock(editing)
    save(editing)
    deliver(editing, last=1)
    editing.sender.lose_queue()
    work(editing)
    editing.recover()

    assert any(review.content for review in editing.reviews_since(before))


def test_a_save_before_the_first_look_is_reviewed_though_only_the_lock_beside_it_is_logged(
    new_portal_desk: PortalDesk,
) -> None:
    new_portal_desk.portal.audit.write_late()
    new_portal_desk.portal.save(OUTSIDE, by=ALICE.id)  # the cache of the editors' process waits from now on
    new_portal_desk.sender.lose_queue()
    new_portal_desk.desk.clock.advance(seconds=10)

    save(new_portal_desk)
    lock(new_portal_desk)
    deliver(new_portal_desk)
    work(new_portal_desk)

    [review] = new_portal_desk.desk.reviews()
    assert review.content


@pytest.mark.parametrize(
    ("first", "other", "kinds"),
    [
        (None, lock, []),
        (lock, unlock, []),
        (None, rename, [ChangeKind.RENAMED]),
        (trash, restore, [ChangeKind.RESTORED]),
        (rename, trash, [ChangeKind.TRASHED]),
    ],
)
def test_what_the_log_explains_does_not_wait_for_it(
    portal_desk: PortalDesk, first: Action | None, other: Action, kinds: list[ChangeKind]
) -> None:
    if first is not None:
        first(portal_desk)
        deliver(portal_desk)
        work(portal_desk)
        portal_desk.desk.clock.advance(seconds=90)
    before = portal_desk.now()

    other(portal_desk)
    deliver(portal_desk)

    assert work(portal_desk) <= QUIET + timedelta(seconds=2)
    assert [review.kind for review in portal_desk.reviews_since(before)] == kinds


def test_a_save_that_is_logged_does_not_wait(editing: PortalDesk) -> None:
    editing.desk.clock.advance(seconds=90)
    before = editing.now()

    save(editing)
    deliver(editing)

    assert work(editing) <= QUIET + timedelta(seconds=2)
    assert [review.kind for review in editing.reviews_since(before)] == [ChangeKind.CONTENT]


def test_without_a_webhook_a_save_after_a_rename_is_reviewed(sweeping_desk: SweepingDesk) -> None:
    portal_desk = sweeping_desk.portal_desk
    portal_desk.portal.audit.write_late()
    save(portal_desk)
    sweeping_desk.settle()
    save(portal_desk)
    sweeping_desk.pass_time(5)
    before = portal_desk.now()

    rename(portal_desk)
    portal_desk.desk.clock.advance(seconds=1)
    save(portal_desk)
    sweeping_desk.pass_time(200)

    assert any(review.content for review in portal_desk.reviews_since(before))
