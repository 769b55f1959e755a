"""What a worker does over and over beside its work: each in its own thread, since a far side may hang."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog

if TYPE_CHECKING:
    from collections.abc import Callable

log = structlog.get_logger()


class Rounds:
    """Does a task until it is stopped; the task returns after how many seconds it wants to be done again.

    Whatever goes wrong in a round, the next one is made, `again` seconds later. `first` is how long the first
    one waits. A round in which it may not work is left out.
    """

    def __init__(
        self,
        name: str,
        task: Callable[[], float],
        *,
        again: float,
        first: float = 0.0,
        may_work: Callable[[], bool] = lambda: True,
    ) -> None:
        self._name, self._task = name, task
        self._first, self._again = first, again
        self._may_work = may_work
        self._stopping = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name=self._name, daemon=True).start()

    def stop(self) -> None:
        """Start no other round; one that is under way does no harm."""
        self._stopping.set()

    def _run(self) -> None:
        wait, told = self._first, ""
        while not self._stopping.wait(wait):
            wait, trouble = self._again, ""
            try:
                wait = self._task() if self._may_work() else self._again
            except sa.exc.SQLAlchemyError as error:
                trouble = type(error).__name__
                if trouble != told:
                    log.warning("round_failed", round=self._name, reason=trouble)
            except Exception:
                # The edge of the thread: what nobody expected must not end the rounds for good.
                log.exception("round_failed", round=self._name)
            told = trouble
