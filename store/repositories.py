"""The product's ports `Events`, `Reviews`, `Cards` and `People` on one connection."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from reviews.errors import Conflict
from reviews.model import (
    Answer,
    CardPost,
    CardState,
    ChangeEvent,
    EventState,
    Person,
    Review,
    ReviewState,
    StoredEvent,
)
from store import rows
from store.schema import answers, cards, events, gates, people, reviews

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def _insert(connection: sa.Connection, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    """Return the dialect's INSERT, which knows ON CONFLICT; both spell it alike."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


class Events:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, arrived: Sequence[tuple[ChangeEvent, str | None]], *, at: datetime) -> list[bool]:
        values = [
            {
                **rows.event_values(event),
                "received_at": at,
                "state": EventState.IGNORED if reason else EventState.RECEIVED,
                "reason": reason,
            }
            for event, reason in arrived
        ]
        insert = _insert(self._connection, events).on_conflict_do_nothing().returning(events.c.delivery_key)
        new = set(self._connection.execute(insert, values).scalars())
        return [_take(new, event.delivery_key) for event, _ in arrived]

    def get(self, event_id: int) -> StoredEvent | None:
        row = self._connection.execute(sa.select(events).where(events.c.id == event_id)).mappings().first()
        return rows.stored_event(row) if row else None

    def pending_of(self, file_id: str) -> list[StoredEvent]:
        query = (
            sa.select(events)
            .where(events.c.file_id == file_id, events.c.state == EventState.RECEIVED)
            .order_by(events.c.id)
        )
        return [rows.stored_event(row) for row in self._connection.execute(query).mappings()]

    def settle(self, ids: Sequence[int], state: EventState, reason: str | None) -> int:
        update = (
            sa.update(events)
            .where(events.c.id.in_(ids), events.c.state == EventState.RECEIVED)
            .values(state=state, reason=reason)
        )
        return self._connection.execute(update).rowcount

    def failed(self, event_id: int, reason: str) -> int | None:
        update = (
            sa.update(events)
            .where(events.c.id == event_id, events.c.state == EventState.RECEIVED)
            .values(attempts=events.c.attempts + 1, reason=reason)
            .returning(events.c.attempts)
        )
        attempts: int | None = self._connection.execute(update).scalar_one_or_none()
        return attempts

    def reopen(self, event_id: int | None) -> int:
        update = sa.update(events).where(events.c.state == EventState.DEAD)
        if event_id is not None:
            update = update.where(events.c.id == event_id)
        again = {"state": EventState.RECEIVED, "attempts": 0, "wanted": events.c.wanted + 1}
        return self._connection.execute(update.values(again)).rowcount

    def recent(self, limit: int) -> list[StoredEvent]:
        query = sa.select(events).order_by(events.c.id.desc()).limit(limit)
        return [rows.stored_event(row) for row in self._connection.execute(query).mappings()]


def _take(new: set[str], key: str) -> bool:
    """Tell whether a key was inserted, for the first who asks: a group may hold the same event twice."""
    try:
        new.remove(key)
    except KeyError:
        return False
    return True


class Reviews:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, review: Review) -> None:
        try:
            self._connection.execute(sa.insert(reviews).values(rows.review_values(review)))
        except sa.exc.IntegrityError as error:
            raise Conflict("another worker opened a review of this file meanwhile") from error

    def get(self, review_id: str) -> Review | None:
        return next(iter(self._load(sa.select(reviews).where(reviews.c.id == review_id))), None)

    def latest_of(self, file_id: str, *, route: str | None = None) -> Review | None:
        query = sa.select(reviews).where(reviews.c.file_id == file_id)
        if route is not None:
            query = query.where(reviews.c.route == route)
        return next(iter(self._load(query.order_by(reviews.c.seq.desc()).limit(1))), None)

    def revise(self, review: Review) -> bool:
        update = (
            sa.update(reviews)
            .where(
                reviews.c.id == review.id,
                reviews.c.state == ReviewState.OPEN,
                reviews.c.revision == review.revision - 1,
            )
            .values(rows.review_values(review))
        )
        return self._connection.execute(update).rowcount == 1

    def answer(self, review_id: str, answer: Answer) -> bool:
        decide = (
            sa.update(reviews)
            .where(
                reviews.c.id == review_id,
                reviews.c.state == ReviewState.OPEN,
                reviews.c.revision == answer.revision,
            )
            .values(state=answer.decision.outcome)
        )
        if self._connection.execute(decide).rowcount != 1:
            return False
        values = {**asdict(answer), "review_id": review_id}
        self._connection.execute(sa.insert(answers).values(values))
        return True

    def recent(
        self, limit: int, *, state: str | None = None, route: str | None = None, oldest_first: bool = False
    ) -> list[Review]:
        order = reviews.c.seq.asc() if oldest_first else reviews.c.seq.desc()
        query = sa.select(reviews).order_by(order).limit(limit)
        if state is not None:
            query = query.where(reviews.c.state == state)
        if route is not None:
            query = query.where(reviews.c.route == route)
        return self._load(query)

    def _load(self, query: sa.Select[tuple[object, ...]]) -> list[Review]:
        """Load reviews with their answers and cards: three queries, however many reviews."""
        found = self._connection.execute(query).mappings().all()
        ids = [row["id"] for row in found]
        given: dict[str, list[Answer]] = {review_id: [] for review_id in ids}
        stand: dict[str, list[CardPost]] = {review_id: [] for review_id in ids}
        if ids:
            answered = sa.select(answers).where(answers.c.review_id.in_(ids)).order_by(answers.c.id)
            for row in self._connection.execute(answered).mappings():
                given[row["review_id"]].append(rows.answer(row))
            posted = sa.select(cards).where(cards.c.review_id.in_(ids)).order_by(cards.c.id)
            for row in self._connection.execute(posted).mappings():
                stand[row["review_id"]].append(rows.card(row))
        return [rows.review(row, tuple(given[row["id"]]), tuple(stand[row["id"]])) for row in found]


class Cards:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def owe(self, review_id: str, targets: Iterable[tuple[str, str]]) -> None:
        for notifier, target in targets:
            values = {"review_id": review_id, "notifier": notifier, "target": target, "state": CardState.OWED}
            self._connection.execute(_insert(self._connection, cards).values(values).on_conflict_do_nothing())

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
        again = {"state": CardState.OWED, "attempts": 0, "wanted": cards.c.wanted + 1, "not_before": None}
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
        insert = _insert(self._connection, gates).values(name=name, **long_ago)
        self._connection.execute(insert.on_conflict_do_nothing())
        query = sa.select(gates).where(gates.c.name == name).with_for_update()
        return self._connection.execute(query).one()

    def _change(self, name: str, **changes: datetime) -> None:
        self._connection.execute(sa.update(gates).where(gates.c.name == name).values(**changes))


class People:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def remember(self, person: Person, *, at: datetime) -> None:
        if person.id is None:
            return
        email = person.email.lower() if person.email else None
        values = {"id": person.id, "name": person.name, "email": email, "seen_at": at}
        insert = _insert(self._connection, people).values(values)
        self._connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=values))

    def by_email(self, email: str) -> Person | None:
        query = (
            sa.select(people)
            .where(people.c.email == email.lower())
            .order_by(people.c.seen_at.desc())
            .limit(1)
        )
        row = self._connection.execute(query).mappings().first()
        return Person(id=row["id"], name=row["name"], email=row["email"]) if row else None
