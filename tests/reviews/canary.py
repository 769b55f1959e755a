"""A test on its way: made, arrived, and told in the channels of its route."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.reviews.samples import event

if TYPE_CHECKING:
    from reviews.model import ChangeEvent
    from reviews.ports.alarms import Canary
    from tests.reviews.desk import Desk

NONCE = "a-nonce"
CANARY = "c1"


def arriving(canary_id: str = CANARY, nonce: str = NONCE, number: int = 1) -> ChangeEvent:
    return replace(
        event(),
        delivery_key=f"canary-{number}",
        semantic_key=f"canary-{number}",
        trigger="canary.sent",
        file_id=f"canary:{canary_id}",
        parent_id=nonce,
    )


def deliver_canary(desk: Desk) -> None:
    """Let a test come all the way to its cards, in five seconds."""
    desk.intake.canaries.create(CANARY, NONCE)
    desk.clock.advance(seconds=5)
    desk.intake.process(desk.receive(arriving()))
    desk.deliver_all()


def load_canary(desk: Desk) -> Canary:
    canary = desk.intake.canaries.find(CANARY)
    assert canary
    return canary
