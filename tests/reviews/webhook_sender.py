"""The sender of a portal whose deliveries are read and never sent."""

from __future__ import annotations

from demo import DemoPortal, Sender
from demo.transport import HttpAnswer, HttpRequest
from tests.reviews.samples import Clock

RECEIVER = "http://receiver.example/docspace/webhook"
SECRET = "Compl1ance!Review"


def stand_in(*names: str) -> Sender:
    """Return the sender of a portal with a webhook of each name."""
    sender = Sender(DemoPortal(Clock()), transport=_always_ok, wait_factor=0)
    for name in names or ("compliance-review",):
        sender.register(RECEIVER, secret=SECRET, name=name, triggers=["*"])
    return sender


def _always_ok(_request: HttpRequest) -> HttpAnswer:
    return HttpAnswer(200)


def bodies(sender: Sender) -> list[bytes]:
    """Return what waits to be sent, as it would arrive first."""
    waiting = sender.pending()
    sender.lose_queue()
    return [sender.request(each).body for each in waiting]
