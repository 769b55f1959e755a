"""What came in otherwise, or is on its way, is not reviewed twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo import ALICE, BOB, COMPLIANCE, DEEP, OTHER
from reviews.intake import intake
from reviews.kinds import EventState, ReviewState, SweepSource
from tests.reviews.lost import ACTS, K, lose, move_in, move_out, rename, save, unsubscribe
from tests.reviews.portal_desk import FILE, INNER, OUTSIDE, STEP
from webhook.payload import parse

if TYPE_CHECKING:
    from tests.reviews.portal_desk import PortalDesk


def test_nothing_that_was_delivered_is_found_again(portal_desk: PortalDesk) -> None:
    for act, _kind in ACTS:
        file = portal_desk.portal.add_file(f"{act.__name__}.docx", COMPLIANCE, by=ALICE.id)
        portal_desk.portal.save(file.id, by=BOB.id)
    portal_desk.portal.move(INNER, COMPLIANCE, by=BOB.id)
    portal_desk.portal.move_folder(DEEP, OTHER, by=BOB.id)
    for act in (save, rename, move_in, move_out):
        act(portal_desk)
        portal_desk.let_happen()
    before = portal_desk.now()

    assert portal_desk.recover() == []
    assert portal_desk.reviews_since(before) == []


def test_what_happened_just_now_is_left_to_its_delivery(portal_desk: PortalDesk) -> None:
    portal_desk.recover()
    save(portal_desk)

    assert portal_desk.recover(minutes=1) == []
    [stored] = portal_desk.let_happen()
    assert stored.event.found_in is None
    assert portal_desk.desk.latest(str(FILE)).seen_late is None


def test_what_a_listing_shows_waits_for_a_delivery_that_may_be_on_its_way(portal_desk: PortalDesk) -> None:
    portal_desk.recover()
    move_in(portal_desk)
    portal_desk.desk.clock.advance(seconds=20)
    portal_desk.sweep_all()
    [listed] = [each for each in portal_desk.desk.events() if each.event.found_in is SweepSource.LISTING]
    portal_desk.let_happen()

    review = portal_desk.desk.latest(str(OUTSIDE))
    assert (review.kind, review.seen_late, review.revision) == (K.MOVED_IN, None, 1)
    assert portal_desk.desk.event(listed.id).state is EventState.DONE


def test_a_lost_save_that_a_later_event_has_shown_is_not_reviewed_twice(portal_desk: PortalDesk) -> None:
    before = lose(portal_desk, save)
    portal_desk.portal.lock(FILE, by=BOB.id)
    portal_desk.let_happen()
    [review] = portal_desk.reviews_since(before)

    assert portal_desk.recover() == []
    assert (review.kind, review.revision) == (K.CONTENT, 1)
    assert portal_desk.desk.latest(str(FILE)).revision == 1


def test_a_save_that_is_delivered_after_all_is_not_reviewed_twice(portal_desk: PortalDesk) -> None:
    save(portal_desk)
    [late] = [portal_desk.sender.request(each).body for each in portal_desk.sender.pending()]
    portal_desk.sender.lose_queue()
    portal_desk.desk.clock.advance(seconds=1)
    portal_desk.portal.lock(FILE, by=BOB.id)
    portal_desk.let_happen()
    before = portal_desk.now()
    intake.receive_events(portal_desk.desk.transactions, [parse(late)], now=portal_desk.desk.clock())
    portal_desk.desk.clock.advance(seconds=STEP)
    [stored, *_] = portal_desk.desk.events()

    assert portal_desk.desk.intake.process(stored.id) is None
    assert portal_desk.desk.event(stored.id).state is EventState.IGNORED
    assert portal_desk.reviews_since(before) == []


def test_a_lost_save_behind_an_answer_is_not_reviewed_again(portal_desk: PortalDesk) -> None:
    lose(portal_desk, save)
    portal_desk.portal.lock(FILE, by=BOB.id)
    portal_desk.let_happen()
    portal_desk.know_everything()
    before = portal_desk.now()
    portal_desk.recover()

    assert portal_desk.reviews_since(before) == []
    assert portal_desk.desk.latest(str(FILE)).state is ReviewState.ACKNOWLEDGED


def test_newer_content_that_is_told_in_time_is_late_no_more(portal_desk: PortalDesk) -> None:
    lose(portal_desk, save)
    portal_desk.recover()
    portal_desk.portal.save(FILE, by=ALICE.id)
    portal_desk.let_happen()

    review = portal_desk.desk.latest(str(FILE))
    assert (review.revision, review.seen_late) == (2, None)


def test_what_is_meant_for_another_receiver_is_none_of_ours(portal_desk: PortalDesk) -> None:
    unsubscribe(portal_desk)
    portal_desk.sender.register("http://elsewhere.example/hook", secret="An0ther!Secret", triggers=["*"])
    lose(portal_desk, save)

    assert {each.event.found_in for each in portal_desk.recover()} == {SweepSource.FOLDER_LOG}
