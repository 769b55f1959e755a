"""The condition that the timestamping authority gives no answer that counts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.monitoring.alarms import Condition
from store.timestamps import read_attempt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from runtime.wiring.wiring import Wiring

SILENT_AFTER = timedelta(days=1)


def silent_authority(wiring: Wiring, now: datetime) -> Iterator[Condition]:
    """Yield a condition if no checkpoint could be timestamped for a day."""
    if not wiring.settings.tsa_url:
        return
    attempt = read_attempt(wiring.engine)
    if attempt.failing_since is not None and attempt.failing_since <= now - SILENT_AFTER:
        yield Condition(
            key="timestamps",
            sentence=f"The timestamping authority has given no timestamp for a day: {attempt.failure}",
            remedy="See whether TSA_URL and TSA_CERTIFICATES are right: docspace-review doctor says what it "
            "answers",
        )
