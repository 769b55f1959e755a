"""Receives what DocSpace's records hold and no delivery reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.intake import intake
from reviews.sweep.missed_events import is_reported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from reviews.clock import Clock
    from reviews.model import ChangeEvent
    from reviews.ports.reports import Report
    from reviews.ports.unit_of_work import Transactions


MAX_EVENTS_AT_ONCE = 500
"""Events that are written down in one transaction. A listing may have found a hundred thousand: whoever else
writes would wait for all of them, and a database that is slow would never get through."""


@dataclass(frozen=True, kw_only=True)
class MissedEventIntake:
    """Both methods return how many events were new. What was received before an error stays received."""

    transactions: Transactions
    clock: Clock
    report: Callable[[Report], None]

    def receive_missed(self, events: Iterable[ChangeEvent]) -> int:
        """Receive those of the events that have not come in otherwise."""
        return sum(self.receive(self._find_missed(part)) for part in _split_events(list(events)))

    def receive(self, events: Sequence[ChangeEvent]) -> int:
        return sum(self._receive(part) for part in _split_events(events))

    def _find_missed(self, events: Sequence[ChangeEvent]) -> list[ChangeEvent]:
        now = self.clock()
        with self.transactions(reading=True) as work:
            return [each for each in events if not is_reported(work, each, now=now)]

    def _receive(self, events: Sequence[ChangeEvent]) -> int:
        return sum(intake.receive_events(self.transactions, events, now=self.clock(), report=self.report))


def _split_events(events: Sequence[ChangeEvent]) -> Iterator[Sequence[ChangeEvent]]:
    for start in range(0, len(events), MAX_EVENTS_AT_ONCE):
        yield events[start : start + MAX_EVENTS_AT_ONCE]
