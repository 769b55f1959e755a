"""Threads for Bolt's listeners. The request's thread waits for the answer, and does not poll for it.

Bolt gives a listener to its executor, then looks every 10 ms whether `ack` was called (facts on Slack, 1.1).
This executor returns when it was, so Bolt has the answer when it first looks (decision 53).

Bolt acknowledges an event before its listener starts. Here only the listener does, and one that ends without
an acknowledgement has failed: Slack then sends the event again.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from http import HTTPStatus
from threading import Event
from typing import TYPE_CHECKING, Any

from slack_bolt import Ack, BoltResponse
from slack_bolt.listener import Listener

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import BoltContext

LISTENER_THREADS = 32  # threads; with Bolt's five, the sixth click waits for the first
ACK_TIMEOUT_SECONDS = Listener.ack_timeout  # seconds: Bolt gives up then, as Slack does


class AwaitableAck(Ack):
    """An `ack` whose response can be waited for: the listener's, or that of Bolt if the listener failed.

    The first response stands, since it may have been sent: Bolt deletes it if the listener fails afterwards.
    """

    def __init__(self) -> None:
        self._has_response = Event()
        self._response: BoltResponse | None = None
        self._has_listener = False
        super().__init__()  # type: ignore[no-untyped-call]

    @property
    def response(self) -> BoltResponse | None:
        return self._response

    @response.setter
    def response(self, response: BoltResponse | None) -> None:
        if self._has_listener and self._response is None and response is not None:
            self._response = response
            self._has_response.set()

    def run_listener(self, task: Callable[..., Any], /, *args: Any, **kwargs: Any) -> None:
        """Run a listener; without an acknowledgement when it ends, the response is an error."""
        try:
            task(*args, **kwargs)
        finally:
            self.response = BoltResponse(status=HTTPStatus.INTERNAL_SERVER_ERROR)

    def expect_listener(self) -> None:
        """Take responses from now on: what Bolt has said before is not the listener's."""
        self._has_listener = True

    def wait(self, timeout: float) -> bool:
        """Return whether there is a response, once there is one or `timeout` seconds have passed."""
        return self._has_response.wait(timeout)


_current_ack: ContextVar[AwaitableAck] = ContextVar("current_ack")


def provide_ack(context: BoltContext, next_: Callable[[], None]) -> None:
    """Give a request its `ack`: middleware that `ListenerThreads` needs."""
    context["ack"] = ack = AwaitableAck()
    _current_ack.set(ack)
    next_()


class ListenerThreads(ThreadPoolExecutor):
    """Thread pool that runs each task in the caller's context, and so in the caller's language.

    A request waits for its listener for `ack_timeout` seconds.
    """

    def __init__(self) -> None:
        super().__init__(LISTENER_THREADS, thread_name_prefix="slack-listener")
        self.ack_timeout: float = ACK_TIMEOUT_SECONDS

    def submit(self, task: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Start a listener; return when it has acknowledged, or Bolt gives up, while it may still run."""
        ack = _current_ack.get()
        ack.expect_listener()
        listener = self.run_later(ack.run_listener, task, *args, **kwargs)
        ack.wait(self.ack_timeout)
        return listener

    def run_later(self, task: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Start a task that no request waits for."""
        return super().submit(copy_context().run, task, *args, **kwargs)
