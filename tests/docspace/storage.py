"""An object storage to which the portal redirects a download."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.edge.loopback import Loopback, Reply, Request

if TYPE_CHECKING:
    from collections.abc import Iterator


class Storage:
    """An object storage: what it answers, and what it received.

    As S3 does, it refuses a request that is signed twice: by its address and by a header (error code
    `InvalidArgument`, "Only one auth mechanism allowed", in the S3 API's reference of errors).
    """

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.received: list[Request] = []
        self.server = Loopback(self._answer)

    def _answer(self, request: Request) -> Reply:
        self.received.append(request)
        if "authorization" in request.headers:
            return Reply(400, b"<Error><Code>InvalidArgument</Code></Error>", "application/xml")
        return self.reply


@contextmanager
def running_storage(reply: Reply) -> Iterator[Storage]:
    storage = Storage(reply)
    with storage.server:
        yield storage
