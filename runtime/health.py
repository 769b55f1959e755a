"""What `/healthz` says: each part by name, from a handful of small queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from store import handover
from store.migrate import is_current
from store.workers import Roll

if TYPE_CHECKING:
    from reviews.ports import Clock

WORKER_MISSED = timedelta(seconds=30)
BACKLOG_LATE = timedelta(minutes=10)

Part = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Health:
    """`broken` where nothing gets through; `late` and `attention` where somebody should look."""

    engine: sa.Engine
    clock: Clock

    def parts(self) -> dict[str, Part]:
        try:
            current = is_current(self.engine)
        except sa.exc.SQLAlchemyError as error:
            return {"database": {"state": "broken", "reason": f"not available ({type(error).__name__})"}}
        if not current:
            reason = "migrations are missing: run docspace-review migrate"
            return {"database": {"state": "ok"}, "migrations": {"state": "broken", "reason": reason}}
        return {
            "database": {"state": "ok"},
            "migrations": {"state": "ok"},
            "worker": self._worker(),
            "backlog": self._backlog(),
            "dead_letters": self._dead_letters(),
        }

    def _worker(self) -> Part:
        seen_at = Roll(self.engine, self.clock).last_seen()
        age = self.clock() - seen_at if seen_at else None
        if age is None or age > WORKER_MISSED:
            return {"state": "broken", "reason": "no worker is running: start docspace-review worker"}
        return {"state": "ok", "seen_seconds_ago": round(age.total_seconds(), 1)}

    def _backlog(self) -> Part:
        waiting = handover.waiting(self.engine)
        age = self.clock() - waiting.oldest if waiting.oldest else timedelta()
        state = "late" if age > BACKLOG_LATE else "ok"
        return {
            "state": state,
            "events": waiting.events,
            "cards": waiting.cards,
            "oldest_seconds": round(age.total_seconds(), 1),
        }

    def _dead_letters(self) -> Part:
        events, cards = handover.dead_letters(self.engine)
        return {"state": "attention" if events or cards else "ok", "events": events, "cards": cards}
