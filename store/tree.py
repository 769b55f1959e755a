"""The stored tree of the portal: the repositories `FileStateRepository` and `FolderRepository`."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.tree import (
    MAX_DEPTH,
    FilePresence,
    FileState,
    FolderContents,
    FolderTree,
    Place,
    StoredFolder,
)
from store import rows
from store.beneath import select_beneath, select_beneath_before
from store.engine import MAX_PARAMETERS, build_by_dialect, find_rows, insert_into
from store.folder_paths import find_path_down, find_paths_down
from store.open_reviews import find_open_reviews
from store.schema import files, folders

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from reviews.kinds import ChangeKind
    from reviews.ports.tree import OpenReviews
    from reviews.tree import FolderState
    from store.engine import Insert

MAX_ROOTS = 20
"""Largest number of folders from which one query searches upwards.

For a hundred, PostgreSQL expects so many rows that it compiles the query first, which takes a quarter of a
second.
"""
FOLDER_REWRITE_INTERVAL = timedelta(minutes=1)
"""How old `seen_at` may be before an unchanged folder is written again."""
_FROM = {
    FilePresence.PRESENT: [FilePresence.TRASHED],
    FilePresence.TRASHED: [FilePresence.PRESENT],
    FilePresence.DELETED: [FilePresence.PRESENT, FilePresence.TRASHED],
}


class SqlFileStateRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, file_id: str) -> FileState | None:
        row = self._connection.execute(_FILE, {"file_id": file_id}).mappings().first()
        return rows.build_file_state(row) if row else None

    def put(self, state: FileState) -> None:
        self._connection.execute(_PUT_FILE[self._connection.dialect.name], rows.build_file_values(state))

    def find_present(self, title: str, limit: int) -> list[FileState]:
        query = (
            sa.select(files)
            .where(files.c.title == title, files.c.standing == FilePresence.PRESENT)
            .limit(limit)
        )
        return [rows.build_file_state(row) for row in self._connection.execute(query).mappings()]

    def add_unknown(self, states: Sequence[FileState]) -> int:
        if not states:
            return 0
        insert = insert_into(self._connection, files).on_conflict_do_nothing().returning(files.c.file_id)
        # In one order for all transactions, so that they can't deadlock.
        values = [rows.build_file_values(state) for state in sorted(states, key=lambda state: state.file_id)]
        return len(self._connection.execute(insert, values).all())

    def forget(self, file_id: str) -> None:
        self._connection.execute(sa.delete(files).where(files.c.file_id == file_id))

    def get_many(self, file_ids: Sequence[str]) -> dict[str, FileState]:
        states_by_id: dict[str, FileState] = {}
        for start in range(0, len(file_ids), MAX_PARAMETERS):
            query = sa.select(files).where(files.c.file_id.in_(file_ids[start : start + MAX_PARAMETERS]))
            states = map(rows.build_file_state, self._connection.execute(query).mappings())
            states_by_id.update((state.file_id, state) for state in states)
        return states_by_id

    def list_present_beneath(self, folder_id: str) -> set[str]:
        is_beneath = self._match_folders(select_beneath_before(folder_id))
        present = sa.and_(is_beneath, files.c.standing == FilePresence.PRESENT)
        return set(self._connection.execute(sa.select(files.c.file_id).where(present)).scalars())

    def summarize_contents(self, folder_id: str, presence: FilePresence, limit: int) -> FolderContents:
        is_beneath = sa.and_(self._match_beneath(folder_id), files.c.standing == presence)
        count = self._connection.execute(sa.select(sa.func.count()).where(is_beneath)).scalar_one()
        titles = sa.select(files.c.title).where(is_beneath).order_by(files.c.title).limit(limit)
        return FolderContents(count=count, titles=tuple(self._connection.execute(titles).scalars()))

    def count_beneath(self, folder_id: str) -> int:
        present = sa.and_(self._match_beneath(folder_id), files.c.standing == FilePresence.PRESENT)
        count: int = self._connection.execute(sa.select(sa.func.count()).where(present)).scalar_one()
        return count

    def find_open_reviews_beneath(
        self, folder_id: str, presence: FilePresence, *, route: str, limit: int
    ) -> OpenReviews:
        is_beneath = sa.and_(self._match_beneath(folder_id), files.c.standing == presence)
        file_ids_query = sa.select(files.c.file_id).where(is_beneath)
        return find_open_reviews(self._connection, file_ids_query, route=route, limit=limit)

    def set_presence_beneath(self, folder_id: str, presence: FilePresence | None) -> None:
        is_beneath = self._match_beneath(folder_id)
        if presence is None:
            self._connection.execute(sa.delete(files).where(is_beneath))
        else:
            condition = sa.and_(is_beneath, files.c.standing.in_(_FROM[presence]))
            self._connection.execute(sa.update(files).where(condition).values(standing=presence))

    def _match_beneath(self, folder_id: str) -> sa.ColumnElement[bool]:
        return self._match_folders(select_beneath(folder_id))

    def _match_folders(self, folder_ids_query: sa.Select[tuple[str]]) -> sa.ColumnElement[bool]:
        """Return the condition that a file is in one of the folders.

        PostgreSQL takes every folder for an average one, expects most of the files and reads all of them.
        Folders that it gets as an array it looks up in the index. SQLite looks them up anyway.
        """
        if self._connection.dialect.name == "postgresql":
            return files.c.parent_id == sa.any_(sa.func.array(folder_ids_query.scalar_subquery()))
        return files.c.parent_id.in_(folder_ids_query)


class SqlFolderRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get_tree(self, folder_ids: Collection[str]) -> FolderTree:
        ids = list(folder_ids)
        stored: dict[str, StoredFolder] = {}
        for start in range(0, len(ids), MAX_ROOTS):
            result = self._connection.execute(_TREE, {"folder_ids": ids[start : start + MAX_ROOTS]})
            stored |= {row.id: StoredFolder(**row._mapping) for row in result}  # noqa: SLF001 - its public name
        return FolderTree(folders=stored)

    def get_place_before(self, folder_id: str) -> Place | None:
        return self.get_tree([folder_id]).get_place_before(folder_id)

    def get_places_before(self, folder_ids: Collection[str]) -> dict[str, Place]:
        if len(folder_ids) <= MAX_ROOTS:
            tree = self.get_tree(folder_ids)
            few_places = {folder_id: tree.get_place_before(folder_id) for folder_id in folder_ids}
            return {folder_id: place for folder_id, place in few_places.items() if place is not None}
        # Level by level: for many at once PostgreSQL would read the whole table for each step up.
        parents: dict[str, tuple[str, str]] = {}
        missing_ids = set(folder_ids)
        for _ in range(MAX_DEPTH):
            level = find_rows(self._connection, folders.c.id, sorted(missing_ids))
            for each, row in level.items():
                before = row["parent_id"] if row["was_in"] is None else row["was_in"]
                parents[each] = (before, row["title"])
            missing_ids = {parents[each][0] for each in level} - parents.keys() - {""}
            if not missing_ids:
                break
        paths = {folder_id: find_path_down(parents, folder_id, "") for folder_id in folder_ids}
        return {folder_id: Place(folders=path) for folder_id, path in paths.items() if path}

    def put(self, place: Place, *, at: datetime) -> None:
        parents = ("", *(folder_id for folder_id, _ in place.folders))
        chain: list[dict[str, Any]] = [
            {
                "id": folder_id,
                "parent_id": parent_id,
                "title": title,
                "known_since": at,
                "seen_at": at,
                "listed_to": 0,
            }
            for (folder_id, title), parent_id in zip(place.folders, parents, strict=False)
        ]
        stored = find_rows(self._connection, folders.c.id, [row["id"] for row in chain])
        changed = [row for row in chain if row["id"] not in stored or _needs_update(row, stored[row["id"]])]
        if changed:
            # In one order for all transactions, so that they can't deadlock.
            changed.sort(key=lambda row: row["id"])
            self._connection.execute(_PUT_FOLDER[self._connection.dialect.name], changed)

    def find_paths_down(
        self, folder_id: str, candidates: Collection[str]
    ) -> list[tuple[tuple[str, str], ...]]:
        return find_paths_down(self._connection, folder_id, candidates)

    def get_titles(self, folder_ids: Sequence[str]) -> dict[str, str]:
        titles: dict[str, str] = {}
        for start in range(0, len(folder_ids), MAX_PARAMETERS):
            part = folder_ids[start : start + MAX_PARAMETERS]
            result = self._connection.execute(_TITLES, {"folders": part})
            titles.update((row.id, row.title) for row in result)
        return titles

    def get(self, folder_id: str) -> FolderState | None:
        row = self._connection.execute(sa.select(folders).where(folders.c.id == folder_id)).mappings().first()
        return rows.build_folder_state(row) if row else None

    def find_by_title(self, title: str, limit: int) -> list[Place]:
        query = (
            sa.select(folders.c.id).where(sa.func.lower(folders.c.title) == sa.func.lower(title)).limit(limit)
        )
        places = [self.get_place_before(folder_id) for folder_id in self._connection.execute(query).scalars()]
        return [place for place in places if place is not None]

    def settle(self, folder_id: str, *, at: datetime, gone: ChangeKind | None = None) -> None:
        settled = {
            "gone": gone,
            "moved_from": sa.func.coalesce(folders.c.was_in, folders.c.moved_from),
            "settled_at": sa.case((folders.c.settled_at > at, folders.c.settled_at), else_=at),
            "was_in": None,
        }
        self._connection.execute(sa.update(folders).where(folders.c.id == folder_id).values(settled))

    def finish_move(self, folder_id: str) -> None:
        update = sa.update(folders).where(folders.c.id == folder_id, folders.c.was_in.is_not(None))
        self._connection.execute(update.values(moved_from=folders.c.was_in, was_in=None))

    def list_watched_beneath(self, folder_id: str) -> set[str]:
        condition = sa.and_(folders.c.listed_to.is_(None), folders.c.gone.is_(None))
        return {row.id for row in self._connection.execute(select_beneath_before(folder_id, condition))}

    def list_unlisted_beneath(self, folder_id: str) -> list[str]:
        return self._list_beneath(folder_id, folders.c.listed_to.is_not(None))

    def list_moved_beneath(self, folder_id: str) -> list[str]:
        return self._list_beneath(folder_id, folders.c.was_in.is_not(None))

    def _list_beneath(self, folder_id: str, condition: sa.ColumnElement[bool]) -> list[str]:
        is_beneath = sa.and_(folders.c.id.in_(select_beneath(folder_id)), folders.c.id != folder_id)
        return list(self._connection.execute(sa.select(folders.c.id).where(condition, is_beneath)).scalars())

    def save_listed_count(self, folder_id: str, listed_to: int) -> None:
        update = sa.update(folders).where(folders.c.id == folder_id).values(listed_to=listed_to)
        self._connection.execute(update)

    def finish_listing(self, folder_ids: Sequence[str]) -> None:
        for start in range(0, len(folder_ids), MAX_PARAMETERS):
            condition = folders.c.id.in_(folder_ids[start : start + MAX_PARAMETERS])
            self._connection.execute(sa.update(folders).where(condition).values(listed_to=None))

    def mark_stale(self, folder_id: str) -> None:
        update = sa.update(folders).where(folders.c.id == folder_id)
        self._connection.execute(update.values(seen_at=rows.LONG_AGO))


def _put_file(insert: Insert) -> Insert:
    newest = {column.name: column for column in insert.excluded if not column.primary_key}
    is_newer = sa.or_(files.c.as_of.is_(None), files.c.as_of <= insert.excluded.as_of)
    return insert.on_conflict_do_update(index_elements=["file_id"], set_=newest, where=is_newer)


def _put_folder(insert: Insert) -> Insert:
    """Return the statement that stores where folders are, unless something newer is stored."""
    new = insert.excluded
    first_move = sa.and_(folders.c.was_in.is_(None), folders.c.parent_id != new.parent_id)
    changed = {
        "was_in": sa.case((first_move, folders.c.parent_id), else_=folders.c.was_in),
        "parent_id": new.parent_id,
        "title": new.title,
        "seen_at": new.seen_at,
    }
    return insert.on_conflict_do_update(
        index_elements=["id"], set_=changed, where=folders.c.seen_at < new.seen_at
    )


def _needs_update(row: Mapping[str, Any], stored: Mapping[Any, Any]) -> bool:
    """Return whether a folder must be written: it has moved, has another title, or was seen long ago."""
    differs = any(row[name] != stored[name] for name in ("parent_id", "title"))
    return differs or stored["seen_at"] < row["seen_at"] - FOLDER_REWRITE_INTERVAL


def _build_tree_query() -> sa.Select[Any]:
    """Return the query for folders and all those above them, where they are and where they were."""
    columns = [folders.c[name] for name in (each.name for each in fields(StoredFolder))]
    up = (
        sa.select(*columns, sa.literal(0).label("height"))
        .where(folders.c.id.in_(sa.bindparam("folder_ids", expanding=True)))
        .cte("up", recursive=True)
    )
    is_above = folders.c.id.in_([up.c.parent_id, up.c.was_in, up.c.moved_from])
    above = sa.and_(is_above, up.c.height < MAX_DEPTH)
    up = up.union(sa.select(*columns, up.c.height + 1).where(above))  # a folder above several comes once
    return sa.select(*(up.c[column.name] for column in columns))


# Built once: each runs at every change, and building it takes longer than running it.
_TITLES = sa.select(folders.c.id, folders.c.title).where(
    folders.c.id.in_(sa.bindparam("folders", expanding=True))
)
_FILE = sa.select(files).where(files.c.file_id == sa.bindparam("file_id"))
_PUT_FILE = build_by_dialect(files, _put_file)
_PUT_FOLDER = build_by_dialect(folders, _put_folder)
_TREE = _build_tree_query()
