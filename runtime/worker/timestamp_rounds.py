"""The rounds in which a worker has the ledger's checkpoints timestamped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.worker.rounds import Rounds

if TYPE_CHECKING:
    from runtime.wiring.wiring import Wiring

ROUND_SECONDS = 60.0


def build_timestamp_rounds(wiring: Wiring, *, interval_seconds: float = ROUND_SECONDS) -> list[Rounds]:
    """Return rounds in a thread of their own, since the authority may hang; none without an authority."""
    timestamping = wiring.timestamping
    if timestamping is None:
        return []

    def ask() -> float:
        timestamping.ask_due()
        return interval_seconds

    may_work = wiring.schema.is_current
    return [Rounds("timestamps", ask, retry_seconds=interval_seconds, may_work=may_work)]
