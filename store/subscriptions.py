"""The repository `SubscriptionRepository` on one connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.changes.classification import combine_kinds
from reviews.kinds import ChangeKind
from reviews.ports.subscriptions import PendingDigest, Subscription
from reviews.stored_enums import is_known, read_enum
from store import notice_rows
from store.beneath import select_beneath
from store.engine import insert_into
from store.folder_paths import MAX_UPWARD_LOOKUPS, find_beneath
from store.schema import digest_lines, subscriptions
from store.unknown_members import keep_unknown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from reviews.digest_notices import DigestLine

_PLACE = ("notifier", "target", "folder")
_SUBJECT = (*_PLACE, "subject")
# At every change: built once.
_OF_FOLDERS = (
    sa.select(subscriptions)
    .where(subscriptions.c.folder.in_(sa.bindparam("folders", expanding=True)))
    .order_by(subscriptions.c.title)
)
_PLACES = sa.select(subscriptions.c.notifier, subscriptions.c.target).distinct()


def list_subscribed_places(connection: sa.Connection) -> list[tuple[str, str]]:
    """Return the notifier and address of each place that has a subscription."""
    return [(row.notifier, row.target) for row in connection.execute(_PLACES)]


class SqlSubscriptionRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def put(self, subscription: Subscription) -> None:
        values = {**vars(subscription), "kinds": sorted(subscription.kinds)}
        insert = insert_into(self._connection, subscriptions).values(values)
        self._connection.execute(insert.on_conflict_do_update(index_elements=list(_PLACE), set_=values))

    def drop(self, notifier: str, target: str, folder: str) -> bool:
        gathered = sa.delete(digest_lines).where(*_match_place(digest_lines, notifier, target))
        self._connection.execute(gathered.where(digest_lines.c.folder == folder))
        subscribed = sa.delete(subscriptions).where(*_match_place(subscriptions, notifier, target))
        return self._connection.execute(subscribed.where(subscriptions.c.folder == folder)).rowcount == 1

    def list_of_channel(self, notifier: str, target: str) -> list[Subscription]:
        return self._find_subscriptions(*_match_place(subscriptions, notifier, target))

    def list_made_by(self, notifier: str, person: str) -> list[Subscription]:
        return self._find_subscriptions(
            subscriptions.c.notifier == notifier, subscriptions.c.made_by == person
        )

    def list_of_folders(self, folders: Sequence[str]) -> list[Subscription]:
        if not folders:
            return []
        result = self._connection.execute(_OF_FOLDERS, {"folders": list(folders)}).mappings()
        return [_build_subscription(row) for row in result]

    def list_beneath(self, folder: str) -> list[Subscription]:
        query = sa.select(subscriptions.c.folder).distinct().limit(MAX_UPWARD_LOOKUPS + 1)
        folder_ids = self._connection.execute(query).scalars().all()
        if len(folder_ids) <= MAX_UPWARD_LOOKUPS:
            return self.list_of_folders(sorted(find_beneath(self._connection, folder, folder_ids)))
        return self._find_subscriptions(subscriptions.c.folder.in_(select_beneath(folder)))

    def add_line(self, subscription: Subscription, subject: str, line: DigestLine, *, at: datetime) -> None:
        place = {name: getattr(subscription, name) for name in _PLACE}
        conditions = (digest_lines.c[name] == value for name, value in {**place, "subject": subject}.items())
        query = sa.select(digest_lines.c.said).where(*conditions).with_for_update()
        before = self._connection.execute(query).scalar_one_or_none()
        values = notice_rows.build_line_values(line)
        if before is not None:
            earlier = read_enum(ChangeKind, before["kind"])
            kind = combine_kinds(earlier, line.kind) if is_known(earlier) else earlier
            values = keep_unknown({**values, "kind": kind}, before)
        insert = insert_into(self._connection, digest_lines).values(
            **place, subject=subject, said=values, since=at
        )
        newest = {"said": insert.excluded.said}
        self._connection.execute(insert.on_conflict_do_update(index_elements=list(_SUBJECT), set_=newest))

    def list_pending_digests(self) -> list[PendingDigest]:
        columns = [digest_lines.c[name] for name in _PLACE]
        query = sa.select(*columns, sa.func.min(digest_lines.c.since).label("since")).group_by(*columns)
        return [PendingDigest(**row) for row in self._connection.execute(query).mappings()]

    def take_lines(self, notifier: str, target: str, *, before: Mapping[str, datetime]) -> list[DigestLine]:
        due = [
            sa.and_(digest_lines.c.folder == folder, digest_lines.c.since < until)
            for folder, until in before.items()
        ]
        delete = sa.delete(digest_lines).where(*_match_place(digest_lines, notifier, target), sa.or_(*due))
        deleted = self._connection.execute(
            delete.returning(digest_lines.c.subject, digest_lines.c.said)
        ).all()
        lines = {
            row.subject: notice_rows.build_line(row.said) for row in deleted
        }  # of two folders, one in the other
        return sorted(lines.values(), key=lambda line: line.at)

    def _find_subscriptions(self, *conditions: sa.ColumnElement[bool]) -> list[Subscription]:
        query = sa.select(subscriptions).where(*conditions).order_by(subscriptions.c.title)
        return [_build_subscription(row) for row in self._connection.execute(query).mappings()]


def _match_place(table: sa.Table, notifier: str, target: str) -> tuple[sa.ColumnElement[bool], ...]:
    return table.c.notifier == notifier, table.c.target == target


def _build_subscription(row: sa.RowMapping) -> Subscription:
    data: dict[str, Any] = {**row, "kinds": frozenset(read_enum(ChangeKind, kind) for kind in row["kinds"])}
    return Subscription(**data)
