"""A service on loopback that keeps what it is sent, and answers as it is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from tests.edge.loopback import Dropped, Loopback, Reply, Request

UNREACHABLE = "127.0.0.1:1"
"""An address where no server listens, nor ever will: the system gives this port out to no program."""


@dataclass(eq=False)
class HttpSink:
    """Answers with `status`; with the whole request it may hang for a while, or drop the connection."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hanging: bool = False
    dropping: bool = False
    sent: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = Loopback(self._answer)

    @property
    def place(self) -> str:
        """The address without its scheme."""
        return self._server.root.removeprefix("http://")

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.hanging = False
        self._server.__exit__(None, None, None)

    def _answer(self, request: Request) -> Reply:
        self.sent.append(request)
        while self.hanging:
            self._server.hang(0.05)
        if self.dropping:
            raise Dropped
        return Reply(self.status, b"{}", headers=self.headers)
