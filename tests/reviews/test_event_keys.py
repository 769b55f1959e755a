"""Events that share a key: a repeat is received once, and what means something else is received too."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

from demo import ALICE, BOB, COMPLIANCE, back_up, restore
from reviews.identity import Person
from reviews.intake import intake
from reviews.intake.event_keys import is_repeat
from reviews.kinds import SweepSource
from reviews.ports.reports import KeysShared
from store.tallies import KEY_CONFLICTS, load_tallies
from tests.reviews.samples import event
from tests.reviews.webhook_sender import bodies, stand_in
from webhook.payload import parse

if TYPE_CHECKING:
    from reviews.model import ChangeEvent
    from reviews.ports.reports import Report
    from tests.reviews.desk import Desk


def receive(desk: Desk, *bodies: bytes) -> tuple[list[bool], list[Report]]:
    """Receive bodies one after the other; return which were new, and what was reported."""
    reports: list[Report] = []
    new = [
        intake.receive_events(desk.transactions, [parse(body)], now=desk.clock(), report=reports.append)[0]
        for body in bodies
    ]
    return new, reports


def conflicts(desk: Desk) -> int:
    with desk.engine.connect() as connection:
        return sum(each.count for each in load_tallies(connection) if each.subject == KEY_CONFLICTS)


def test_two_names_within_one_second_are_two_events_and_their_retries_none(desk: Desk) -> None:
    sender = stand_in()
    file = sender.portal.add_file("Policy.docx", COMPLIANCE, by=ALICE.id)
    sender.portal.rename(file.id, "Draft.docx", by=BOB.id)
    sender.portal.rename(file.id, "Final.docx", by=BOB.id)
    first, second = sender.pending()
    sender.retry(first.id)
    sender.retry(second.id)
    automatic = [sender.request(each, retry_number=1, wait_seconds=1).body for each in (first, second)]
    sent = bodies(sender)

    new, reports = receive(desk, *sent[:2], *automatic, *sent[2:])

    assert new == [True, True, False, False, False, False]
    assert [stored.event.title for stored in desk.events()] == ["Final.docx", "Draft.docx"]
    assert [type(report) for report in reports] == [KeysShared]
    assert conflicts(desk) == 1


def test_in_whatever_order_they_arrive_each_is_received_once(desk: Desk) -> None:
    sender = stand_in()
    file = sender.portal.add_file("Policy.docx", COMPLIANCE, by=ALICE.id)
    sender.portal.rename(file.id, "Draft.docx", by=BOB.id)
    sender.portal.rename(file.id, "Final.docx", by=BOB.id)
    sender.retry(sender.pending()[0].id)
    events = [parse(body) for body in bodies(sender)]

    for turn, order in enumerate(permutations(events)):
        # The keys of each turn are its own, so that one database serves all of them.
        taken = [
            intake.receive_events(desk.transactions, [_salted(each, turn)], now=desk.clock())[0]
            for each in order
        ]
        assert sum(taken) == 2, order


def _salted(event: ChangeEvent, turn: int) -> ChangeEvent:
    return replace(
        event,
        delivery_key=f"{turn}{event.delivery_key}"[:64],
        semantic_key=f"{turn}{event.semantic_key}"[:64],
    )


def test_events_of_one_group_that_share_a_key_are_told_apart(desk: Desk) -> None:
    first = event(title="Draft.docx")
    second = replace(first, delivery_key="another", title="Final.docx")

    taken = intake.receive_events(desk.transactions, [first, second, first, second], now=desk.clock())

    assert taken == [True, True, False, False]
    assert {stored.event.title for stored in desk.events()} == {"Draft.docx", "Final.docx"}


def test_without_a_time_an_id_that_is_given_out_again_is_a_conflict_and_not_lost(desk: Desk) -> None:
    sender = stand_in()
    files = [sender.portal.add_file(name, COMPLIANCE, by=ALICE.id).id for name in ("A.docx", "B.docx")]
    backup = back_up(sender)
    sender.portal.save(files[0], by=BOB.id)
    [undone] = map(_untimed, bodies(sender))
    restore(sender, backup)
    sender.portal.save(files[1], by=BOB.id)
    [after] = map(_untimed, bodies(sender))

    new, reports = receive(desk, undone, after, after)

    assert new == [True, True, False]
    assert [report.event.title for report in reports if isinstance(report, KeysShared)] == ["B.docx"]
    assert conflicts(desk) == 1


def _untimed(body: bytes) -> bytes:
    envelope = json.loads(body)
    del envelope["event"]["createOn"]
    return json.dumps(envelope).encode()


def test_two_webhooks_that_tell_the_same_are_one_event(desk: Desk) -> None:
    sender = stand_in("one", "two")
    file = sender.portal.add_file("Policy.docx", COMPLIANCE, by=ALICE.id)
    sender.portal.save(file.id, by=BOB.id)

    new, reports = receive(desk, *bodies(sender))

    assert (new, reports) == ([True, False], [])


def test_a_save_within_the_same_second_is_told_by_its_version_where_the_body_names_it(desk: Desk) -> None:
    sender = stand_in()
    sender.portal.generation = "v1"
    file = sender.portal.add_file("Policy.docx", COMPLIANCE, by=ALICE.id)
    sender.portal.save(file.id, by=BOB.id)
    sender.portal.save(file.id, by=BOB.id)

    new, _ = receive(desk, *bodies(sender))

    assert new == [True, True]
    assert [stored.event.version for stored in desk.events()] == [3, 2]


def test_a_retry_of_what_an_older_version_received_is_a_repeat(desk: Desk) -> None:
    sender = stand_in()
    file = sender.portal.add_file("Policy.docx", COMPLIANCE, by=ALICE.id)
    sender.portal.save(file.id, by=BOB.id)
    [delivery] = sender.pending()
    first = parse(sender.request(delivery).body)
    older = json.dumps(("delivery", first.webhook_id, first.event_id)).encode()
    stored = replace(first, delivery_key=hashlib.sha256(older).hexdigest())
    intake.receive_events(desk.transactions, [stored], now=desk.clock())

    new, reports = receive(desk, sender.request(delivery, retry_number=1, wait_seconds=1).body)

    assert (new, reports) == ([False], [])
    assert len(desk.events()) == 1


def test_what_a_later_body_does_not_say_is_no_difference_and_what_it_says_more_is() -> None:
    full = event(version=7, title="Policy.docx")

    for less in ({"version": None}, {"title": ""}, {"parent_id": ""}, {"actor": Person(id=None, name="")}):
        assert is_repeat(replace(full, **less), full), less
        assert not is_repeat(full, replace(full, **less)), less
    for other in ({"version": 8}, {"title": "Else.docx"}, {"parent_id": "9"}, {"trigger": "file.moved"}):
        assert not is_repeat(replace(full, **other), full), other


def test_what_a_listing_shows_again_is_a_repeat_whenever_it_is_seen() -> None:
    seen = event(found_in=SweepSource.LISTING)

    assert is_repeat(replace(seen, occurred_at=None, title="Else.docx"), seen)
