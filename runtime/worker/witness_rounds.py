"""The rounds in which a worker has witnesses cosign the ledger's checkpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.evidence.witness_policy import list_asked_witnesses
from runtime.worker.rounds import Rounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtime.wiring.wiring import Wiring

ROUND_SECONDS = 60.0


class WitnessRounds:
    """Rounds in a thread of their own, since a witness may hang. One worker asks at a time."""

    def __init__(
        self,
        wiring: Wiring,
        *,
        is_stopping: Callable[[], bool],
        interval_seconds: float = ROUND_SECONDS,
    ) -> None:
        self._wiring, self._is_stopping, self._interval = wiring, is_stopping, interval_seconds
        self._is_first = True

    def build_rounds(self) -> list[Rounds]:
        """Return the rounds, or none if no witness has an address."""
        if not list_asked_witnesses(self._wiring.witness_policy):
            return []
        may_work = self._wiring.schema.is_current
        return [Rounds("witnesses", self._run_round, retry_seconds=self._interval, may_work=may_work)]

    def _run_round(self) -> float:
        """Ask those that are due; after a start, all that have not cosigned the last checkpoint."""
        cosigning = self._wiring.cosigning
        if cosigning is not None and cosigning.ask_due(at_once=self._is_first, is_stopping=self._is_stopping):
            self._is_first = False
        return self._interval
