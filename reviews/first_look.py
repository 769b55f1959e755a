"""What happens in a watched folder waits until the first look at it has come to its end.

Without it a lock of an old file can't be told from new content: DocSpace calls both `file.updated`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from reviews.burst import Burst
    from reviews.ports import Transactions
    from reviews.routing import Route
    from reviews.tree import Place

PATIENCE = timedelta(minutes=10)
ASKED_AGAIN = timedelta(seconds=2)


@dataclass(frozen=True, kw_only=True)
class FirstLook:
    """Knows which watched folders have not been looked at to the end.

    After `patience` an event is judged without: a look fails for as long as the API key sees nothing. It is
    zero where no look is ever taken.
    """

    transactions: Transactions
    patience: timedelta = PATIENCE

    def waits(self, places: Mapping[Route, Place], burst: Burst, now: datetime) -> float:
        """Return in how many seconds to ask again whether a burst may be judged; 0 where it may.

        `places` are those where the file was, by route.
        """
        left = burst.lead.received_at + self.patience - now
        if left <= timedelta():
            return 0.0
        above = {folder for route, place in places.items() for folder in route.watch if folder in place.ids}
        with self.transactions(reading=True) as work:
            unfinished = work.baselines.unfinished(sorted(above))
        return min(ASKED_AGAIN, left).total_seconds() if unfinished else 0.0
