"""The rounds that process reviews which are due: one that fails does not block those behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.worker.round_isolation import RoundIsolation
from runtime.worker.rounds import ItemsFailed

if TYPE_CHECKING:
    from reviews.ladder.reminders import Reminders

MAX_SKIPPED = 1000
"""With more failures, the rounds begin again with the first review: the cause is not in single reviews."""


class ReminderRounds:
    """Rounds over all reviews that are due, some at a time, then from the first again.

    Those due longest come first. A review that fails stays due; it is skipped until all the others were
    processed.
    """

    def __init__(self, reminders: Reminders) -> None:
        self._reminders = reminders
        self._isolation = RoundIsolation("reminders")
        self._skipped: dict[str, str] = {}

    def process_some(self) -> bool:
        """Process some reviews; return whether more are due now.

        Raises `ItemsFailed` if one failed, and once more when all but the failed ones were processed.
        """
        with self._isolation.isolate_round() as isolation:
            try:
                count = self._reminders.process_due_reviews(exclude=self._skipped, isolate=isolation)
            finally:
                self._skipped |= isolation.failed
            passed_over = dict(self._skipped)
            more = count > 0 and len(passed_over) < MAX_SKIPPED
            if not more:
                self._skipped.clear()
            if len(passed_over) >= MAX_SKIPPED:
                self._reminders.write_messages()  # some reviews are always due, and those hold up no message
        if passed_over and not more:
            raise ItemsFailed(passed_over)
        return more
