"""The repository `GateRepository` on one connection."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from reviews.delivery.post_once import MAX_CLOCK_ERROR
from store.engine import insert_into
from store.schema import cards, gates

_GATE = sa.select(gates).where(gates.c.name == sa.bindparam("name")).with_for_update()


class SqlGateRepository:
    """The repository `GateRepository`.

    Times written while a worker's clock was ahead don't count once it is right again.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def take_next_slot(self, name: str, now: datetime, *, interval: timedelta) -> datetime:
        gate = self._lock_gate(name)
        slot = max(now, gate.closed_until if _is_near(gate.closed_until, now) else now)
        if _is_near(gate.next_at, now) or _is_near(
            gate.next_at, now + interval * self._count_due_cards(name)
        ):
            slot = max(slot, gate.next_at)
        self._update(name, next_at=slot + interval)
        return slot

    def pass_or_wait(self, name: str, now: datetime, *, interval: timedelta) -> timedelta:
        gate = self._lock_gate(name)
        opens: datetime = min(gate.passed_at, now) + interval
        if _is_near(gate.closed_until, now):
            opens = max(opens, gate.closed_until)
        if opens <= now or gate.passed_at > now:
            self._update(name, passed_at=now)
        return max(opens - now, timedelta())

    def close(self, name: str, until: datetime) -> None:
        gate = self._lock_gate(name)
        longest = max(gate.closed_until, until) if _is_near(gate.closed_until, until) else until
        self._update(name, closed_until=longest)

    def find_opening(self, name: str, now: datetime) -> datetime:
        closed_until = sa.select(gates.c.closed_until).where(gates.c.name == name)
        until = self._connection.execute(closed_until).scalar_one_or_none()
        return max(until, now) if until is not None and _is_near(until, now) else now

    def _count_due_cards(self, name: str) -> int:
        """Return how many cards may wait in a channel's queue."""
        notifier, _, target = name.partition(":")
        due = sa.select(sa.func.count()).where(
            cards.c.notifier == notifier, cards.c.target == target, cards.c.drawn < cards.c.wanted
        )
        return self._connection.execute(due).scalar_one()

    def _lock_gate(self, name: str) -> sa.Row[tuple[str, datetime, datetime, datetime]]:
        """Return the gate's row, locked until the transaction ends; create it if it is missing."""
        long_ago = dict.fromkeys(("next_at", "passed_at", "closed_until"), datetime(1970, 1, 1, tzinfo=UTC))
        insert = insert_into(self._connection, gates).on_conflict_do_nothing()
        self._connection.execute(insert, {"name": name, **long_ago})
        return self._connection.execute(_GATE, {"name": name}).one()

    def _update(self, name: str, **changes: datetime) -> None:
        self._connection.execute(sa.update(gates).where(gates.c.name == name).values(**changes))


def _is_near(at: datetime, now: datetime) -> bool:
    return at <= now + MAX_CLOCK_ERROR
