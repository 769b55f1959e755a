"""Receives missed events from DocSpace's logs and listings."""

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
"""Events that are stored in one transaction.

A listing may have a hundred thousand differences: all other writers would wait for all of them, and with a
slow database it would never end.
"""


@dataclass(frozen=True, kw_only=True)
class MissedEventIntake:
    """Receives events; both methods return how many were new. Those received before an error stay."""

    transactions: Transactions
    clock: Clock
    report: Callable[[Report], None]
    joins_listed: bool = False
    """Whether events of the log join those that only a listing shows: see `is_reported`."""

    def receive_missed(self, events: Iterable[ChangeEvent]) -> int:
        """Receive those of the events that have not come in otherwise."""
        return sum(self.receive(self._find_missed(part)) for part in _split_events(list(events)))

    def receive(self, events: Sequence[ChangeEvent]) -> int:
        return sum(self._receive(part) for part in _split_events(events))

    def _find_missed(self, events: Sequence[ChangeEvent]) -> list[ChangeEvent]:
        now = self.clock()
        with self.transactions(reading=True) as work:
            return [
                each
                for each in events
                if not is_reported(work, each, now=now, joins_listed=self.joins_listed)
            ]

    def _receive(self, events: Sequence[ChangeEvent]) -> int:
        return sum(intake.receive_events(self.transactions, events, now=self.clock(), report=self.report))


def _split_events(events: Sequence[ChangeEvent]) -> Iterator[Sequence[ChangeEvent]]:
    for start in range(0, len(events), MAX_EVENTS_AT_ONCE):
        yield events[start : start + MAX_EVENTS_AT_ONCE]
