"""Without a webhook: editing sessions, outages, late rows, and how often a folder is swept."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, COMPLIANCE
from reviews.kinds import ChangeKind, SweepSource
from reviews.sweep import completeness
from reviews.sweep.sweep_rules import LOG_GRACE
from tests.databases import ON_SQLITE
from tests.reviews.portal_desk import FILE, OUTSIDE, acts, both_folders, names
from tests.reviews.sweeping_desk import LOOK_SECONDS

if TYPE_CHECKING:
    from datetime import datetime

    from tests.reviews.sweeping_desk import SweepingDesk

MINUTE = timedelta(minutes=1)
SWEEPS_OF_A_SESSION = 6


def complete_up_to(sweeping_desk: SweepingDesk) -> datetime | None:
    desk = sweeping_desk.desk
    with desk.transactions(reading=True) as work:
        [folder] = completeness.check_all_folders(work, desk.routes)
    return folder.up_to


@pytest.mark.parametrize("log", ["written at once", "written late"])
def test_an_editing_session_over_several_sweeps_is_one_review(sweeping_desk: SweepingDesk, log: str) -> None:
    if log == "written late":
        sweeping_desk.write_log_late()
    before = sweeping_desk.portal_desk.now()

    for number in range(50):
        sweeping_desk.portal_desk.portal.save(FILE, by=(BOB, ALICE)[number % 2].id, force_save=True)
        sweeping_desk.pass_time(LOOK_SECONDS)
    sweeping_desk.pass_time(150)

    [review] = sweeping_desk.portal_desk.reviews_since(before)
    assert (review.kind, review.seen_late) == (ChangeKind.CONTENT, None)
    assert names(review) == {"Bob Chen", ALICE.display_name}
    assert review.revision <= SWEEPS_OF_A_SESSION
    assert not sweeping_desk.list_pending()


def test_a_quiet_period_counts_from_the_last_save_and_not_from_the_sweep(
    sweeping_desk: SweepingDesk,
) -> None:
    before = sweeping_desk.portal_desk.now()
    sweeping_desk.portal_desk.portal.save(FILE, by=BOB.id)
    sweep_count = len(sweeping_desk.sweeps)

    sweeping_desk.pass_time(70, until=lambda: len(sweeping_desk.sweeps) > sweep_count)

    assert sweeping_desk.portal_desk.reviews_since(before)


def test_a_folder_is_swept_each_minute_by_two_calls_and_complete_but_for_what_is_logged_late(
    sweeping_desk: SweepingDesk,
) -> None:
    portal, count = sweeping_desk.portal_desk.portal, len(sweeping_desk.sweeps)
    portal.faults.forget_calls()

    sweeping_desk.pass_time(600)

    sweeps = sweeping_desk.sweeps[count:]
    assert 9 <= len(sweeps) <= 10
    assert all(
        MINUTE <= later - sooner <= MINUTE + timedelta(seconds=LOOK_SECONDS)
        for sooner, later in pairwise(sweeps)
    )
    assert dict(portal.faults.counts()) == {
        "GET /api/2.0/files/folder/<int:folder_id>/log": len(sweeps),
        "GET /api/2.0/files/<folder_id>": len(sweeps),
    }
    assert complete_up_to(sweeping_desk) == sweeps[-1] - LOG_GRACE


def test_a_row_that_is_written_after_newer_ones_is_received(sweeping_desk: SweepingDesk) -> None:
    portal = sweeping_desk.portal_desk.portal
    sweeping_desk.write_log_late()
    before = sweeping_desk.portal_desk.now()

    portal.trash(FILE, by=BOB.id)
    sweeping_desk.desk.clock.advance(seconds=1)
    created = portal.create_file("New.docx", COMPLIANCE, by=ALICE.id)
    portal.save(created.id, by=ALICE.id)
    sweeping_desk.pass_time(150)

    reviews = {review.file_id: review for review in sweeping_desk.portal_desk.reviews_since(before)}
    assert set(reviews) == {str(FILE), str(created.id)}
    assert acts(reviews[str(FILE)]) == {"trashed": {"Bob Chen"}}


@pytest.mark.parametrize(
    ("status", "reason"), [(503, "DocSpace"), (401, "key")], ids=["portal down", "key refused"]
)
def test_what_happened_in_an_outage_is_found_after_it_and_seen_late(
    sweeping_desk: SweepingDesk, status: int, reason: str
) -> None:
    portal, desk = sweeping_desk.portal_desk.portal, sweeping_desk.desk
    before = sweeping_desk.portal_desk.now()
    portal.faults.answer(status, count=None)
    portal.save(FILE, by=BOB.id)
    portal.move(OUTSIDE, COMPLIANCE, by=BOB.id)

    sweeping_desk.pass_time(1800)
    with desk.transactions(reading=True) as work:
        [stopped] = completeness.check_all_folders(work, desk.routes)
    portal.faults.clear()
    sweeping_desk.pass_time(200)

    assert reason in (stopped.stopped_by or "")
    reviews = {review.file_id: review for review in sweeping_desk.portal_desk.reviews_since(before)}
    assert {each.kind for each in reviews.values()} == {ChangeKind.CONTENT, ChangeKind.MOVED_IN}
    assert all(each.seen_late and each.seen_late >= 1800 for each in reviews.values())


def test_without_the_log_the_listing_finds_what_changed(sweeping_desk: SweepingDesk) -> None:
    portal = sweeping_desk.portal_desk.portal
    portal.faults.answer(403, path=f"/folder/{COMPLIANCE}/log", count=None)
    before = sweeping_desk.portal_desk.now()

    portal.save(FILE, by=BOB.id)
    portal.upload("Scan.pdf", COMPLIANCE, by=BOB.id)
    sweeping_desk.pass_time(150)

    assert len(sweeping_desk.portal_desk.reviews_since(before)) == 2
    assert {each.event.found_in for each in sweeping_desk.desk.events()} == {SweepSource.LISTING}


def test_changes_of_many_people_within_a_minute_are_a_flood_as_with_a_webhook(
    sweeping_desk: SweepingDesk,
) -> None:
    portal = sweeping_desk.portal_desk.portal
    before = sweeping_desk.portal_desk.now()

    for number in range((both_folders().bulk or 0) + 5):
        portal.upload(f"Scan {number}.pdf", COMPLIANCE, by=BOB.id)
    sweeping_desk.pass_time(150)

    [review] = [
        each for each in sweeping_desk.portal_desk.reviews_since(before) if each.kind is ChangeKind.BULK
    ]
    assert review.seen_late is None


def test_the_log_of_deliveries_is_not_read(sweeping_desk: SweepingDesk) -> None:
    sweeping_desk.portal_desk.portal.faults.forget_calls()

    sweeping_desk.pass_time(70)
    sweeping_desk.portal_desk.sweep_all()

    assert not sweeping_desk.portal_desk.portal.faults.calls("settings/webhooks")


@ON_SQLITE
def test_more_changes_than_the_newest_files_show_have_the_whole_listing_compared(
    sweeping_desk: SweepingDesk,
) -> None:
    portal = sweeping_desk.portal_desk.portal
    files = [portal.add_file(f"Old {number}.docx", COMPLIANCE, by=BOB.id) for number in range(150)]
    sweeping_desk.portal_desk.baseline.take(str(COMPLIANCE), progress=lambda _done, _all: None)
    sweeping_desk.pass_time(70)
    before = sweeping_desk.portal_desk.now()

    for each in files:
        portal.save_by_api(each.id, by=BOB.id)
    sweeping_desk.pass_time(100)

    changed = {each.event.file_id for each in sweeping_desk.list_events()}
    assert {str(each.id) for each in files} <= changed
    assert sweeping_desk.portal_desk.reviews_since(before)
