"""The rounds in which is looked at reviews whose time has come: one that fails holds up none behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.answers.reminders import MAX_REVIEWS_AT_ONCE
from runtime.worker.round_isolation import RoundIsolation
from runtime.worker.rounds import ItemsFailed

if TYPE_CHECKING:
    from reviews.answers.reminders import Reminders

MAX_SKIPPED = 1000
"""With more that fail, it begins anew with the first of them: something else is wrong than single reviews."""


class ReminderRounds:
    """Goes through all that is due, some at a time, and then begins with the first again.

    What is due longest comes first, and a review that fails stays due: it is passed over until all the others
    were looked at.
    """

    def __init__(self, reminders: Reminders) -> None:
        self._reminders = reminders
        self._edges = RoundIsolation("reminders")
        self._passed_over: dict[str, str] = {}

    def process_some(self) -> bool:
        """Look at some; return whether there is more to look at now.

        Raises `ItemsFailed` where one failed, and once more where all were looked at but those.
        """
        with self._edges.isolate_round() as edge:
            try:
                found = self._reminders.process_due_reviews(without=self._passed_over, edge=edge)
            finally:
                self._passed_over |= edge.failed
            passed_over = dict(self._passed_over)
            more = found >= MAX_REVIEWS_AT_ONCE and len(passed_over) < MAX_SKIPPED
            if not more:
                self._passed_over.clear()
        if passed_over and not more:
            raise ItemsFailed(passed_over)
        return more
