"""Events forged with the webhook's secret, ahead of genuine ones: they hide nothing.

No gap sweep runs in these tests, as with `SWEEP_MINUTES = 0`: what a delivery does not tell stays unseen.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from demo import ALICE, BOB, COMPLIANCE
from reviews.identity import Person
from reviews.intake import intake
from reviews.kinds import EventState, ReviewState
from tests.databases import ON_SQLITE
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import event
from tests.reviews.webhook_sender import bodies, stand_in
from webhook.payload import parse

if TYPE_CHECKING:
    from reviews.model import ChangeEvent, Review
    from tests.reviews.desk import Desk

pytestmark = ON_SQLITE
UNNAMED = Person(id=None, name="")
FORGED: dict[str, dict[str, Any]] = {
    "all that the genuine one will say": {},
    "nothing but the ids and the time": {
        "trigger": "",
        "file_id": "",
        "parent_id": "",
        "title": "",
        "actor": UNNAMED,
        "modified_at": None,
    },
    "too little to be looked into": {"parent_id": "", "title": "", "actor": UNNAMED, "modified_at": None},
    "another file": {"file_id": "7"},
    "a folder that nobody watches": {"parent_id": "777"},
    "the trash": {"in_trash": True},
    "another trigger": {"trigger": "user.updated"},
}


def receive(desk: Desk, change: ChangeEvent) -> bool:
    return intake.receive_events(desk.transactions, [change], now=desk.clock())[0]


def process(desk: Desk) -> None:
    for stored in reversed(desk.events()):
        if stored.state is EventState.RECEIVED:
            assert desk.intake.process(stored.id) is None


@pytest.fixture
def answered(desk: Desk, review: Review) -> Review:
    """A review that was answered, so that a change that is seen opens another one."""
    return desk.answers.record_answer(build_answer_request(review))


@pytest.mark.parametrize("forged", FORGED)
@pytest.mark.parametrize("ahead", [timedelta(), timedelta(hours=1)], ids=["in time", "an hour ahead"])
def test_a_poisoned_id_hides_no_change(desk: Desk, answered: Review, forged: str, ahead: timedelta) -> None:
    happens_at = desk.clock() + ahead
    genuine = event(occurred_at=happens_at, modified_at=happens_at)

    assert receive(desk, replace(genuine, **FORGED[forged]))
    if ahead:
        process(desk)
        desk.clock.advance(seconds=int(ahead.total_seconds()) + 1)
    desk.portal.versions[genuine.file_id] = 9
    desk.portal.happen(genuine)
    receive(desk, genuine)
    process(desk)

    newest = desk.latest(answered.file_id)
    assert (newest.state, newest.version_to) == (ReviewState.OPEN, 9)
    assert receive(desk, genuine) is False


@pytest.mark.parametrize(
    "forged",
    [({}, {}), ({}, {}, {}, {}), ({"file_id": "7"}, {})],
    ids=["twice", "often", "behind another one"],
)
def test_copies_that_were_sent_before_it_happened_hide_no_change(
    desk: Desk, answered: Review, forged: tuple[dict[str, Any], ...]
) -> None:
    """Each copy that came too early takes a key; the genuine event has one that none of them can have."""
    happens_at = desk.clock() + timedelta(hours=1)
    genuine = event(occurred_at=happens_at, modified_at=happens_at)

    for payload in forged:
        receive(desk, replace(genuine, **payload))
    process(desk)
    desk.clock.advance(hours=1)
    desk.portal.versions[genuine.file_id] = 9
    desk.portal.happen(genuine)
    received = [receive(desk, genuine) for _ in range(3)]
    process(desk)

    newest = desk.latest(answered.file_id)
    assert received == [True, False, False]
    assert (newest.state, newest.version_to) == (ReviewState.OPEN, 9)


def test_a_copy_that_is_said_to_be_in_the_trash_takes_no_key_of_the_genuine_one(desk: Desk) -> None:
    genuine = event(occurred_at=desk.clock())
    copies = (replace(genuine, file_id="7"), replace(genuine, in_trash=True), genuine, genuine)

    assert [receive(desk, copy) for copy in copies] == [True, True, True, False]


@pytest.mark.parametrize("stripped", ["payload", "event.trigger", "payload.title"])
def test_a_body_that_says_less_is_not_what_the_genuine_one_repeats(desk: Desk, stripped: str) -> None:
    sender = stand_in()
    file = sender.portal.add_file("Policy.docx", COMPLIANCE, by=ALICE.id)
    sender.portal.save(file.id, by=BOB.id)
    [genuine] = bodies(sender)
    forged = json.loads(genuine)
    *way, last = stripped.split(".")
    del (forged[way[0]] if way else forged)[last]

    new = [receive(desk, parse(body)) for body in (json.dumps(forged).encode(), genuine, genuine)]

    assert new == [True, True, False]


def test_where_the_portals_clock_is_ahead_a_retry_is_received_once_more_and_no_oftener(
    desk: Desk, answered: Review
) -> None:
    ahead = desk.clock() + timedelta(minutes=2)
    change = event(occurred_at=ahead, modified_at=ahead)
    desk.portal.versions[change.file_id] = 9

    assert [receive(desk, change) for _ in range(4)] == [True, True, False, False]
    process(desk)

    assert [review.state for review in desk.reviews()] == [ReviewState.OPEN, answered.state]
