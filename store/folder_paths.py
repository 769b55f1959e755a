"""Which of several folders lie in a folder, and the paths down to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.tree import MAX_DEPTH
from store.schema import folders

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

MAX_UPWARD_LOOKUPS = 100
"""Up to so many folders, looking up from each takes less than looking down."""

FolderPath = tuple[tuple[str, str], ...]


def find_paths_down(
    connection: sa.Connection, folder_id: str, candidates: Collection[str]
) -> list[FolderPath]:
    """Return the paths from a folder down to those of `candidates` that are stored as lying in it."""
    if len(candidates) <= MAX_UPWARD_LOOKUPS:
        result = connection.execute(_UPWARDS, {"among": list(candidates)})
        by_id = {row.id: (row.parent_id, row.title) for row in result}
        folder_ids = [each for each in candidates if each in by_id]
    else:
        result = connection.execute(_DOWNWARDS, {"folder_id": folder_id})
        by_id = {row.id: (row.parent_id, row.title) for row in result}
        folder_ids = [each for each in by_id if each in candidates]
    paths = (find_path_down(by_id, each, folder_id) for each in folder_ids)
    return [path for path in paths if path]


def find_beneath(connection: sa.Connection, folder_id: str, candidates: Collection[str]) -> set[str]:
    """Return those of a few folders that are the folder itself or are stored as lying in it."""
    result = connection.execute(_UNDER, {"among": list(candidates), "folder_id": folder_id})
    return {row.start for row in result} | ({folder_id} & set(candidates))


def find_path_down(
    folders_by_id: Mapping[str, tuple[str, str]], folder_id: str, ancestor_id: str
) -> FolderPath:
    """Return the path from a folder down to another; empty if that one is not in it.

    `folders_by_id` has the parent and the title of each folder. The parent of the highest is "".
    """
    path: list[tuple[str, str]] = []
    while folder_id != ancestor_id:
        if folder_id not in folders_by_id or len(path) > MAX_DEPTH:
            return ()
        parent, title = folders_by_id[folder_id]
        path.insert(0, (folder_id, title))
        folder_id = parent
    return tuple(path)


def _select_ancestors() -> sa.Select[tuple[str, str, str]]:
    """Return the query for several folders and all above them, by their places before unprocessed moves."""
    before = sa.func.coalesce(folders.c.was_in, folders.c.parent_id).label("parent_id")
    columns = (folders.c.id, before, folders.c.title)
    candidates: sa.BindParameter[str] = sa.bindparam("among", expanding=True)
    up = sa.select(*columns).where(folders.c.id.in_(candidates)).cte("upwards", recursive=True)
    up = up.union(sa.select(*columns).where(folders.c.id == up.c.parent_id))
    return sa.select(up.c.id, up.c.parent_id, up.c.title)


def _select_descendants() -> sa.Select[tuple[str, str, str]]:
    """Return the query for all folders in a folder, by their places before unprocessed moves."""
    down = sa.select(
        sa.bindparam("folder_id", type_=sa.Text).label("id"),
        sa.literal("").label("parent_id"),
        sa.literal("").label("title"),
    ).cte("downwards", recursive=True)
    stays = sa.and_(folders.c.parent_id == down.c.id, folders.c.was_in.is_(None))
    is_beneath = sa.or_(stays, folders.c.was_in == down.c.id)
    down = down.union(
        sa.select(folders.c.id, down.c.id.label("parent_id"), folders.c.title).where(is_beneath)
    )
    return sa.select(down.c.id, down.c.parent_id, down.c.title)


def _select_contained() -> sa.Select[tuple[str]]:
    """Return the query for those of several folders that are in a folder, looking up from each."""
    candidates: sa.BindParameter[str] = sa.bindparam("among", expanding=True)
    columns = (folders.c.id, folders.c.parent_id)
    up = sa.select(folders.c.id.label("start"), *columns).where(folders.c.id.in_(candidates))
    cte = up.cte("under", recursive=True)
    cte = cte.union(sa.select(cte.c.start, *columns).where(folders.c.id == cte.c.parent_id))
    return (
        sa.select(cte.c.start).where(cte.c.parent_id == sa.bindparam("folder_id", type_=sa.Text)).distinct()
    )


_UNDER = _select_contained()
_UPWARDS = _select_ancestors()
_DOWNWARDS = _select_descendants()
