"""A save that is delivered after a newer one of its file was handled: its author is named all the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from demo import BOB as EDITOR
from demo import COMPLIANCE
from reviews.errors import Refused, TryLater
from reviews.identity import Person, Reviewer
from reviews.intake.intake import receive_events
from reviews.kinds import EventState, ReviewState
from reviews.ports.docspace_logs import FileLog, LoggedAction, LoggedActionKind
from tests.databases import ON_SQLITE
from tests.reviews.desk import build_answer_request
from tests.reviews.portal_desk import DANA as PORTAL_OWNER
from tests.reviews.portal_desk import STEP, names
from tests.reviews.samples import ALICE, BOB, DEPUTY, OWNER, event
from webhook.payload import parse

if TYPE_CHECKING:
    from reviews.model import ChangeEvent, StoredEvent
    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk

pytestmark = ON_SQLITE

FILE = "3358285"
OWNER_ACCOUNT = Person(id="d0", name="Dana Ozola", email=OWNER)
SEPARATE = Reviewer(name="Deputy", email=DEPUTY)


@pytest.fixture(autouse=True)
def _owner_has_an_account(desk: Desk) -> None:
    desk.portal.people[OWNER_ACCOUNT.id] = OWNER_ACCOUNT


def save(desk: Desk, who: Person) -> ChangeEvent:
    """Let a person write a new version; return its event, which is still on its way."""
    desk.clock.advance(seconds=10)
    desk.portal.versions[FILE] += 1
    desk.portal.wrote(FILE, who, desk.clock())
    return touch(desk, who)


def touch(desk: Desk, who: Person) -> ChangeEvent:
    """Return an event that may be of a save, a lock or a comment, and is still on its way."""
    sent = replace(event(actor=Person(id=who.id, name="")), occurred_at=desk.clock())
    desk.portal.happen(sent)
    return sent


def deliver(desk: Desk, *events: ChangeEvent) -> StoredEvent:
    """Deliver events together, and process them; return the first as it is then."""
    desk.clock.advance(seconds=30)
    receive_events(desk.transactions, events, now=desk.clock())
    numbers = sorted(stored.id for stored in desk.events())[-len(events) :]
    assert desk.intake.process(numbers[0]) is None
    return desk.event(numbers[0])


def contributors(desk: Desk) -> set[str | None]:
    return {who.id for who in desk.latest(FILE).contributors}


def test_the_author_of_a_late_save_joins_the_open_review_and_does_not_answer_it(desk: Desk) -> None:
    by_owner, by_bob = save(desk, OWNER_ACCOUNT), save(desk, BOB)
    deliver(desk, by_bob)

    deliver(desk, by_owner)

    review = desk.latest(FILE)
    assert (review.revision, contributors(desk)) == (2, {OWNER_ACCOUNT.id, BOB.id})
    with pytest.raises(Refused, match="yourself"):
        desk.answers.record_answer(build_answer_request(review))


def test_a_newer_event_beside_a_late_save_does_not_hide_its_author(desk: Desk) -> None:
    """The newest save is in the review before its own event arrives."""
    by_alice, by_bob = save(desk, ALICE), save(desk, BOB)
    by_bob_again = save(desk, BOB)
    deliver(desk, by_bob)

    deliver(desk, by_bob_again, by_alice)

    assert (desk.latest(FILE).revision, contributors(desk)) == (2, {ALICE.id, BOB.id})


def test_what_its_author_has_acknowledged_is_reviewed_again(desk: Desk) -> None:
    by_owner, by_bob = save(desk, OWNER_ACCOUNT), save(desk, BOB)
    deliver(desk, by_bob)
    desk.answers.record_answer(build_answer_request(desk.latest(FILE)))

    deliver(desk, by_owner)

    review = desk.latest(FILE)
    assert (review.state, contributors(desk)) == (ReviewState.OPEN, {OWNER_ACCOUNT.id})
    with pytest.raises(Refused, match="yourself"):
        desk.answers.record_answer(build_answer_request(review))


def test_a_late_save_whose_author_is_named_is_not_reviewed_again(desk: Desk) -> None:
    desk.store_file(FILE)
    by_alice, by_bob = save(desk, ALICE), save(desk, BOB)
    deliver(desk, by_bob)
    assert contributors(desk) == {ALICE.id, BOB.id}

    assert deliver(desk, by_alice).state is EventState.IGNORED


def test_a_late_save_of_a_version_that_was_acknowledged_names_no_one_with_the_next(desk: Desk) -> None:
    by_alice, by_alice_again = save(desk, ALICE), touch(desk, ALICE)
    deliver(desk, by_alice)
    desk.answers.record_answer(build_answer_request(desk.latest(FILE)))
    deliver(desk, save(desk, BOB))

    assert deliver(desk, by_alice_again).state is EventState.IGNORED
    assert contributors(desk) == {BOB.id}


@pytest.mark.parametrize(
    ("kind", "state"),
    [(LoggedActionKind.OTHER, EventState.IGNORED), (LoggedActionKind.SAVED, EventState.DONE)],
)
def test_the_log_tells_a_late_lock_from_a_late_save(
    desk: Desk, kind: LoggedActionKind, state: EventState
) -> None:
    by_alice = touch(desk, ALICE)
    deliver(desk, save(desk, BOB))
    desk.portal.log = FileLog(actions=(LoggedAction(kind=kind, actor_id="a1"),))

    assert deliver(desk, by_alice).state is state


def test_a_late_comment_of_our_own_is_no_save(desk: Desk) -> None:
    own = touch(desk, Person(id=desk.portal.get_own_id(), name=""))
    deliver(desk, save(desk, BOB))

    assert deliver(desk, own).state is EventState.IGNORED


def test_a_portal_that_does_not_say_who_it_was_does_not_hold_up_a_late_save(desk: Desk) -> None:
    by_alice, by_bob = save(desk, ALICE), save(desk, BOB)
    deliver(desk, by_bob)
    desk.clock.advance(seconds=30)
    receive_events(desk.transactions, [by_alice], now=desk.clock())
    number = desk.newest_event().id
    desk.portal.trouble["person"] = [TryLater("down")] * 9

    while desk.intake.process(number) is not None:
        desk.clock.advance(minutes=1)

    assert contributors(desk) == {ALICE.id, BOB.id}


def test_the_uploader_of_a_file_is_named_though_an_edit_of_it_was_handled_before(
    portal_desk: PortalDesk,
) -> None:
    portal, sender = portal_desk.portal, portal_desk.sender
    portal.add_person(PORTAL_OWNER)
    file = portal.upload("New.docx", COMPLIANCE, by=PORTAL_OWNER.id)
    late = [parse(sender.request(each).body) for each in sender.pending()]
    sender.lose_queue()
    portal_desk.desk.clock.advance(seconds=STEP)
    [first] = portal_desk.reviews_of(lambda: portal.save(file.id, by=EDITOR.id))
    assert names(first) == {"Bob Chen"}

    receive_events(portal_desk.desk.transactions, late, now=portal_desk.desk.clock())
    portal_desk.work_on_new({stored.id for stored in portal_desk.desk.events()[len(late) :]})

    review = portal_desk.desk.latest(str(file.id))
    assert (review.revision, names(review)) == (2, {"Bob Chen", "Dana Ozola"})
    with pytest.raises(Refused, match="yourself"):
        portal_desk.desk.answers.record_answer(build_answer_request(review))
    assert portal_desk.desk.answers.record_answer(build_answer_request(review, reviewer=SEPARATE)).answers
