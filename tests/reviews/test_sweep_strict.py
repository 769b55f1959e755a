"""The sweep against what DocSpace's logs really hold, and what comes in after the sweep has found it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, COMPLIANCE, OTHER, QUARTER
from demo.faults import Fault
from reviews import completeness, intake
from reviews.model import FoundIn
from tests.databases import ON_SQLITE
from tests.reviews.lost import HALF_AN_HOUR, Act, K, delete, lose, move_out, save, trash, unsubscribe
from tests.reviews.portal_desk import FILE, STEP, names
from webhook.payload import parse

if TYPE_CHECKING:
    from reviews.completeness import Completeness
    from tests.reviews.portal_desk import PortalDesk


def hold(office: PortalDesk, *acts: Act) -> list[bytes]:
    """Let things happen of which the deliveries are late; return their bodies."""
    for act in acts:
        act(office)
        office.desk.clock.advance(seconds=1)
    bodies = [office.sender.request(each).body for each in office.sender.pending()]
    office.sender.lose_queue()
    return bodies


def deliver(office: PortalDesk, bodies: list[bytes]) -> None:
    """Have late deliveries come in, and work until nothing is left to do."""
    before = {stored.id for stored in office.desk.events()}
    for body in bodies:
        intake.receive(office.desk.transactions, [parse(body)], now=office.desk.clock())
    office.work_on_new(before)


@pytest.mark.parametrize("act", [save, move_out, trash, delete])
def test_a_delivery_that_comes_after_the_sweep_has_found_it_opens_and_revises_nothing(
    office: PortalDesk, act: Act
) -> None:
    bodies = hold(office, act)
    found = office.recover()
    before = office.now()

    deliver(office, bodies)

    assert {each.event.found_in for each in found} == {FoundIn.DELIVERY_LOG}
    assert office.reviews_since(before) == []
    assert {each.event.file_id for each in office.desk.events()} == {str(FILE)}
    assert len(office.desk.events()) == len(bodies)  # each is a repeat of what was found
