"""The product's ports `Cards` and `Gates` on one connection."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.model import CardPost, CardState
from store import rows
from store.engine import insert_into
from store.schema import cards, gates

if TYPE_CHECKING:
    from collections.abc import Iterable


class Cards:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def owe(self, review_id: str, targets: Iterable[tuple[str, str]]) -> None:
        for notifier, target in targets:
            values = {"review_id": review_id, "notifier": notifier, "target": target, "state": CardState.OWED}
            self._connection.execute(
                insert_into(self._connection, cards).values(values).on_conflict_do_nothing()
            )

    def redraw(self, review_id: str) -> None:
        update = sa.update(cards).where(cards.c.review_id == review_id).values(wanted=cards.c.wanted + 1)
        self._connection.execute(update)

    def get(self, card_id: int) -> CardPost | None:
        row = self._connection.execute(sa.select(cards).where(cards.c.id == card_id)).mappings().first()
        return rows.card(row) if row else None

    def claim(self, card_id: int, owner: str) -> bool:
        update = (
            sa.update(cards)
            .where(
                cards.c.id == card_id,
                cards.c.state != CardState.DEAD,
                sa.or_(cards.c.claimed_by.is_(None), cards.c.claimed_by == owner),
            )
            .values(claimed_by=owner)
        )
        return self._connection.execute(update).rowcount == 1

    def line_up(self, card_id: int, owner: str, *, not_before: datetime) -> bool:
        return self._change(card_id, owner, not_before=not_before, claimed_by=None) is not None

    def attempted(self, card_id: int, owner: str, *, at: datetime, maybe_posted: bool) -> bool:
        changes = {"attempted_at": at, "maybe_posted": maybe_posted, "not_before": None}
        return self._change(card_id, owner, **changes) is not None

    def found(self, card_id: int, owner: str, *, message_id: str) -> bool:
        changes = {"state": CardState.POSTED, "message_id": message_id, "attempted_at": None}
        return self._change(card_id, owner, **changes) is not None

    def drawn(self, card_id: int, owner: str, *, message_id: str, drawing: int) -> bool:
        changes = {"message_id": message_id, "drawn": drawing, "error": None, "attempts": 0}
        end = {"state": CardState.POSTED, "attempted_at": None, "claimed_by": None}
        return self._change(card_id, owner, **changes, **end) is not None

    def failed(self, card_id: int, owner: str, error: str, *, dead: bool, unknown: bool) -> int | None:
        changes: dict[str, object] = {"attempts": cards.c.attempts + 1, "error": error, "claimed_by": None}
        if dead:
            changes["state"] = CardState.DEAD
        if not unknown:
            changes["attempted_at"] = None
        return self._change(card_id, owner, **changes)

    def reopen(self, card_id: int | None) -> int:
        update = sa.update(cards).where(cards.c.state == CardState.DEAD)
        if card_id is not None:
            update = update.where(cards.c.id == card_id)
        again = {"state": CardState.OWED, "attempts": 0, "wanted": cards.c.wanted + 1}
        again |= {"not_before": None, "maybe_posted": False}
        return self._connection.execute(update.values(again)).rowcount

    def recent(self, limit: int, *, state: str | None = None) -> list[CardPost]:
        query = sa.select(cards).order_by(cards.c.id.desc()).limit(limit)
        if state is not None:
            query = query.where(cards.c.state == state)
        return [rows.card(row) for row in self._connection.execute(query).mappings()]

    def _change(self, card_id: int, owner: str, **changes: object) -> int | None:
        """Change a card and return its attempts; `None` where somebody else has taken it over meanwhile."""
        update = (
            sa.update(cards)
            .where(cards.c.id == card_id, cards.c.claimed_by == owner)
            .values(**changes)
            .returning(cards.c.attempts)
        )
        attempts: int | None = self._connection.execute(update).scalar_one_or_none()
        return attempts


class Gates:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def queue(self, name: str, now: datetime, *, apart: timedelta) -> datetime:
        gate = self._locked(name)
        slot: datetime = max(now, gate.next_at, gate.closed_until)
        self._change(name, next_at=slot + apart)
        return slot

    def wait(self, name: str, now: datetime, *, apart: timedelta) -> timedelta:
        gate = self._locked(name)
        opens: datetime = max(gate.closed_until, gate.passed_at + apart)
        if opens <= now:
            self._change(name, passed_at=now)
        return max(opens - now, timedelta())

    def close(self, name: str, until: datetime) -> None:
        gate = self._locked(name)
        self._change(name, closed_until=max(gate.closed_until, until))

    def is_closed(self, name: str, now: datetime) -> bool:
        closed_until = sa.select(gates.c.closed_until).where(gates.c.name == name)
        found = self._connection.execute(closed_until).scalar_one_or_none()
        return found is not None and found > now

    def _locked(self, name: str) -> sa.Row[tuple[str, datetime, datetime, datetime]]:
        """Return the gate's row, locked until the transaction ends; made where it is missing."""
        long_ago = dict.fromkeys(("next_at", "passed_at", "closed_until"), datetime(1970, 1, 1, tzinfo=UTC))
        insert = insert_into(self._connection, gates).values(name=name, **long_ago)
        self._connection.execute(insert.on_conflict_do_nothing())
        query = sa.select(gates).where(gates.c.name == name).with_for_update()
        return self._connection.execute(query).one()

    def _change(self, name: str, **changes: datetime) -> None:
        self._connection.execute(sa.update(gates).where(gates.c.name == name).values(**changes))
