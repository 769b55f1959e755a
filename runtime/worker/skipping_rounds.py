"""The rounds that process items which are due: one that fails does not block those behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from runtime.worker.round_isolation import RoundIsolation
from runtime.worker.rounds import ItemsFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from reviews.ports.failure_isolation import FailureIsolation

MAX_SKIPPED = 1000
"""With more failures, the rounds begin again with the first item: the cause is not in single items."""


class ProcessDue(Protocol):
    """Process some of the items that are due, each inside `isolate` by its name; return their number."""

    def __call__(self, *, exclude: Collection[str], isolate: FailureIsolation) -> int: ...


class SkippingRounds:
    """Rounds over all items that are due, some at a time, then from the first again.

    Those due longest come first. An item that fails stays due; it is skipped until all the others were
    processed.
    """

    def __init__(
        self, name: str, process_due: ProcessDue, *, before_restart: Callable[[], None] | None = None
    ) -> None:
        """Call `before_restart` when `MAX_SKIPPED` items have failed, before all others were processed."""
        self._process_due, self._before_restart = process_due, before_restart
        self._isolation = RoundIsolation(name)
        self._skipped: dict[str, str] = {}

    def process_some(self) -> bool:
        """Process some items; return whether more are due now.

        Raises `ItemsFailed` if one failed, and once more when all but the failed ones were processed.
        """
        with self._isolation.isolate_round() as isolation:
            try:
                count = self._process_due(exclude=self._skipped, isolate=isolation)
            finally:
                self._skipped |= isolation.failed
            passed_over = dict(self._skipped)
            has_many_failures = len(passed_over) >= MAX_SKIPPED
            more = count > 0 and not has_many_failures
            if not more:
                self._skipped.clear()
            if has_many_failures and self._before_restart:
                self._before_restart()
        if passed_over and not more:
            raise ItemsFailed(passed_over)
        return more
