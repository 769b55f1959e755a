"""How far watched folders have been swept: `BaselineRepository` on one connection."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.tree import FolderLogRow, SweepCounts, UnexplainedDifference, Watermark
from store.clock import read_database_time as database_now
from store.engine import insert_into
from store.rows import LONG_AGO
from store.schema import baselines, unexplained_differences

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

BATCH_SIZE = 1000  # parameters of one statement
MAX_LEASE = timedelta(hours=1)
CLOCK_ERROR = timedelta(minutes=1)
"""A try this far in the future was recorded by a clock that was ahead: its due time means nothing."""


class SqlBaselineRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get_start(self, folder_id: str) -> int:
        query = sa.select(baselines.c.start).where(baselines.c.folder_id == folder_id)
        start: int | None = self._connection.execute(query).scalar_one_or_none()
        return start or 0

    def save_start(self, folder_id: str, start: int, *, finished_at: datetime | None) -> None:
        self._save(folder_id, {"start": start, "finished_at": finished_at})

    def get_watermarks(self, folder_ids: Sequence[str]) -> dict[str, Watermark]:
        marks = {folder_id: Watermark() for folder_id in folder_ids}
        for part in _split_batches(folder_ids):
            result = self._connection.execute(_OF_FOLDERS, {"folders": part}).mappings()
            marks.update((row["folder_id"], _build_watermark(row)) for row in result)
        return marks

    def mark_started(self, folder_id: str, *, at: datetime) -> None:
        self._save(folder_id, {"swept_to": at}, where=baselines.c.swept_to.is_(None))

    def mark_swept(self, folder_id: str, *, swept_to: datetime) -> None:
        self._save(folder_id, {"swept_to": swept_to, "stopped_by": None})

    def mark_stopped(self, folder_id: str, reason: str) -> None:
        self._save(folder_id, {"stopped_by": reason})

    def _save(
        self, folder_id: str, values: dict[str, Any], *, where: sa.ColumnElement[bool] | None = None
    ) -> None:
        insert = insert_into(self._connection, baselines).values(
            {"folder_id": folder_id, "start": 0, **values}
        )
        row = insert.on_conflict_do_update(index_elements=["folder_id"], set_=values, where=where)
        self._connection.execute(row)

    def list_unfinished(self, folder_ids: Sequence[str]) -> list[str]:
        complete: set[str] = set()
        for part in _split_batches(folder_ids):
            finished = sa.select(baselines.c.folder_id).where(
                baselines.c.folder_id.in_(part), baselines.c.finished_at.is_not(None)
            )
            complete.update(self._connection.execute(finished).scalars())
        return [folder_id for folder_id in folder_ids if folder_id not in complete]

    def mark_listed(self, folder_id: str, *, at: datetime | None, previous: datetime | None) -> None:
        was_requested = sa.and_(baselines.c.listed_at.is_(None), sa.literal(previous is not None))
        self._save(folder_id, {"listed_at": at}, where=~was_requested)

    def list_unexplained(self, folder_ids: Sequence[str]) -> dict[str, list[UnexplainedDifference]]:
        differences: dict[str, list[UnexplainedDifference]] = {}
        for part in _split_batches(folder_ids):
            for row in self._connection.execute(_UNEXPLAINED, {"folders": part}):
                differences.setdefault(row.folder_id, []).append(
                    UnexplainedDifference(subject=row.subject, since=row.since)
                )
        return differences

    def save_unexplained(
        self, folder_id: str, subjects: Collection[str], *, checked: Collection[str] | None, at: datetime
    ) -> None:
        stored = {each.subject for each in self.list_unexplained([folder_id]).get(folder_id, ())}
        explained = (stored if checked is None else stored.intersection(checked)) - {*subjects}
        for part in _split_batches(sorted(explained)):
            of_part = (
                unexplained_differences.c.folder_id == folder_id,
                unexplained_differences.c.subject.in_(part),
            )
            self._connection.execute(sa.delete(unexplained_differences).where(*of_part))
        if subjects:
            insert = insert_into(self._connection, unexplained_differences).on_conflict_do_nothing()
            values = [{"folder_id": folder_id, "subject": each, "since": at} for each in sorted(subjects)]
            self._connection.execute(insert, values)

    def request_listing(self, limit: int) -> int:
        folder_ids = sa.select(baselines.c.folder_id).where(baselines.c.listed_at.is_not(None)).limit(limit)
        update = sa.update(baselines).where(baselines.c.folder_id.in_(folder_ids)).values(listed_at=None)
        return self._connection.execute(update).rowcount

    def save_look_result(self, folder_id: str, newest: FolderLogRow | None, listing_digest: str) -> None:
        row = {"log_row": newest.id if newest else None, "log_row_at": newest.at if newest else None}
        self._save(folder_id, {**row, "glance": listing_digest})

    def list_watched(self) -> set[str]:
        query = sa.select(baselines.c.folder_id).where(baselines.c.watched)
        return set(self._connection.execute(query).scalars())

    def watch(self, folder_ids: Sequence[str]) -> None:
        if folder_ids:
            insert = insert_into(self._connection, baselines)
            row = insert.on_conflict_do_update(index_elements=["folder_id"], set_={"watched": True})
            values = [{"folder_id": folder_id, "start": 0, "watched": True} for folder_id in folder_ids]
            self._connection.execute(row, values)

    def unwatch(self, folder_ids: Sequence[str]) -> None:
        for part in _split_batches(folder_ids):
            update = sa.update(baselines).where(baselines.c.folder_id.in_(part))
            self._connection.execute(update.values(watched=False))

    def list_due(self, *, now: datetime, started_at: datetime, limit: int) -> list[str]:
        at = database_now(self._connection)
        queries = (
            sa.select(baselines.c.folder_id, baselines.c.tried_at)
            .where(baselines.c.watched, condition, _is_free(at))
            .order_by(order)
            .limit(limit)
            for condition, order in (
                (baselines.c.due_at.is_(None), baselines.c.due_at),
                (baselines.c.due_at <= now, baselines.c.due_at),
                (baselines.c.tried_at < started_at, baselines.c.tried_at),
                (baselines.c.tried_at > now + CLOCK_ERROR, baselines.c.tried_at),
            )
        )
        tried = {row.folder_id: row.tried_at for query in queries for row in self._connection.execute(query)}
        return sorted(tried, key=lambda each: (tried[each] or LONG_AGO, each))[:limit]

    def is_any_swept_again(self) -> bool:
        condition = sa.and_(
            baselines.c.leased_until > database_now(self._connection),
            baselines.c.finished_at.is_not(None),
        )
        return bool(self._connection.execute(sa.select(sa.exists().where(condition))).scalar_one())

    def lease(
        self, folder_id: str, owner: str, *, duration: timedelta, at: datetime, started_at: datetime | None
    ) -> bool:
        insert = insert_into(self._connection, baselines).values(folder_id=folder_id, start=0)
        self._connection.execute(insert.on_conflict_do_nothing())
        now = database_now(self._connection)
        update = sa.update(baselines).where(baselines.c.folder_id == folder_id, _is_free(now))
        if started_at is not None:
            update = update.where(
                sa.or_(
                    baselines.c.due_at.is_(None),
                    baselines.c.due_at <= at,
                    baselines.c.tried_at < started_at,
                    baselines.c.tried_at > at + CLOCK_ERROR,
                )
            )
        values = {"leased_by": owner, "leased_until": now + duration, "tried_at": at, "due_at": at + duration}
        return self._connection.execute(update.values(values)).rowcount == 1

    def renew(self, folder_id: str, owner: str, *, duration: timedelta, due_at: datetime) -> bool:
        until = database_now(self._connection) + duration
        update = self._update_owned(folder_id, owner).values(leased_until=until, due_at=due_at)
        return self._connection.execute(update).rowcount == 1

    def release(self, folder_id: str, owner: str, *, due_at: datetime) -> None:
        values = {"leased_by": None, "leased_until": None, "due_at": due_at}
        self._connection.execute(self._update_owned(folder_id, owner).values(values))

    def find_earliest_watermark(self) -> datetime | None:
        return self._connection.execute(_EARLIEST).scalar_one_or_none()

    def list_stopped(self, limit: int) -> list[str]:
        query = sa.select(baselines.c.folder_id).where(_STOPPED).order_by(baselines.c.folder_id).limit(limit)
        return list(self._connection.execute(query).scalars())

    def list_furthest_behind(self, limit: int) -> list[str]:
        queries = (
            sa.select(baselines.c.folder_id).where(condition).order_by(order).limit(limit)
            for condition, order in (
                (_UNFINISHED, baselines.c.folder_id),
                (_SWEPT, baselines.c.swept_to),
            )
        )
        folder_ids = (each for query in queries for each in self._connection.execute(query).scalars())
        return list(dict.fromkeys(folder_ids))[:limit]

    def count_by_progress(self, *, before: datetime, limit: int) -> SweepCounts:
        late = sa.and_(_SWEPT, baselines.c.swept_to < before)
        return SweepCounts(
            unfinished=self._count_rows(_UNFINISHED, baselines.c.folder_id, limit),
            stopped=self._count_rows(_STOPPED, baselines.c.folder_id, limit),
            late=self._count_rows(late, baselines.c.swept_to, limit),
            earliest=self.find_earliest_watermark(),
        )

    def _count_rows(self, condition: sa.ColumnElement[bool], order: sa.ColumnElement[Any], limit: int) -> int:
        """Count up to a limit; `order` names the index that holds only the rows to count."""
        limited = sa.select(baselines.c.folder_id).where(condition).order_by(order).limit(limit).subquery()
        count: int = self._connection.execute(sa.select(sa.func.count()).select_from(limited)).scalar_one()
        return count

    def _update_owned(self, folder_id: str, owner: str) -> sa.Update:
        return sa.update(baselines).where(baselines.c.folder_id == folder_id, baselines.c.leased_by == owner)


_OF_FOLDERS = sa.select(baselines).where(baselines.c.folder_id.in_(sa.bindparam("folders", expanding=True)))
_UNEXPLAINED = (
    sa.select(unexplained_differences)
    .where(unexplained_differences.c.folder_id.in_(sa.bindparam("folders", expanding=True)))
    .order_by(unexplained_differences.c.since, unexplained_differences.c.subject)
)
_STOPPED = sa.and_(baselines.c.watched, baselines.c.stopped_by.is_not(None))
_UNFINISHED = sa.and_(baselines.c.watched, baselines.c.finished_at.is_(None))
_SWEPT = sa.and_(baselines.c.watched, baselines.c.swept_to.is_not(None))
_EARLIEST = sa.select(baselines.c.swept_to).where(_SWEPT).order_by(baselines.c.swept_to).limit(1)


def _is_free(now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition that no lease holds; a lease set by a wrong clock is ignored."""
    until = baselines.c.leased_until
    return sa.or_(until.is_(None), until <= now, until > now + MAX_LEASE)


def _split_batches(folder_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (folder_ids[start : start + BATCH_SIZE] for start in range(0, len(folder_ids), BATCH_SIZE))


def _build_watermark(row: sa.RowMapping) -> Watermark:
    newest = FolderLogRow(id=row["log_row"], at=row["log_row_at"]) if row["log_row_at"] else None
    return Watermark(
        finished_at=row["finished_at"],
        swept_to=row["swept_to"],
        tried_at=row["tried_at"],
        stopped_by=row["stopped_by"],
        listed_at=row["listed_at"],
        newest_row=newest,
        listing_digest=row["glance"],
    )
