"""The rounds of a worker's connection to Slack, where requests come through Socket Mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.worker.rounds import Rounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.slack.socket_mode.slack_socket import SlackSocket
    from runtime.wiring.wiring import Wiring

RETRY_SECONDS = 5.0
ANSWER_SECONDS = 3.0
"""How long a stop waits for answers to requests that were read: as long as Slack does."""


class SlackRounds:
    """The rounds that keep the connection; none where requests come by HTTP, or no route uses Slack."""

    def __init__(self, wiring: Wiring, wake: Callable[[], None]) -> None:
        """`wake` is called when there is work for this worker."""
        self._socket: SlackSocket | None = None
        if wiring.uses_slack_socket:
            # Bolt takes ten megabytes: it is loaded only if Slack's requests come to this process.
            from runtime.wiring.slack_socket import build_slack_socket  # noqa: PLC0415

            self._socket = build_slack_socket(wiring, wake)

    def build_rounds(self) -> list[Rounds]:
        if self._socket is None:
            return []
        rounds = Rounds("slack-socket", self._socket.maintain, retry_seconds=RETRY_SECONDS)
        self._socket.on_change = rounds.wake
        return [rounds]

    def explain_no_connection(self) -> str | None:
        """Return why there is no connection: empty while there is one, `None` where none is needed."""
        return None if self._socket is None else self._socket.reason

    def stop(self) -> None:
        """Close the connection first, and wait for the listeners that still run."""
        if self._socket is not None:
            self._socket.stop(ANSWER_SECONDS)
            self._socket.finish_listeners()
