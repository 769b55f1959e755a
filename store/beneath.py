"""The folders in a folder, at any depth."""

from __future__ import annotations

import sqlalchemy as sa

from store.schema import folders


def select_beneath(folder_id: str) -> sa.Select[tuple[str]]:
    """Return the query for a folder and all stored folders in it, at any depth."""
    down = sa.select(sa.literal(folder_id).label("id")).cte("down", recursive=True)
    down = down.union(sa.select(folders.c.id).where(folders.c.parent_id == down.c.id))
    return sa.select(down.c.id)


def select_beneath_before(
    folder_id: str, condition: sa.ColumnElement[bool] | None = None
) -> sa.Select[tuple[str]]:
    """Return the same query without the moves that are not processed yet.

    It descends only into folders for which `condition` holds.
    """
    down = sa.select(sa.literal(folder_id).label("id")).cte("down", recursive=True)
    stayed = sa.and_(folders.c.was_in.is_(None), folders.c.parent_id == down.c.id)
    is_beneath = sa.or_(folders.c.was_in == down.c.id, stayed)
    down = down.union(
        sa.select(folders.c.id).where(is_beneath, sa.true() if condition is None else condition)
    )
    return sa.select(down.c.id)
