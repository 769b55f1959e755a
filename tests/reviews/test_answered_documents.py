"""After an answer DocSpace is asked once whether the document still is what was answered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, StoredContent
from demo.faults import Fault
from reviews.answers.answer_events import ANSWER_TRIGGER, build_answer_event
from reviews.intake.intake import receive_events
from reviews.kinds import ChangeKind, EventState
from tests.reviews.desk import build_answer_request
from tests.reviews.portal_desk import FILE
from webhook.payload import parse

if TYPE_CHECKING:
    from reviews.model import Answer, Review, StoredEvent
    from tests.reviews.portal_desk import PortalDesk

UNCHANGED = "the document still is what was answered"


def change(house: PortalDesk, *, force: bool = False) -> Review:
    content = StoredContent(b"other")
    [review] = house.reviews_of(
        lambda: house.portal.save(FILE, by=ALICE.id, content=content, force_save=force)
    )
    return review


def answer(house: PortalDesk, review: Review) -> StoredEvent:
    """Acknowledge a review; return the event of the answer."""
    house.desk.answers.record_answer(build_answer_request(review))
    stored = house.desk.newest_event()
    assert stored.event.trigger == ANSWER_TRIGGER
    return stored


def check(house: PortalDesk, stored: StoredEvent) -> StoredEvent:
    """Do what a worker does with the event of an answer, and return it afterwards."""
    assert house.desk.intake.process(stored.id) is None
    return house.desk.event(stored.id)


def count_calls(house: PortalDesk) -> int:
    return len(house.portal.faults.calls(""))


def test_a_document_that_is_still_the_same_costs_one_call_and_leads_to_nothing(
    portal_desk: PortalDesk,
) -> None:
    stored = answer(portal_desk, change(portal_desk))
    before, calls = portal_desk.now(), count_calls(portal_desk)

    checked = check(portal_desk, stored)

    assert (checked.state, checked.reason) == (EventState.IGNORED, UNCHANGED)
    assert count_calls(portal_desk) - calls == 1
    assert portal_desk.reviews_since(before) == []


@pytest.mark.parametrize("force", [False, True])
def test_a_save_before_the_answer_that_no_delivery_reported_is_a_change_like_any_other(
    portal_desk: PortalDesk,
    force: bool,  # noqa: FBT001
) -> None:
    review = change(portal_desk)
    portal_desk.portal.save(FILE, by=ALICE.id, content=StoredContent(b"unseen"), force_save=force)
    portal_desk.sender.lose_queue()
    stored = answer(portal_desk, review)
    before = portal_desk.now()

    checked = check(portal_desk, stored)
    portal_desk.work_on_new({stored.id})

    assert checked.state is EventState.DONE
    [opened] = portal_desk.reviews_since(before)
    assert (opened.kind, opened.seen_late is not None) == (ChangeKind.CONTENT, True)


def test_a_save_whose_delivery_is_late_is_one_change(portal_desk: PortalDesk) -> None:
    review = change(portal_desk)
    portal_desk.portal.save(FILE, by=ALICE.id, content=StoredContent(b"late"))
    stored = answer(portal_desk, review)
    before = portal_desk.now()

    check(portal_desk, stored)
    portal_desk.let_happen()

    [opened] = portal_desk.reviews_since(before)
    assert (opened.revision, opened.seen_late) == (1, None)
    portal_desk.desk.verdict()


def test_a_change_that_is_being_handled_is_left_to_its_own_event(portal_desk: PortalDesk) -> None:
    review = change(portal_desk)
    portal_desk.portal.save(FILE, by=ALICE.id, content=StoredContent(b"more"))
    stored = answer(portal_desk, review)
    bodies = [portal_desk.sender.request(each).body for each in portal_desk.sender.pending()]
    for body in bodies:
        receive_events(portal_desk.desk.transactions, [parse(body)], now=portal_desk.desk.clock())
    count = len(portal_desk.desk.events())

    checked = check(portal_desk, stored)

    assert checked.reason == "the document has changed, and the change is being handled"
    assert len(portal_desk.desk.events()) == count


def test_a_document_that_is_gone_is_left_to_deliveries_and_sweeps(portal_desk: PortalDesk) -> None:
    review = change(portal_desk)
    portal_desk.portal.delete(FILE, by=ALICE.id)
    portal_desk.sender.lose_queue()

    checked = check(portal_desk, answer(portal_desk, review))

    assert checked.reason == "DocSpace does not show the document any more"


def test_while_docspace_does_not_answer_it_is_asked_later(portal_desk: PortalDesk) -> None:
    stored = answer(portal_desk, change(portal_desk))

    portal_desk.portal.faults.add(Fault(status=503), count=None)

    assert (portal_desk.desk.intake.process(stored.id) or 0) > 0
    assert portal_desk.desk.event(stored.id).state is EventState.RECEIVED
    portal_desk.portal.faults.clear()
    assert check(portal_desk, stored).reason == UNCHANGED


def test_a_body_that_claims_to_be_an_answer_is_ignored(portal_desk: PortalDesk) -> None:
    review = change(portal_desk)
    stored = answer(portal_desk, review)
    forged = replace(stored.event, delivery_key="x", semantic_key="x", found_in=None)

    receive_events(portal_desk.desk.transactions, [forged], now=portal_desk.desk.clock())

    assert portal_desk.desk.newest_event().state is EventState.IGNORED


def test_there_is_nothing_to_ask_about_a_removed_document_a_folder_and_many_files(
    portal_desk: PortalDesk,
) -> None:
    review = change(portal_desk)
    portal_desk.desk.answers.record_answer(build_answer_request(review))
    recorded: Answer = portal_desk.desk.reviews()[-1].answers[-1]

    assert build_answer_event(replace(review, kind=ChangeKind.TRASHED), recorded) is None
    assert build_answer_event(replace(review, file_id="folder:7"), recorded) is None
