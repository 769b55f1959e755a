"""Evidence that changes have one cause: waiting events and recently opened reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.acts import list_doers
from reviews.bulk_reviews.gathering import list_person_keys
from reviews.kinds import ChangeKind, EventState, ReviewState
from reviews.ports.bulk_files import Arrival
from reviews.tree import FOLDER_ID_PREFIX
from store import rows
from store.engine import MAX_PARAMETERS
from store.schema import answers, cards, events, files, reviews

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_EVENT_JSON = events.c.said
_WAITING = (
    sa.select(
        events.c.file_id,
        events.c.received_at,
        sa.func.coalesce(files.c.parent_id, _EVENT_JSON["parent_id"].as_string()).label("folder"),
        _EVENT_JSON["actor"]["id"].as_string().label("actor"),
        _EVENT_JSON["actor"]["name"].as_string().label("name"),
        _EVENT_JSON["found_in"].as_string().label("found_in"),
    )
    .select_from(events.outerjoin(files, files.c.file_id == events.c.file_id))
    .where(
        events.c.state == EventState.RECEIVED,
        events.c.received_at.between(sa.bindparam("since"), sa.bindparam("until")),
    )
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_EARLIEST = _WAITING.order_by(events.c.received_at)
_LATEST = _WAITING.order_by(events.c.received_at.desc())
_NEWEST_OF_EACH = (
    sa.select(sa.func.max(events.c.id))
    .where(
        events.c.file_id.in_(sa.bindparam("subjects", expanding=True)), events.c.state == EventState.RECEIVED
    )
    .group_by(events.c.file_id)
)
_PARENTS = sa.select(events.c.file_id, _EVENT_JSON["parent_id"].as_string().label("parent")).where(
    events.c.id.in_(_NEWEST_OF_EACH)
)
_CAUSED = sa.select(sa.func.min(cards.c.caused_at)).where(
    cards.c.review_id == reviews.c.id, cards.c.cause == ""
)
_SELECT_RECENT = (
    sa.select(reviews, _CAUSED.scalar_subquery().label("caused_at"))
    .where(
        reviews.c.route == sa.bindparam("route"),
        reviews.c.opened_at >= sa.bindparam("since"),
        reviews.c.state == ReviewState.OPEN,
        reviews.c.kind != ChangeKind.BULK,
        reviews.c.snoozed_until.is_(None),
        reviews.c.handed_over.is_(None),
        # The card of a file taken out of a bulk review is about no event: it is to be reviewed apart.
        _CAUSED.scalar_subquery().is_not(None),
        ~sa.exists().where(answers.c.review_id == reviews.c.id),
    )
    .order_by(reviews.c.opened_at.desc(), reviews.c.seq.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)


def list_waiting(
    connection: sa.Connection, *, since: datetime, until: datetime, limit: int, latest: bool
) -> list[Arrival]:
    query = _LATEST if latest else _EARLIEST
    result = connection.execute(query, {"since": since, "until": until, "most": limit})
    return [
        Arrival(
            file_id=row.file_id,
            folder=row.folder,
            people=frozenset([row.actor or row.name]),
            arrived_at=row.received_at,
            from_sweep=row.found_in is not None,
        )
        for row in result
        if not row.file_id.startswith(FOLDER_ID_PREFIX)
    ]


def list_reported_parents(connection: sa.Connection, folder_ids: Sequence[str]) -> dict[str, str]:
    parents: dict[str, str] = {}
    for start in range(0, len(folder_ids), MAX_PARAMETERS):
        subjects = [
            f"{FOLDER_ID_PREFIX}{folder_id}" for folder_id in folder_ids[start : start + MAX_PARAMETERS]
        ]
        for row in connection.execute(_PARENTS, {"subjects": subjects}):
            parents[row.file_id.removeprefix(FOLDER_ID_PREFIX)] = row.parent
    return parents


def list_recent(connection: sa.Connection, route: str, *, since: datetime, limit: int) -> list[Arrival]:
    result = connection.execute(_SELECT_RECENT, {"route": route, "since": since, "most": limit}).mappings()
    singles = [(rows.build_review(row, (), ()), row["caused_at"]) for row in result]
    return [
        Arrival(
            file_id=review.file_id,
            folder=review.folders[-1] if review.folders else "",
            people=list_person_keys(list_doers(review.kind, review.acts, review.contributors)),
            arrived_at=caused_at,
            from_sweep=review.seen_late is not None,
            review_id=review.id,
        )
        for review, caused_at in reversed(singles)
        if not review.file_id.startswith(FOLDER_ID_PREFIX)
    ]
