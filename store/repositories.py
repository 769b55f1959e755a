"""The product's ports `Events`, `Reviews` and `People` on one connection."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.errors import Conflict
from reviews.model import (
    Answer,
    CardPost,
    ChangeEvent,
    EventState,
    Person,
    Review,
    ReviewState,
    StoredEvent,
)
from store import rows
from store.engine import insert_into
from store.schema import answers, cards, events, people, reviews

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


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
        insert = (
            insert_into(self._connection, events).on_conflict_do_nothing().returning(events.c.delivery_key)
        )
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


class People:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def remember(self, person: Person, *, at: datetime) -> None:
        if person.id is None:
            return
        email = person.email.lower() if person.email else None
        values = {"id": person.id, "name": person.name, "email": email, "seen_at": at}
        insert = insert_into(self._connection, people).values(values)
        # A look-up that was refused brings no address; the one that is known stays.
        newest = {**values, "email": sa.func.coalesce(insert.excluded.email, people.c.email)}
        self._connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=newest))

    def by_email(self, email: str) -> Person | None:
        query = (
            sa.select(people)
            .where(people.c.email == email.lower())
            .order_by(people.c.seen_at.desc())
            .limit(1)
        )
        row = self._connection.execute(query).mappings().first()
        return Person(id=row["id"], name=row["name"], email=row["email"]) if row else None
