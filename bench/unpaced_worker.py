"""The command `worker`, but DocSpace is called as often as there is something to ask.

`bench.backlog_bench` starts it: DocSpace's limit of calls would decide how long a backlog takes.
"""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING

from runtime.call_limits.docspace_calls import DocSpaceConnector
from runtime.observe import logs
from runtime.settings import settings
from runtime.wiring.wiring import Wiring
from runtime.worker.shutdown import listen_for_signals, stop_and_exit
from runtime.worker.worker import Worker
from store.limits import WorkKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docspace.http import Http
    from runtime.call_limits.call_allowance import CallRate, TurnWait


class UnpacedConnector(DocSpaceConnector):
    """Counts no call, and asks for no turn."""

    def connect(
        self,
        *,
        timeout: float,
        rates: Sequence[CallRate] = (),  # noqa: ARG002 - as in the base class
        turn_wait: TurnWait | None = None,  # noqa: ARG002
    ) -> Http:
        return self._connect(lambda: 0.0, self.concurrency_limit, timeout)


class UnpacedWiring(Wiring):
    @cached_property
    def _docspace_calls(self) -> DocSpaceConnector:
        return UnpacedConnector(
            settings=self.settings,
            transactions=self.transactions,
            clock=self.clock,
            concurrency_limit=self.concurrency_limit,
        )


def main() -> None:
    stop_requested = threading.Event()
    listen_for_signals(lambda _: stop_requested.set())
    logs.prepare(settings.load())
    worker = Worker(UnpacedWiring(settings.load(), WorkKind.WORKER))
    worker.start()
    stop_requested.wait()
    stop_and_exit(worker)


if __name__ == "__main__":
    main()
