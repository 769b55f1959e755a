"""The repository `GatheringRepository` on one connection."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.acts import list_doers
from reviews.bulk_reviews.gathering import list_person_keys
from reviews.errors import Conflict
from reviews.kinds import ChangeKind
from reviews.ports.gatherings import ONE_MINUTE, Arrival, Gathering, Survey
from reviews.stored_enums import read_enum
from reviews.tree import FOLDER_ID_PREFIX
from store import rows
from store.engine import MAX_PARAMETERS
from store.schema import answers, bulk_reviews, cards, events, files, reviews
from store.schema.states import OPEN, PENDING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

_ONE = sa.select(bulk_reviews).where(bulk_reviews.c.review_id == sa.bindparam("review_id"))
_GATHERS = sa.and_(
    bulk_reviews.c.route == sa.bindparam("route"),
    bulk_reviews.c.cause.in_(sa.bindparam("causes", expanding=True)),
    bulk_reviews.c.gathering,
)
_GATHERING = sa.select(bulk_reviews).where(_GATHERS)
_SAVE = sa.update(bulk_reviews).where(bulk_reviews.c.review_id == sa.bindparam("of_review"))
_EVENT_JSON = events.c.said
_RECEIVED = events.c.received_at
_MEMBERS = [each.name for each in fields(Gathering)]
_MOST = sa.bindparam("most", type_=sa.Integer)
_FOLDER = sa.func.coalesce(files.c.parent_id, _EVENT_JSON["parent_id"].as_string()).label("folder")


def _select_around(*columns: sa.ColumnElement[Any]) -> sa.CompoundSelect[Any]:
    """Return the query for pending events before and after a moment."""
    pending = (
        sa.select(*columns)
        .select_from(events.outerjoin(files, files.c.file_id == events.c.file_id))
        .where(events.c.state == PENDING)
        .limit(_MOST)
    )
    before = pending.where(_RECEIVED.between(sa.bindparam("since"), sa.bindparam("at")))
    after = pending.where(_RECEIVED.between(sa.bindparam("at"), sa.bindparam("until")))
    return sa.union_all(
        sa.select(before.order_by(_RECEIVED.desc()).subquery()),
        sa.select(after.order_by(_RECEIVED).subquery()),
    )


_PENDING_FILES = _select_around(
    *(events.c.file_id, events.c.received_at, _FOLDER),
    _EVENT_JSON["actor"]["id"].as_string().label("actor"),
    _EVENT_JSON["actor"]["name"].as_string().label("name"),
    _EVENT_JSON["found_in"].as_string().label("found_in"),
    _EVENT_JSON["occurred_at"].as_string().label("happened_at"),
)
_IN_FOLDERS = _select_around(events.c.file_id, _FOLDER).subquery()
_COUNT_IN_FOLDERS = (
    sa.select(_IN_FOLDERS.c.folder, sa.func.count(_IN_FOLDERS.c.file_id.distinct()).label("files"))
    .where(~_IN_FOLDERS.c.file_id.startswith(FOLDER_ID_PREFIX))
    .group_by(_IN_FOLDERS.c.folder)
)
_NEWEST_OF_EACH = (
    sa.select(sa.func.max(events.c.id))
    .where(events.c.file_id.in_(sa.bindparam("subjects", expanding=True)), events.c.state == PENDING)
    .group_by(events.c.file_id)
)
_PARENTS = sa.select(events.c.file_id, _EVENT_JSON["parent_id"].as_string().label("parent")).where(
    events.c.id.in_(_NEWEST_OF_EACH)
)
_CAUSED = sa.select(sa.func.min(cards.c.caused_at)).where(
    cards.c.review_id == reviews.c.id, cards.c.cause == ""
)
_IS_RECENT = sa.and_(
    reviews.c.route == sa.bindparam("route"),
    reviews.c.opened_at >= sa.bindparam("opened_since"),
    reviews.c.state == OPEN,
    reviews.c.kind != ChangeKind.BULK,
)
_RECENT = (
    sa.select(
        *(reviews.c[name] for name in ("id", "file_id", "kind", "acts", "contributors", "folders")),
        *(reviews.c.seen_late, _CAUSED.scalar_subquery().label("caused_at")),
    )
    .where(
        _IS_RECENT,
        reviews.c.snoozed_until.is_(None),
        reviews.c.handed_over.is_(None),
        # The card of a file taken out of a bulk review is about no event: it is to be reviewed apart.
        _CAUSED.scalar_subquery().is_not(None),
        ~sa.exists().where(answers.c.review_id == reviews.c.id),
    )
    .order_by(reviews.c.opened_at.desc(), reviews.c.seq.desc())
    .limit(_MOST)
)


def _count(key: sa.ColumnElement[Any], *conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    """Return how many rows meet the conditions, counted up to a limit."""
    counted = sa.select(key).where(*conditions).limit(_MOST).subquery()
    return sa.select(sa.func.count()).select_from(counted).scalar_subquery()


# At every change that opens a review. Mostly there are so few others that nothing more has to be read.
_OTHERS = sa.select(
    (
        _count(reviews.c.id, _IS_RECENT)
        + _count(
            *(events.c.id, events.c.state == PENDING),
            _RECEIVED.between(sa.bindparam("since"), sa.bindparam("until")),
            events.c.file_id != sa.bindparam("subject"),
        )
    ).label("others")
).subquery()
_SURVEY = sa.select(_OTHERS.c.others, bulk_reviews).select_from(_OTHERS.outerjoin(bulk_reviews, _GATHERS))


class SqlGatheringRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def list_by_cause(self, route: str, causes: Sequence[str]) -> list[Gathering]:
        parameters = {"route": route, "causes": causes}
        gatherings = map(_build_gathering, self._connection.execute(_GATHERING, parameters).mappings())
        return sorted(gatherings, key=lambda each: causes.index(each.cause))

    def survey(
        self,
        route: str,
        causes: Sequence[str],
        *,
        subject: str,
        arrived_at: datetime,
        window: timedelta,
        count_to: int,
    ) -> Survey:
        times = {
            "opened_since": arrived_at - window,
            "since": arrived_at - ONE_MINUTE,
            "until": arrived_at + window,
        }
        parameters = {"route": route, "causes": causes, "subject": subject, "most": count_to, **times}
        result = self._connection.execute(_SURVEY, parameters).mappings().all()
        gatherings = (_build_gathering(row) for row in result if row["review_id"] is not None)
        return Survey(
            gatherings=sorted(gatherings, key=lambda each: causes.index(each.cause)),
            others=result[0]["others"],
        )

    def get(self, review_id: str) -> Gathering | None:
        row = self._connection.execute(_ONE, {"review_id": review_id}).mappings().first()
        return _build_gathering(row) if row else None

    def start(self, gathering: Gathering, *, ended_ids: Sequence[str]) -> None:
        ended = sa.update(bulk_reviews).where(bulk_reviews.c.review_id.in_(ended_ids)).values(gathering=False)
        self._connection.execute(ended)
        try:
            self._connection.execute(sa.insert(bulk_reviews), {**vars(gathering), "gathering": True})
        except sa.exc.IntegrityError as error:
            raise Conflict("another worker opened a bulk review of this cause meanwhile") from error

    def save(self, gathering: Gathering) -> None:
        self._connection.execute(_SAVE, {**vars(gathering), "of_review": gathering.review_id})

    def list_recent_reviews(self, route: str, *, since: datetime, limit: int) -> list[Arrival]:
        parameters = {"route": route, "opened_since": since, "most": limit}
        result = self._connection.execute(_RECENT, parameters).all()
        return [
            Arrival(
                file_id=row.file_id,
                folder=row.folders[-1] if row.folders else "",
                people=_list_doer_keys(row),
                arrived_at=row.caused_at,
                from_sweep=row.seen_late is not None,
                review_id=row.id,
            )
            for row in reversed(result)
            if not row.file_id.startswith(FOLDER_ID_PREFIX)
        ]

    def list_pending_files(
        self, *, at: datetime, since: datetime, until: datetime, limit: int
    ) -> list[Arrival]:
        parameters = {"at": at, "since": since, "until": until, "most": limit}
        return [
            Arrival(
                file_id=row.file_id,
                folder=row.folder,
                people=frozenset([row.actor or row.name]),
                arrived_at=row.received_at,
                from_sweep=row.found_in is not None,
                happened_at=datetime.fromisoformat(row.happened_at) if row.happened_at else None,
            )
            for row in self._connection.execute(_PENDING_FILES, parameters)
            if not row.file_id.startswith(FOLDER_ID_PREFIX)
        ]

    def count_pending_files(
        self, *, at: datetime, since: datetime, until: datetime, limit: int
    ) -> dict[str, int]:
        parameters = {"at": at, "since": since, "until": until, "most": limit}
        return {row.folder: row.files for row in self._connection.execute(_COUNT_IN_FOLDERS, parameters)}

    def find_event_parents(self, folder_ids: Sequence[str]) -> dict[str, str]:
        parents: dict[str, str] = {}
        for start in range(0, len(folder_ids), MAX_PARAMETERS):
            subjects = [
                f"{FOLDER_ID_PREFIX}{folder_id}" for folder_id in folder_ids[start : start + MAX_PARAMETERS]
            ]
            for row in self._connection.execute(_PARENTS, {"subjects": subjects}):
                parents[row.file_id.removeprefix(FOLDER_ID_PREFIX)] = row.parent
        return parents


def _build_gathering(row: sa.RowMapping) -> Gathering:
    return Gathering(**{name: row[name] for name in _MEMBERS})


def _list_doer_keys(row: sa.Row[Any]) -> frozenset[str]:
    acts, contributors = map(rows.build_act, row.acts), map(rows.build_person, row.contributors)
    return list_person_keys(list_doers(read_enum(ChangeKind, row.kind), tuple(acts), tuple(contributors)))
