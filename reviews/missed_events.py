"""Receives what DocSpace's records hold and no delivery reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews import intake
from reviews.untold import is_told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from reviews.model import ChangeEvent
    from reviews.ports import Clock, Transactions
    from reviews.reports import Report


@dataclass(frozen=True, kw_only=True)
class MissedEvents:
    """Both methods return how many events were new."""

    transactions: Transactions
    clock: Clock
    report: Callable[[Report], None]

    def receive_missed(self, events: Iterable[ChangeEvent]) -> int:
        """Receive those of the events that have not come in otherwise."""
        with self.transactions(reading=True) as work:
            missed = [each for each in events if not is_told(work, each)]
        return self.receive(missed)

    def receive(self, events: Sequence[ChangeEvent]) -> int:
        if not events:
            return 0
        return sum(intake.receive(self.transactions, events, now=self.clock(), report=self.report))
