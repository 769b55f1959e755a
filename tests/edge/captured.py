"""A middleman who keeps signed requests and sends them again as they are."""

from collections.abc import Mapping

from tests.edge.slack_send import AppAnswer, Send


class Captured:
    """Passes on what it is given, and keeps it; while `holding`, nothing arrives."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._requests: list[tuple[str, bytes, Mapping[str, str]]] = []
        self.holding = False

    def __call__(self, path: str, body: bytes, headers: Mapping[str, str]) -> AppAnswer:
        self._requests.append((path, body, headers))
        return AppAnswer(200, b"{}", {}) if self.holding else self._send(path, body, headers)

    def again(self, number: int = -1) -> AppAnswer:
        """Send one of the kept requests, the last if none is named."""
        return self._send(*self._requests[number])
