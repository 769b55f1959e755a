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


def test_nothing_that_was_delivered_is_found_again(office: PortalDesk) -> None:
    for act, _kind in ACTS:
        file = office.portal.add_file(f"{act.__name__}.docx", COMPLIANCE, by=ALICE.id)
        office.portal.save(file.id, by=BOB.id)
    office.portal.move(INNER, COMPLIANCE, by=BOB.id)
    office.portal.move_folder(DEEP, OTHER, by=BOB.id)
    for act in (save, rename, move_in, move_out):
        act(office)
        office.let_happen()
    before = office.now()

    assert office.recover() == []
    assert office.reviews_since(before) == []


def test_what_happened_just_now_is_left_to_its_delivery(office: PortalDesk) -> None:
    office.recover()
    save(office)

    assert office.recover(minutes=1) == []
    [stored] = office.let_happen()
    assert stored.event.found_in is None
    assert office.desk.latest(str(FILE)).seen_late is None


def test_what_a_listing_shows_waits_for_a_delivery_that_may_be_on_its_way(office: PortalDesk) -> None:
    office.recover()
    move_in(office)
    office.desk.clock.advance(seconds=20)
    office.sweep_all()
    [listed] = [each for each in office.desk.events() if each.event.found_in is SweepSource.LISTING]
    office.let_happen()

    review = office.desk.latest(str(OUTSIDE))
    assert (review.kind, review.seen_late, review.revision) == (K.MOVED_IN, None, 1)
    assert office.desk.event(listed.id).state is EventState.DONE


def test_a_lost_save_that_a_later_event_has_shown_is_not_reviewed_twice(office: PortalDesk) -> None:
    before = lose(office, save)
    office.portal.lock(FILE, by=BOB.id)
    office.let_happen()
    [review] = office.reviews_since(before)

    assert office.recover() == []
    assert (review.kind, review.revision) == (K.CONTENT, 1)
    assert office.desk.latest(str(FILE)).revision == 1


def test_a_save_that_is_delivered_after_all_is_not_reviewed_twice(office: PortalDesk) -> None:
    save(office)
    [late] = [office.sender.request(each).body for each in office.sender.pending()]
    office.sender.lose_queue()
    office.desk.clock.advance(seconds=1)
    office.portal.lock(FILE, by=BOB.id)
    office.let_happen()
    before = office.now()
    intake.receive_events(office.desk.transactions, [parse(late)], now=office.desk.clock())
    office.desk.clock.advance(seconds=STEP)
    [stored, *_] = office.desk.events()

    assert office.desk.intake.process(stored.id) is None
    assert office.desk.event(stored.id).state is EventState.IGNORED
    assert office.reviews_since(before) == []


def test_a_lost_save_behind_an_answer_is_not_reviewed_again(office: PortalDesk) -> None:
    lose(office, save)
    office.portal.lock(FILE, by=BOB.id)
    office.let_happen()
    office.know_everything()
    before = office.now()
    office.recover()

    assert office.reviews_since(before) == []
    assert office.desk.latest(str(FILE)).state is ReviewState.ACKNOWLEDGED


def test_newer_content_that_is_told_in_time_is_late_no_more(office: PortalDesk) -> None:
    lose(office, save)
    office.recover()
    office.portal.save(FILE, by=ALICE.id)
    office.let_happen()

    review = office.desk.latest(str(FILE))
    assert (review.revision, review.seen_late) == (2, None)


def test_what_is_meant_for_another_receiver_is_none_of_ours(office: PortalDesk) -> None:
    unsubscribe(office)
    office.sender.register("http://elsewhere.example/hook", secret="An0ther!Secret", triggers=["*"])
    lose(office, save)

    assert {each.event.found_in for each in office.recover()} == {SweepSource.FOLDER_LOG}
