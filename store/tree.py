"""What is known of the portal's tree: the repositories `Files` and `Folders`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.tree import Contents, FileState, FolderState, Place, Standing
from store import rows
from store.engine import by_dialect, insert_into
from store.schema import files, folders
from store.ways_down import DEEPEST, find_ways_down

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from store.engine import Insert

    _Row = sa.Row[tuple[str, str, str, datetime]]
    _Chain = sa.Select[tuple[str, str, str, datetime]]

AT_ONCE = 1000  # parameters of one statement
_FROM = {
    Standing.PRESENT: [Standing.TRASHED],
    Standing.TRASHED: [Standing.PRESENT],
    Standing.DELETED: [Standing.PRESENT, Standing.TRASHED],
}


class Files:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, file_id: str) -> FileState | None:
        row = self._connection.execute(_FILE, {"file_id": file_id}).mappings().first()
        return rows.file_state(row) if row else None

    def put(self, state: FileState) -> None:
        self._connection.execute(_PUT_FILE[self._connection.dialect.name], rows.file_values(state))

    def present_of(self, title: str, limit: int) -> list[FileState]:
        query = (
            sa.select(files).where(files.c.title == title, files.c.standing == Standing.PRESENT).limit(limit)
        )
        return [rows.file_state(row) for row in self._connection.execute(query).mappings()]

    def add_unknown(self, states: Sequence[FileState]) -> int:
        if not states:
            return 0
        insert = insert_into(self._connection, files).on_conflict_do_nothing().returning(files.c.file_id)
        values = [rows.file_values(state) for state in states]
        return len(self._connection.execute(insert, values).all())

    def forget(self, file_id: str) -> None:
        self._connection.execute(sa.delete(files).where(files.c.file_id == file_id))

    def all_of(self, file_ids: Sequence[str]) -> dict[str, FileState]:
        found: dict[str, FileState] = {}
        for start in range(0, len(file_ids), AT_ONCE):
            query = sa.select(files).where(files.c.file_id.in_(file_ids[start : start + AT_ONCE]))
            states = map(rows.file_state, self._connection.execute(query).mappings())
            found.update((state.file_id, state) for state in states)
        return found

    def present_beneath(self, folder_id: str) -> set[str]:
        present = sa.and_(self._inside(folder_id), files.c.standing == Standing.PRESENT)
        return set(self._connection.execute(sa.select(files.c.file_id).where(present)).scalars())

    def beneath(self, folder_id: str, standing: Standing, limit: int) -> Contents:
        inside = sa.and_(self._inside(folder_id), files.c.standing == standing)
        count = self._connection.execute(sa.select(sa.func.count()).where(inside)).scalar_one()
        titles = sa.select(files.c.title).where(inside).order_by(files.c.title).limit(limit)
        return Contents(count=count, titles=tuple(self._connection.execute(titles).scalars()))

    def count_beneath(self, folder_id: str) -> int:
        present = sa.and_(self._inside(folder_id), files.c.standing == Standing.PRESENT)
        count: int = self._connection.execute(sa.select(sa.func.count()).where(present)).scalar_one()
        return count

    def move_all(self, folder_id: str, standing: Standing | None) -> None:
        inside = self._inside(folder_id)
        if standing is None:
            self._connection.execute(sa.delete(files).where(inside))
        else:
            goes = sa.and_(inside, files.c.standing.in_(_FROM[standing]))
            self._connection.execute(sa.update(files).where(goes).values(standing=standing))

    def _inside(self, folder_id: str) -> sa.ColumnElement[bool]:
        """Return the condition that a file is in the folder, at any depth.

        PostgreSQL takes every folder for an average one, expects most of the files and reads all of them;
        folders that it is given as an array it looks up in the index. SQLite looks them up anyway.
        """
        inside = beneath(folder_id)
        if self._connection.dialect.name == "postgresql":
            return files.c.parent_id == sa.any_(sa.func.array(inside.scalar_subquery()))
        return files.c.parent_id.in_(inside)


class Folders:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def place(self, folder_id: str, *, seen_after: datetime) -> Place | None:
        chain = self._chain(_NOW, folder_id)
        return None if any(row.seen_at < seen_after for row in chain) else _place(chain)

    def place_before(self, folder_id: str) -> Place | None:
        return _place(self._chain(_BEFORE, folder_id))

    def put(self, place: Place, *, at: datetime) -> None:
        parents = ("", *(folder_id for folder_id, _ in place.folders))
        chain = [
            {"id": folder_id, "parent_id": parent_id, "title": title, "known_since": at, "seen_at": at}
            for (folder_id, title), parent_id in zip(place.folders, parents, strict=False)
        ]
        if chain:
            self._connection.execute(_PUT_FOLDER[self._connection.dialect.name], chain)

    def place_at(self, folder_id: str, at: datetime) -> Place | None:
        return _place(self._chain(_THEN, folder_id, at=at))

    def ways_down(self, folder_id: str, among: Collection[str]) -> list[tuple[tuple[str, str], ...]]:
        return find_ways_down(self._connection, folder_id, among)

    def titles(self, folder_ids: Sequence[str]) -> dict[str, str]:
        titles: dict[str, str] = {}
        for start in range(0, len(folder_ids), AT_ONCE):
            part = folder_ids[start : start + AT_ONCE]
            query = sa.select(folders.c.id, folders.c.title).where(folders.c.id.in_(part))
            titles.update((row.id, row.title) for row in self._connection.execute(query))
        return titles

    def get(self, folder_id: str) -> FolderState | None:
        columns = (folders.c.known_since, folders.c.seen_at, folders.c.settled_at)
        query = sa.select(*columns).where(folders.c.id == folder_id)
        row = self._connection.execute(query).mappings().first()
        return FolderState(**row) if row else None

    def titled(self, title: str, limit: int) -> list[Place]:
        query = sa.select(folders.c.id).where(sa.func.lower(folders.c.title) == title.lower()).limit(limit)
        places = [self.place_before(folder_id) for folder_id in self._connection.execute(query).scalars()]
        return [place for place in places if place is not None]

    def settle(self, folder_id: str, *, at: datetime) -> None:
        settled = {
            "moved_from": sa.func.coalesce(folders.c.was_in, folders.c.moved_from),
            "settled_at": sa.case((folders.c.settled_at > at, folders.c.settled_at), else_=at),
            "was_in": None,
        }
        self._connection.execute(sa.update(folders).where(folders.c.id == folder_id).values(settled))

    def doubt(self, folder_id: str) -> None:
        stale = sa.update(folders).where(folders.c.id == folder_id)
        self._connection.execute(stale.values(seen_at=rows.LONG_AGO))

    def _chain(self, query: _Chain, folder_id: str, **values: datetime) -> Sequence[_Row]:
        """Return the known folders from the top down to this one, as far up as they are known."""
        return self._connection.execute(query, {"folder_id": folder_id, **values}).all()


def _put_file(insert: Insert) -> Insert:
    newest = {column.name: column for column in insert.excluded if not column.primary_key}
    return insert.on_conflict_do_update(index_elements=["file_id"], set_=newest)


def _put_folder(insert: Insert) -> Insert:
    """Return the statement that writes down where folders are, unless something newer is known."""
    found = insert.excluded
    first_move = sa.and_(folders.c.was_in.is_(None), folders.c.parent_id != found.parent_id)
    changed = {
        "was_in": sa.case((first_move, folders.c.parent_id), else_=folders.c.was_in),
        "parent_id": found.parent_id,
        "title": found.title,
        "seen_at": found.seen_at,
    }
    return insert.on_conflict_do_update(
        index_elements=["id"], set_=changed, where=folders.c.seen_at < found.seen_at
    )


def _up(parent: sa.ColumnElement[str]) -> _Chain:
    """Return the query for a folder and all above it, the highest first; `parent` says who one is in."""
    columns = (folders.c.id, parent.label("parent_id"), folders.c.title, folders.c.seen_at)
    up = (
        sa.select(*columns, sa.literal(0).label("height"))
        .where(folders.c.id == sa.bindparam("folder_id"))
        .cte("up", recursive=True)
    )
    above = sa.and_(folders.c.id == up.c.parent_id, up.c.height < DEEPEST)
    up = up.union_all(sa.select(*columns, up.c.height + 1).where(above))
    return sa.select(up.c.id, up.c.parent_id, up.c.title, up.c.seen_at).order_by(up.c.height.desc())


# Made once: each is asked for or written at every change, and making it takes longer than running it.
_FILE = sa.select(files).where(files.c.file_id == sa.bindparam("file_id"))
_PUT_FILE = by_dialect(files, _put_file)
_PUT_FOLDER = by_dialect(folders, _put_folder)
_NOW = _up(folders.c.parent_id)
_BEFORE = _up(sa.func.coalesce(folders.c.was_in, folders.c.parent_id))
_THEN = _up(
    sa.case(
        (folders.c.was_in.is_not(None), folders.c.was_in),
        (
            sa.and_(folders.c.moved_from.is_not(None), folders.c.settled_at >= sa.bindparam("at")),
            folders.c.moved_from,
        ),
        else_=folders.c.parent_id,
    )
)


def _place(chain: Sequence[_Row]) -> Place | None:
    """Return the chain as a place, where it reaches the top."""
    if not chain or chain[0].parent_id:
        return None
    return Place(folders=tuple((row.id, row.title) for row in chain))


def beneath(folder_id: str) -> sa.Select[tuple[str]]:
    """Return the query for the folder and all known folders in it, at any depth."""
    down = sa.select(sa.literal(folder_id).label("id")).cte("down", recursive=True)
    down = down.union(sa.select(folders.c.id).where(folders.c.parent_id == down.c.id))
    return sa.select(down.c.id)
