"""The repository `UnroutedChangeRepository` on one connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.acts import merge_people
from reviews.kinds import ChangeKind
from reviews.ledger.ledger_entries import describe_person
from reviews.ports.unrouted_changes import (
    MAX_FLOOD_FILES,
    MAX_FLOOD_PEOPLE,
    MAX_FLOOD_TITLES,
    FloodKey,
    UnroutedFlood,
)
from reviews.stored_enums import read_enum
from reviews.tree import FolderContents
from store import rows
from store.schema import unrouted_changes

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.ports.unrouted_changes import UnroutedChange

_GROUP = tuple(unrouted_changes.c[name] for name in ("route", "kind", "cause"))


class SqlUnroutedChangeRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, change: UnroutedChange, *, cause: str, at: datetime) -> None:
        members = {
            "file_id": change.file_id,
            "title": change.title,
            "path": change.path,
            "people": [describe_person(each) for each in change.contributors[:MAX_FLOOD_PEOPLE]],
            "reason": change.reason,
        }
        values = {
            "route": change.route,
            "kind": change.kind,
            "cause": cause,
            "first_event": min(change.events),
            "last_event": max(change.events),
            "members": members,
            "at": at,
        }
        self._connection.execute(sa.insert(unrouted_changes).values(values))

    def list_ended(self, *, quiet_since: datetime, started_before: datetime, limit: int) -> list[FloodKey]:
        # Each worker asks this every 20 s: it is answered from the index.
        first, last = sa.func.min(unrouted_changes.c.at), sa.func.max(unrouted_changes.c.at)
        query = sa.select(*_GROUP).group_by(*_GROUP).order_by(*_GROUP).limit(limit)
        ended = query.having(sa.or_(last < quiet_since, first < started_before))
        return [FloodKey(**row) for row in self._connection.execute(ended).mappings()]

    def remove(self, flood: UnroutedFlood) -> bool:
        delete = sa.delete(unrouted_changes).where(
            *_select_own(flood.key), unrouted_changes.c.id <= flood.last_id
        )
        return self._connection.execute(delete).rowcount == flood.contents.count

    def read(self, key: FloodKey) -> UnroutedFlood | None:
        # The database counts the changes, since another writer may wait: only the first of them are read.
        query = sa.select(unrouted_changes).where(*_select_own(key)).order_by(unrouted_changes.c.id)
        first = self._connection.execute(query.limit(MAX_FLOOD_TITLES)).all()
        figures = self._connection.execute(_count_changes(query.limit(MAX_FLOOD_FILES).subquery())).one()
        if not first or first[0].id != figures.first_id:
            return None
        changes: list[dict[str, Any]] = [row.members for row in first]
        people = merge_people(rows.build_person(each) for one in changes for each in one["people"])
        return UnroutedFlood(
            key=key,
            kind=read_enum(ChangeKind, key.kind),
            path=changes[0]["path"],
            people=people[:MAX_FLOOD_PEOPLE],
            contents=FolderContents(count=figures.changes, titles=tuple(one["title"] for one in changes)),
            file_ids=tuple(one["file_id"] for one in changes),
            reason=changes[0]["reason"],
            first_event=figures.first_event,
            last_event=figures.last_event,
            handled_from=figures.handled_from,
            handled_to=figures.handled_to,
            last_id=figures.last_id,
        )


def _count_changes(changes: sa.Subquery) -> sa.Select[int, int, int, datetime, datetime, int, int]:
    return sa.select(
        sa.func.count().label("changes"),
        sa.func.min(changes.c.first_event).label("first_event"),
        sa.func.max(changes.c.last_event).label("last_event"),
        sa.func.min(changes.c.at).label("handled_from"),
        sa.func.max(changes.c.at).label("handled_to"),
        sa.func.min(changes.c.id).label("first_id"),
        sa.func.max(changes.c.id).label("last_id"),
    )


def _select_own(key: FloodKey) -> tuple[sa.ColumnElement[bool], ...]:
    return tuple(column == getattr(key, column.name) for column in _GROUP)
