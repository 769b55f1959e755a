"""The repository `GateRepository` on one connection."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.delivery.pace import BRIEF_WAIT
from reviews.delivery.post_once import MAX_CLOCK_ERROR
from store.clock import Utc
from store.engine import insert_into
from store.schema import cards, gates

if TYPE_CHECKING:
    from collections.abc import Mapping

_UNLOCKED_GATE = sa.select(gates).where(gates.c.name == sa.bindparam("name"))
_GATE = _UNLOCKED_GATE.with_for_update()
_CLOSED_UNTIL = sa.select(gates.c.closed_until).where(gates.c.name == sa.bindparam("name"))
_IS_OPEN = (
    gates.c.name == sa.bindparam("gate"),
    gates.c.passed_at <= sa.bindparam("passed_before", type_=Utc),
    gates.c.closed_until <= sa.bindparam("now", type_=Utc),
)
_PASS = sa.update(gates).where(*_IS_OPEN).values(passed_at=sa.bindparam("now", type_=Utc))
_PASS_WITHOUT_PLACE = _PASS.where(gates.c.next_at <= sa.bindparam("now", type_=Utc)).values(
    next_at=sa.bindparam("next", type_=Utc)
)
_CHANGE = sa.update(gates).where(gates.c.name == sa.bindparam("gate"))
_NOTE_ARRIVAL = (
    sa.update(gates)
    .where(gates.c.name == sa.bindparam("gate"), gates.c.passed_at < sa.bindparam("at", type_=Utc))
    .values(passed_at=sa.bindparam("at", type_=Utc))
)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class SqlGateRepository:
    """The pace of posts to a target, and of calls to DocSpace.

    Times written while a worker's clock was ahead don't count once it is right again.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def take_turn(
        self, name: str, now: datetime, *, place: datetime | None, interval: timedelta
    ) -> timedelta:
        if not interval:
            return self.find_opening(name, now) - now
        if self._pass_open_gate(name, now, place=place, interval=interval):
            return timedelta()
        gate, changes = self._lock_gate(name), dict[str, datetime]()
        is_closed = _is_plausible(gate.closed_until, now) and gate.closed_until > now + interval
        if place is None or is_closed or not _is_plausible(place, now):
            place = self._find_next_slot(gate, now, interval=interval)
            changes["next_at"] = place + interval
        wait = max(place - now, timedelta())
        if wait <= BRIEF_WAIT:
            is_ahead = gate.passed_at > now + BRIEF_WAIT
            opens = max((now if is_ahead else gate.passed_at) + interval, place)
            if _is_plausible(gate.closed_until, now):
                opens = max(opens, gate.closed_until)
            wait = max(opens - now, timedelta())
            if wait <= BRIEF_WAIT:
                changes["passed_at"] = now + wait
            elif is_ahead:
                changes["passed_at"] = now
            elif now - place > interval:
                # Of all that are late, one passes; each of the others takes a place of its own.
                place = max(self._find_next_slot(gate, now, interval=interval), opens)
                changes["next_at"], wait = place + interval, place - now
        self._update(name, changes)
        return wait

    def note_arrival(self, name: str, at: datetime) -> None:
        self._connection.execute(_NOTE_ARRIVAL, {"gate": name, "at": at})

    def _pass_open_gate(
        self, name: str, now: datetime, *, place: datetime | None, interval: timedelta
    ) -> bool:
        """Pass a gate that is surely open, in one statement; return whether it was."""
        if place is not None and place > now:
            return False
        times = {"now": now, "passed_before": now - interval}
        if place is not None:
            return self._connection.execute(_PASS, {"gate": name, **times}).rowcount == 1
        parameters = {"gate": name, **times, "next": now + interval}
        return self._connection.execute(_PASS_WITHOUT_PLACE, parameters).rowcount == 1

    def take_next_slot(self, name: str, now: datetime, *, interval: timedelta) -> datetime:
        slot = self._find_next_slot(self._lock_gate(name), now, interval=interval)
        self._update(name, {"next_at": slot + interval})
        return slot

    def find_next_slot(self, name: str, now: datetime) -> datetime:
        gate = self._connection.execute(_UNLOCKED_GATE, {"name": name}).one_or_none()
        return self._find_next_slot(gate, now, interval=timedelta()) if gate else now

    def close(self, name: str, until: datetime) -> None:
        gate = self._lock_gate(name)
        longest = max(gate.closed_until, until) if _is_plausible(gate.closed_until, until) else until
        self._update(name, {"closed_until": longest})

    def find_opening(self, name: str, now: datetime) -> datetime:
        until = self._connection.execute(_CLOSED_UNTIL, {"name": name}).scalar_one_or_none()
        return max(until, now) if until is not None and _is_plausible(until, now) else now

    def _find_next_slot(
        self, gate: sa.Row[tuple[str, datetime, datetime, datetime]], now: datetime, *, interval: timedelta
    ) -> datetime:
        slot = max(now, gate.closed_until if _is_plausible(gate.closed_until, now) else now)
        if _is_plausible(gate.next_at, now) or _is_plausible(
            gate.next_at, now + interval * self._count_due_cards(gate.name)
        ):
            slot = max(slot, gate.next_at)
        return slot

    def _count_due_cards(self, name: str) -> int:
        """Return how many cards may wait in a channel's queue."""
        notifier, _, target = name.partition(":")
        due = sa.select(sa.func.count()).where(
            cards.c.notifier == notifier, cards.c.target == target, cards.c.drawn < cards.c.wanted
        )
        return self._connection.execute(due).scalar_one()

    def _lock_gate(self, name: str) -> sa.Row[tuple[str, datetime, datetime, datetime]]:
        """Return the gate's row, locked until the transaction ends; create it if it is missing."""
        gate = self._connection.execute(_GATE, {"name": name}).one_or_none()
        if gate is not None:
            return gate
        insert = insert_into(self._connection, gates).on_conflict_do_nothing()
        times = dict.fromkeys(("next_at", "passed_at", "closed_until"), _LONG_AGO)
        self._connection.execute(insert, {"name": name, **times})
        return self._connection.execute(_GATE, {"name": name}).one()

    def _update(self, name: str, changes: Mapping[str, datetime]) -> None:
        if changes:
            self._connection.execute(_CHANGE, {**changes, "gate": name})


def _is_plausible(at: datetime, now: datetime) -> bool:
    return at <= now + MAX_CLOCK_ERROR
