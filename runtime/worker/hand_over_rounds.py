"""The rounds that hand reviews over to stand-ins and back: one that fails does not block the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.worker.round_isolation import RoundIsolation
from runtime.worker.rounds import ItemsFailed

if TYPE_CHECKING:
    from reviews.absences.hand_overs import HandOvers


class HandOverRounds:
    """Rounds over all absences that are due, some at a time.

    An absence that fails stays due, and is skipped until all the others were processed.
    """

    def __init__(self, hand_overs: HandOvers) -> None:
        self._hand_overs = hand_overs
        self._isolation = RoundIsolation("hand-overs")
        self._skipped: dict[str, str] = {}

    def process_some(self) -> bool:
        """Go on with some absences; return whether more are due now.

        Raises `ItemsFailed` if one failed, and once more when all but the failed ones were processed.
        """
        with self._isolation.isolate_round() as isolation:
            try:
                skipped = {int(each) for each in self._skipped}
                count = self._hand_overs.process_due(exclude=skipped, isolate=isolation)
            finally:
                self._skipped |= isolation.failed
            passed_over = dict(self._skipped)
            if not count:
                self._skipped.clear()
        if passed_over and not count:
            raise ItemsFailed(passed_over)
        return count > 0
