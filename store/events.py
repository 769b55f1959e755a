"""The repository `EventRepository` on one connection."""

from __future__ import annotations

import json
from datetime import UTC
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.changes.burst import find_event_time
from reviews.changes.classification import COMPARED_TRIGGERS, PRESENCE_AFTER_REMOVAL
from reviews.intake.change_writer import NOT_WATCHED_REASON
from reviews.kinds import EventState
from reviews.ports.events import PendingFile
from reviews.ports.past_events import shorten_key
from reviews.tree import FOLDER_ID_PREFIX
from store import past_events, rows
from store.beneath import select_beneath
from store.clock import Utc, read_database_time
from store.engine import MAX_PARAMETERS
from store.folder_paths import MAX_UPWARD_LOOKUPS, find_beneath
from store.schema import events, files, tallies
from store.schema.states import DEAD_EVENT, PENDING
from store.schema.work import HAPPENED, UNSETTLED
from store.tallies import KEY_CONFLICTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reviews.model import ChangeEvent, StoredEvent
    from reviews.ports.past_events import PastEvent

_TRIGGER = events.c.said["trigger"].as_string()
_PARENT = events.c.said["parent_id"].as_string().label("parent_id")
_TITLE = events.c.said["title"].as_string().label("title")
_NOT_WATCHED = [NOT_WATCHED_REASON.format(thing=thing) for thing in ("file", "folder")]
MAX_NEW_EVENTS = 1000
MAX_EVENTS_TOGETHER = 20_000  # events; the rest is handled right after


# Removed events are recognized by their keys too. With this form PostgreSQL looks each key up; with NOT
# EXISTS it would read the whole table each time while that has some thousand rows.
_PAST = "(SELECT past.id FROM past_events AS past WHERE past.{column} = value->>{place}) IS NULL"
_IS_NEW = " AND ".join(
    _PAST.format(column=column, place=place) for column, place in (("delivery_key", 6), ("semantic_key", 7))
)


def _build_insert(each: str, at: str) -> sa.TextClause:
    """Return the statement that inserts events from one JSON array; one parameter a column costs far more."""
    return sa.text(  # the parts are constants
        "INSERT INTO events "  # noqa: S608
        "(delivery_key, semantic_key, file_id, said, received_at, due_at, state, reason) "
        f"SELECT value->>0, value->>1, value->>2, value->3, {at}, {at}, value->>4, value->>5 "
        f"FROM {each} WHERE {_IS_NEW} ON CONFLICT DO NOTHING RETURNING delivery_key"
    ).bindparams(sa.bindparam("at", type_=Utc))


_ADD = {
    "sqlite": _build_insert("json_each(:events)", ":at"),
    # Without a time the server's is used, which all hosts share: theirs may be a day apart.
    "postgresql": _build_insert(
        "json_array_elements(CAST(:events AS json)) AS each(value)",
        "coalesce(CAST(:at AS timestamptz), clock_timestamp())",
    ),
}

_OF_EVENT = events.alias("of_event")
# Needed at every change: built once.
_ONE = sa.select(events).where(events.c.id == sa.bindparam("event"))
_SHARING = sa.select(events).where(
    sa.or_(
        events.c.delivery_key == sa.bindparam("delivery"), events.c.semantic_key == sa.bindparam("semantic")
    )
)
# Each is the first entry of an index (store/schema/work.py).
_UNSETTLED = sa.union_all(
    *(
        sa.select(sa.select(events).where(UNSETTLED, has_time).order_by(first).limit(1).subquery())
        for has_time, first in ((HAPPENED.is_not(None), HAPPENED), (HAPPENED.is_(None), events.c.received_at))
    )
)
_PENDING_AMONG = sa.select(events.c.file_id).where(
    events.c.file_id.in_(sa.bindparam("file_ids", expanding=True)), events.c.state == PENDING
)
_EARLIER_AMONG = _PENDING_AMONG.where(events.c.id < sa.bindparam("before"))
_SETTLE = sa.update(events).where(
    events.c.state == PENDING, events.c.id.in_(sa.bindparam("ids", expanding=True))
)
_PUT_OFF = (
    sa.update(events)
    .where(events.c.id == sa.bindparam("event"), events.c.claimed_by == sa.bindparam("owner"))
    .values(claimed_by=None, due_at=sa.bindparam("until", type_=Utc))
)
_FILE_OF_EVENT = sa.select(events.c.file_id).where(events.c.id == sa.bindparam("event")).scalar_subquery()
_PUT_OFF_NEXT = (
    sa.update(events)
    .where(
        events.c.claimed_by.is_(None),
        events.c.id
        == sa.select(sa.func.min(events.c.id))
        .where(events.c.file_id == _FILE_OF_EVENT, events.c.state == PENDING)
        .scalar_subquery(),
    )
    .values(due_at=sa.bindparam("until", type_=Utc))
)
_PENDING = (
    sa.select(events)
    .where(events.c.file_id == sa.bindparam("file_id"), events.c.state == PENDING)
    .order_by(events.c.id)
    .limit(MAX_EVENTS_TOGETHER)
)
_FILE_LABEL = "file_"
_COUNTED = sa.select(events.c.id).where(events.c.state == PENDING)
_COUNTED = _COUNTED.limit(sa.bindparam("count_to", type_=sa.Integer))
_PENDING_OF_FILE = (
    sa.select(
        *events.c,
        *(column.label(_FILE_LABEL + column.name) for column in files.c),
        sa.select(sa.func.count()).select_from(_COUNTED.subquery()).scalar_subquery().label("total"),
    )
    .select_from(events.outerjoin(files, files.c.file_id == events.c.file_id))
    .where(
        events.c.file_id
        == sa.select(_OF_EVENT.c.file_id).where(_OF_EVENT.c.id == sa.bindparam("event")).scalar_subquery(),
        events.c.state == PENDING,
    )
    .order_by(events.c.id)
    .limit(MAX_EVENTS_TOGETHER)
)


class SqlEventRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(
        self, new_events: Sequence[tuple[ChangeEvent, str | None]], *, at: datetime | None = None
    ) -> list[bool]:
        values = [
            [
                *rows.build_event_values(event),
                *(EventState.IGNORED if reason else EventState.RECEIVED, reason),
                *map(shorten_key, (event.delivery_key, event.semantic_key)),
            ]
            for event, reason in new_events
        ]
        if at is None and self._connection.dialect.name == "sqlite":
            at = read_database_time(self._connection)
        insert = _ADD[self._connection.dialect.name]
        result = self._connection.execute(insert, {"events": json.dumps(values), "at": at})
        new = set(result.scalars())
        return [_take_first(new, event.delivery_key) for event, _ in new_events]

    def list_sharing_keys(self, event: ChangeEvent) -> list[StoredEvent | PastEvent]:
        keys = {"delivery": event.delivery_key, "semantic": event.semantic_key}
        result = self._connection.execute(_SHARING, keys).mappings()
        return [
            *map(rows.build_stored_event, result),
            *past_events.find_sharing_keys(self._connection, event),
        ]

    def add_conflicting(self, event: ChangeEvent, reason: str | None, *, at: datetime | None = None) -> bool:
        [added] = self.add([(event, reason)], at=at)
        if added:
            values = {"subject": KEY_CONFLICTS, "label": "", "state": "", "count": 1, "seconds": 0}
            self._connection.execute(sa.insert(tallies).values(values))
        return added

    def get(self, event_id: int) -> StoredEvent | None:
        row = self._connection.execute(_ONE, {"event": event_id}).mappings().first()
        return rows.build_stored_event(row) if row else None

    def find_pending(self, event_id: int, *, count_to: int) -> PendingFile | None:
        parameters = {"event": event_id, "count_to": count_to}
        result = self._connection.execute(_PENDING_OF_FILE, parameters).mappings().all()
        if not result:
            return None
        state = {column.name: result[0][_FILE_LABEL + column.name] for column in files.c}
        return PendingFile(
            events=[rows.build_stored_event(row) for row in result],
            state=rows.build_file_state(state) if state["file_id"] is not None else None,
            total=result[0]["total"],
        )

    def list_pending(self, file_id: str) -> list[StoredEvent]:
        result = self._connection.execute(_PENDING, {"file_id": file_id}).mappings()
        return [rows.build_stored_event(row) for row in result]

    def list_pending_ids(self, event_id: int) -> list[int]:
        file_id = sa.select(events.c.file_id).where(events.c.id == event_id).scalar_subquery()
        pending = (events.c.file_id == file_id, events.c.state == PENDING)
        query = sa.select(events.c.id).where(*pending).order_by(events.c.id).limit(MAX_EVENTS_TOGETHER)
        return list(self._connection.execute(query).scalars())

    def find_pending_files(self, file_ids: Sequence[str], *, before: int | None = None) -> set[str]:
        pending: set[str] = set()
        query, names = (_PENDING_AMONG, {}) if before is None else (_EARLIER_AMONG, {"before": before})
        for start in range(0, len(file_ids), MAX_PARAMETERS):
            parameters = {"file_ids": file_ids[start : start + MAX_PARAMETERS], **names}
            pending.update(self._connection.execute(query, parameters).scalars())
        return pending

    def find_claimed_files(self, file_ids: Sequence[str]) -> set[str]:
        claimed: set[str] = set()
        query = _PENDING_AMONG.where(events.c.claimed_by.is_not(None))
        for start in range(0, len(file_ids), MAX_PARAMETERS):
            parameters = {"file_ids": file_ids[start : start + MAX_PARAMETERS]}
            claimed.update(self._connection.execute(query, parameters).scalars())
        return claimed

    def list_pending_subjects(self, limit: int) -> list[str]:
        query = sa.select(events.c.file_id).where(events.c.state == PENDING).distinct()
        is_of_folder = events.c.file_id.startswith(FOLDER_ID_PREFIX)
        folders = query.where(is_of_folder).limit(limit)
        files = query.where(~is_of_folder).limit(limit)
        ids = (each for part in (folders, files) for each in self._connection.execute(part).scalars())
        return list(ids)[:limit]

    def list_new_beneath(self, folder_id: str, *, until: int) -> dict[str, str]:
        stored = sa.select(files.c.file_id).where(files.c.file_id == events.c.file_id).exists()
        query = sa.select(events.c.file_id, _PARENT, _TITLE, _TRIGGER.label("trigger"))
        is_open = sa.or_(events.c.state == PENDING, events.c.reason.in_(_NOT_WATCHED))
        recent = events.c.id.between(until - MAX_NEW_EVENTS, until)
        new = query.where(recent, is_open, ~stored).order_by(events.c.id)
        newest = {row.file_id: row for row in self._connection.execute(new)}
        parents = {
            subject.removeprefix(FOLDER_ID_PREFIX): row.parent_id
            for subject, row in newest.items()
            if subject.startswith(FOLDER_ID_PREFIX)
        }
        paths = {
            file_id: _list_upwards(parents, row.parent_id)
            for file_id, row in newest.items()
            if not file_id.startswith(FOLDER_ID_PREFIX) and row.trigger not in PRESENCE_AFTER_REMOVAL
        }
        beneath = find_beneath(
            self._connection, folder_id, {each for path in paths.values() for each in path}
        )
        return {
            file_id: newest[file_id].title for file_id, path in paths.items() if beneath.intersection(path)
        }

    def find_handled_since(self, file_ids: Sequence[str], at: datetime) -> set[str]:
        handled: set[str] = set()
        for start in range(0, len(file_ids), MAX_PARAMETERS):
            query = sa.select(events.c.file_id).where(
                events.c.file_id.in_(file_ids[start : start + MAX_PARAMETERS]),
                events.c.state.in_([EventState.DONE, EventState.IGNORED]),
                _TRIGGER.in_(sorted(COMPARED_TRIGGERS)),
                events.c.received_at >= at,
            )
            handled.update(self._connection.execute(query).scalars())
        return handled

    def has_event_since(self, file_id: str, at: datetime) -> bool:
        matching = (
            sa.select(events.c.id)
            .where(
                events.c.file_id == file_id,
                events.c.state != EventState.DEAD,
                _TRIGGER.in_(sorted(COMPARED_TRIGGERS)),
                at.astimezone(UTC).isoformat() <= HAPPENED,
            )
            # It is nearly always the newest event; then the others of the file are not read.
            .order_by(events.c.id.desc())
            .limit(1)
        )
        event_id = self._connection.execute(matching).scalar()
        return event_id is not None or past_events.was_compared_since(self._connection, file_id, at)

    def were_all_unwatched(self, file_id: str, at: datetime) -> bool:
        is_other = sa.or_(events.c.state != EventState.IGNORED, events.c.reason.not_in(_NOT_WATCHED))
        other = sa.select(events.c.id).where(
            events.c.file_id == file_id, is_other, at.astimezone(UTC).isoformat() <= HAPPENED
        )
        return self._connection.execute(other.limit(1)).scalar() is None

    def find_last_reviewed(self, file_id: str) -> int | None:
        of_file = sa.and_(events.c.file_id == file_id, events.c.state == EventState.DONE)
        newest = sa.select(sa.func.max(events.c.id)).where(of_file)
        last: int | None = self._connection.execute(newest).scalar_one()
        return past_events.find_last_reviewed(self._connection, file_id) if last is None else last

    def find_oldest_unsettled(self) -> StoredEvent | None:
        result = self._connection.execute(_UNSETTLED).mappings()
        return min(map(rows.build_stored_event, result), key=find_event_time, default=None)

    def is_pending_beneath(self, folder_id: str, *, before: int) -> bool:
        # With the plain id, SQLite would scan all events; with a join, all files of the folder.
        pending = sa.and_(events.c.state == PENDING, events.c.id + 0 < before)
        parent = sa.select(files.c.parent_id).where(files.c.file_id == events.c.file_id).scalar_subquery()
        parent_ids = self._connection.execute(
            sa.select(parent).where(pending).distinct().limit(MAX_UPWARD_LOOKUPS + 1)
        ).scalars()
        parents = [each for each in parent_ids if each is not None]
        if len(parents) <= MAX_UPWARD_LOOKUPS:
            return bool(find_beneath(self._connection, folder_id, parents))
        query = sa.select(sa.exists().where(pending, parent.in_(select_beneath(folder_id))))
        return bool(self._connection.execute(query).scalar_one())

    def lower_priority(self, file_ids: Sequence[str]) -> None:
        for start in range(0, len(file_ids), MAX_PARAMETERS):
            condition = events.c.file_id.in_(file_ids[start : start + MAX_PARAMETERS])
            pending = (events.c.state == PENDING, events.c.of_many.is_(False))
            # Events that another transaction changes now come in their turn anyway.
            free_ids = sa.select(events.c.id).where(condition, *pending).with_for_update(skip_locked=True)
            self._connection.execute(
                sa.update(events).where(events.c.id.in_(free_ids.scalar_subquery())).values(of_many=True)
            )

    def has_low_priority(self, event_id: int) -> bool:
        query = sa.select(events.c.of_many).where(events.c.id == event_id)
        return bool(self._connection.execute(query).scalar())

    def settle(self, ids: Sequence[int], state: EventState, reason: str | None) -> int:
        values = {"state": state, "reason": reason, "claimed_by": None}
        parts = (ids[start : start + MAX_PARAMETERS] for start in range(0, len(ids), MAX_PARAMETERS))
        return sum(self._connection.execute(_SETTLE, {**values, "ids": part}).rowcount for part in parts)

    def put_off(self, event_id: int, job: str, *, until: datetime) -> None:
        parameters = {"event": event_id, "until": until}
        if self._connection.execute(_PUT_OFF, {**parameters, "owner": job}).rowcount == 0:
            self._connection.execute(_PUT_OFF_NEXT, parameters)

    def correct_received_at(self, ids: Sequence[int], *, at: datetime) -> None:
        update = sa.update(events).where(events.c.received_at > at).values(received_at=at)
        for start in range(0, len(ids), MAX_PARAMETERS):
            self._connection.execute(update.where(events.c.id.in_(ids[start : start + MAX_PARAMETERS])))

    def count_failure(self, event_id: int, reason: str) -> int | None:
        update = (
            sa.update(events)
            .where(events.c.id == event_id, events.c.state == PENDING)
            .values(attempts=events.c.attempts + 1, reason=reason, deaths=0)
            .returning(events.c.attempts)
        )
        attempts: int | None = self._connection.execute(update).scalar_one_or_none()
        return attempts

    def reopen(self, event_id: int | None) -> int:
        update = sa.update(events).where(events.c.state == DEAD_EVENT)
        if event_id is not None:
            update = update.where(events.c.id == event_id)
        values = {"state": EventState.RECEIVED, "attempts": 0, "deaths": 0}
        now = read_database_time(self._connection)
        return self._connection.execute(update.values({**values, "due_at": now})).rowcount

    def get_state(self, event_id: int) -> str | None:
        query = sa.select(events.c.state).where(events.c.id == event_id)
        state: str | None = self._connection.execute(query).scalar_one_or_none()
        return state

    def list_recent(self, limit: int) -> list[StoredEvent]:
        query = sa.select(events).order_by(events.c.id.desc()).limit(limit)
        return [rows.build_stored_event(row) for row in self._connection.execute(query).mappings()]

    def find_last_removed(self) -> int | None:
        return past_events.find_last_removed(self._connection)


def _list_upwards(parents: dict[str, str], folder_id: str) -> list[str]:
    """Return a folder and those above it as far as `parents` says."""
    path = [folder_id]
    while (above := parents.get(path[-1])) is not None and above not in path:
        path.append(above)
    return path


def _take_first(new: set[str], key: str) -> bool:
    """Return whether a key was inserted, for the first caller: a group may hold the same event twice."""
    try:
        new.remove(key)
    except KeyError:
        return False
    return True
