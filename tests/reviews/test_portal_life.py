"""The use cases on the stand-in portal, over a socket: what really happens to a file in a row."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, COMPLIANCE, OTHER, Portal, Sender, running
from demo.cast import API_KEY
from demo.transport import Answer, Request
from docspace.client import Client
from docspace.http import Http
from reviews.model import ChangeKind
from reviews.routing import Routes
from tests.reviews.samples import Clock, route
from webhook.enrich import Enrichment
from webhook.payload import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.reviews.desk import Desk


@pytest.fixture
def stand_in(desk: Desk) -> Iterator[tuple[Portal, Sender]]:
    """A stand-in portal on a socket in place of the small one."""
    portal = Portal(Clock())
    sender = Sender(portal, transport=_always_ok)
    sender.register("http://receiver.example/docspace/webhook", secret="Compl1ance!Review")
    with running(portal) as address:
        enrichment = Enrichment(Client(Http(address, API_KEY)))
        desk.intake = replace(
            desk.intake, portal=enrichment, routes=Routes([route(watch=(str(COMPLIANCE),))])
        )
        yield portal, sender


def _always_ok(_request: Request) -> Answer:
    return Answer(200)


def test_the_life_of_a_file_on_a_real_portal(desk: Desk, stand_in: tuple[Portal, Sender]) -> None:
    portal, sender = stand_in

    def pass_on() -> ChangeKind:
        numbers = [desk.receive(parse(sender.request(each).body)) for each in sender.pending()]
        sender.lose_queue()
        for number in numbers:
            desk.intake.process(number)
        return desk.latest(str(file.id)).kind

    file = portal.upload("Policy.docx", COMPLIANCE, by=ALICE.id)
    assert pass_on() is ChangeKind.CREATED
    portal.save(file.id, by=BOB.id)
    assert pass_on() is ChangeKind.CREATED
    assert [who.name for who in desk.latest(str(file.id)).contributors] == ["Alice Moreau", "Bob Chen"]
    portal.trash(file.id, by=BOB.id)
    assert pass_on() is ChangeKind.TRASHED
    portal.restore(file.id, by=BOB.id)
    assert pass_on() is ChangeKind.RESTORED
    portal.move(file.id, OTHER, by=BOB.id)
    assert pass_on() is ChangeKind.MOVED_OUT
    assert len(desk.reviews()) == 1
    assert desk.verdict().intact
