from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from demo import Portal, Sender, Webhook
from tests.demo.receiver import Receiver, listening

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "Compl1ance!Review2026"


class Clock:
    """Stands still until moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 9, 14, 5, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def portal(clock: Clock) -> Portal:
    return Portal(clock)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as receiver:
        yield receiver


@pytest.fixture
def sender(portal: Portal) -> Sender:
    return Sender(portal, pace=0)


@pytest.fixture
def webhook(sender: Sender, receiver: Receiver) -> Webhook:
    return sender.register(receiver.url + "/docspace/webhook", secret=SECRET)
