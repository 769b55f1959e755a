"""What the stand-ins for services on loopback have in common: they run, keep requests, and may hang."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from tests.edge.loopback import Loopback, Reply, Request

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(eq=False, kw_only=True)
class LoopbackService(ABC):
    """A service that runs as a context manager; `answer`, if set, is given instead of its own."""

    answer: Callable[[Request], Reply] | None = None
    requests: list[Request] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    _server: Loopback | None = field(default=None, init=False)

    @property
    def root(self) -> str:
        """Its address while it runs, otherwise nothing."""
        return self._server.root if self._server else ""

    def __enter__(self) -> Self:
        self._server = Loopback(self._reply)
        self._server.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        if self._server:
            self._server.__exit__(None, None, None)

    def hang(self, seconds: float) -> None:
        """Keep silent so long, or until the server closes or is let go."""
        if self._server:
            self._server.hang(seconds)

    def let_go(self) -> None:
        if self._server:
            self._server.let_go()

    @abstractmethod
    def reply_strictly(self, request: Request) -> Reply:
        """Return its own answer, as strict as that of the real service."""

    def _reply(self, request: Request) -> Reply:
        self.requests.append(request)
        reply = self.answer(request) if self.answer else self.reply_strictly(request)
        self.statuses.append(reply.status)
        return reply
