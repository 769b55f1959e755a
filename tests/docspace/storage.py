"""An object storage to which the portal redirects a download."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.edge.loopback import Loopback, Reply, Request

if TYPE_CHECKING:
    from collections.abc import Iterator


class Storage:
    """An object storage: what it answers, and what it received."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.received: list[Request] = []
        self.server = Loopback(self._answer)

    def _answer(self, request: Request) -> Reply:
        self.received.append(request)
        return self.reply


@contextmanager
def running_storage(reply: Reply) -> Iterator[Storage]:
    storage = Storage(reply)
    with storage.server:
        yield storage
