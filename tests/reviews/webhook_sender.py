"""The sender of a portal whose deliveries are read and never sent."""

from __future__ import annotations

from demo import Portal, Sender
from demo.transport import Answer, Request
from tests.reviews.samples import Clock

RECEIVER = "http://receiver.example/docspace/webhook"
SECRET = "Compl1ance!Review"


def stand_in(*names: str) -> Sender:
    """Return the sender of a portal with a webhook of each name."""
    sender = Sender(Portal(Clock()), transport=_always_ok, pace=0)
    for name in names or ("compliance-review",):
        sender.register(RECEIVER, secret=SECRET, name=name, triggers=["*"])
    return sender


def _always_ok(_request: Request) -> Answer:
    return Answer(200)


def bodies(sender: Sender) -> list[bytes]:
    """Return what waits to be sent, as it would arrive first."""
    waiting = sender.pending()
    sender.lose_queue()
    return [sender.request(each).body for each in waiting]
