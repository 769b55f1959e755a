"""The repository `CampaignRepository` on one connection."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.campaign import (
    Campaign,
    CampaignFigures,
    CampaignProgress,
    CampaignState,
    WaitingDocument,
)
from reviews.identity import ERASED, Reviewer
from reviews.kinds import ReviewState
from reviews.ports.campaigns import LOOK_INTERVAL
from reviews.stored_enums import read_enum
from store import campaign_progress, rows
from store.beneath import select_beneath
from store.campaign_progress import CURRENT, IS_OF_CAMPAIGNS, select_campaign
from store.engine import insert_into
from store.schema import answers, campaigns, files, reviews
from store.schema.states import OPEN

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from reviews.model import Answer, Review

_COLUMNS = campaigns.c
_MEMBERS = tuple(each.name for each in fields(Campaign) if each.name != "started_by")
_ENDED_AT = (
    sa.select(_COLUMNS.ended_at).where(_COLUMNS.id == reviews.c.campaign).correlate(reviews).scalar_subquery()
)
_IS_AMONG = reviews.c.id.in_(sa.bindparam("ids", expanding=True))
_WAITING = sa.select(reviews.c.id, reviews.c.due_at).where(
    _IS_AMONG, reviews.c.state == OPEN, reviews.c.superseded_by.is_(None), _ENDED_AT.is_(None)
)
_ACKNOWLEDGED_OF = (
    sa.select(answers.c.review_id, answers.c.owner)
    .join(reviews, reviews.c.id == answers.c.review_id)
    .where(_IS_AMONG, answers.c.revision == reviews.c.revision, answers.c.withdrawn_at.is_(None))
)
_ANSWERS = (
    sa.select(answers)
    .where(answers.c.review_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(answers.c.id)
)
_DUE = (
    sa.select(_COLUMNS.id)
    .where(_COLUMNS.next_at <= sa.bindparam("now", type_=_COLUMNS.next_at.type))
    .order_by(_COLUMNS.next_at)
    .limit(sa.bindparam("most"))
)
MAX_OF_NAME = 100
_OF_FILE = (
    sa.select(reviews.c.id)
    .where(
        reviews.c.file_id == sa.bindparam("file_id"),
        # By the file alone: SQLite would take another index where it has no statistics.
        reviews.c.route.concat("") == sa.bindparam("route", type_=sa.Text),
        IS_OF_CAMPAIGNS,
        reviews.c.superseded_by.is_(None),
    )
    .order_by(reviews.c.seq)
)
# With the plain route SQLite may read all campaigns of the route instead of the few that have not ended.
_RUNNING_ON_ROUTE = sa.select(_COLUMNS.id).where(
    _COLUMNS.ended_at.is_(None), _COLUMNS.route.concat("") == sa.bindparam("route", type_=sa.Text)
)

_SHARED: dict[str, Any] = {"read": True, "key_share": True}
"""Arguments of a lock that waits for one that is for update, and not for another one like it."""
_PREPARING_ON_ROUTE = (
    _RUNNING_ON_ROUTE.where(_COLUMNS.state == CampaignState.PREPARING)
    .order_by(_COLUMNS.id.concat(""))  # the plain id would make SQLite read all campaigns in its order
    .with_for_update(**_SHARED)
)


class SqlCampaignRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, campaign: Campaign) -> bool:
        insert = insert_into(self._connection, campaigns).values(_build_values(campaign))
        added = insert.on_conflict_do_nothing().returning(_COLUMNS.id)
        return self._connection.execute(added).first() is not None

    def get(self, campaign_id: str, *, lock: bool = False) -> Campaign | None:
        query = sa.select(campaigns).where(_COLUMNS.id == campaign_id)
        row = self._connection.execute(query.with_for_update() if lock else query).mappings().first()
        return build_campaign(row) if row else None

    def hold(self, campaign_id: str) -> Campaign | None:
        query = sa.select(campaigns).where(_COLUMNS.id == campaign_id)
        row = self._connection.execute(query.with_for_update(**_SHARED)).mappings().first()
        return build_campaign(row) if row else None

    def hold_preparing(self, route: str) -> None:
        self._connection.execute(_PREPARING_ON_ROUTE, {"route": route})

    def list_named(self, text: str) -> list[Campaign]:
        campaign = self.get(text)
        if campaign is not None:
            return [campaign]
        query = sa.select(campaigns).where(_COLUMNS.name_key == make_key(text))
        ordered = query.order_by(_COLUMNS.ended_at.is_not(None), _COLUMNS.started_at.desc()).limit(
            MAX_OF_NAME
        )
        return [build_campaign(row) for row in self._connection.execute(ordered).mappings()]

    def save(self, campaign: Campaign) -> None:
        values = {name: value for name, value in _build_values(campaign).items() if name != "id"}
        self._connection.execute(sa.update(campaigns).where(_COLUMNS.id == campaign.id).values(values))

    def request_look(self, campaign_id: str, *, at: datetime) -> None:
        next_at = at + LOOK_INTERVAL
        update = sa.update(campaigns).where(
            _COLUMNS.id == campaign_id,
            _COLUMNS.state == CampaignState.RUNNING,
            sa.or_(_COLUMNS.next_at.is_(None), _COLUMNS.next_at > next_at),
        )
        self._connection.execute(update.values(next_at=next_at))

    def list_recent(
        self, limit: int, *, routes: Collection[str] | None = None, before: Campaign | None = None
    ) -> list[Campaign]:
        query = sa.select(campaigns).order_by(_COLUMNS.started_at.desc(), _COLUMNS.id.desc()).limit(limit)
        if routes is not None:
            query = query.where(_COLUMNS.route.in_(sorted(routes)))
        if before is not None:
            place = sa.tuple_(sa.literal(before.started_at, _COLUMNS.started_at.type), before.id)
            query = query.where(sa.tuple_(_COLUMNS.started_at, _COLUMNS.id) < place)
        return [build_campaign(row) for row in self._connection.execute(query).mappings()]

    def list_not_ended(self, limit: int) -> list[Campaign]:
        query = sa.select(campaigns).where(_COLUMNS.ended_at.is_(None))
        newest = query.order_by(_COLUMNS.started_at.desc(), _COLUMNS.id.desc()).limit(limit)
        return [build_campaign(row) for row in self._connection.execute(newest).mappings()]

    def list_due_ids(self, now: datetime, limit: int, *, exclude: Collection[str] = ()) -> list[str]:
        query = _DUE.where(_COLUMNS.id.not_in(exclude)) if exclude else _DUE
        return list(self._connection.execute(query, {"now": now, "most": limit}).scalars())

    def list_file_ids(self, campaign_id: str) -> set[str]:
        query = sa.select(reviews.c.file_id).where(IS_OF_CAMPAIGNS, reviews.c.campaign == campaign_id)
        return set(self._connection.execute(query).scalars())

    def list_reviews(self, campaign: Campaign, *, after: str = "", limit: int | None = None) -> list[Review]:
        query = CURRENT
        if after:
            last = sa.select(reviews.c.seq).where(reviews.c.id == after).scalar_subquery()
            query = query.where(reviews.c.seq > last)
        result = self._connection.execute(query.limit(limit), select_campaign(campaign)).mappings().all()
        answers_by_review: defaultdict[str, list[Answer]] = defaultdict(list)
        ids = {"ids": [row["id"] for row in result]}
        for row in self._connection.execute(_ANSWERS, ids).mappings() if result else ():
            answers_by_review[row["review_id"]].append(rows.build_answer(row))
        return [rows.build_review(row, tuple(answers_by_review[row["id"]]), ()) for row in result]

    def list_open_review_ids(self, campaign_id: str) -> list[str]:
        query = sa.select(reviews.c.id).where(
            IS_OF_CAMPAIGNS, reviews.c.campaign == campaign_id, reviews.c.state == OPEN
        )
        return list(self._connection.execute(query.order_by(reviews.c.seq)).scalars())

    def list_review_ids_of_file(self, file_id: str, *, route: str) -> list[str]:
        return list(self._connection.execute(_OF_FILE, {"file_id": file_id, "route": route}).scalars())

    def list_open_reviews_beneath(self, folder_id: str, *, route: str) -> list[str]:
        running = list(self._connection.execute(_RUNNING_ON_ROUTE, {"route": route}).scalars())
        if not running:
            return []
        beneath = sa.select(files.c.file_id).where(files.c.parent_id.in_(select_beneath(folder_id)))
        query = sa.select(reviews.c.id).where(
            IS_OF_CAMPAIGNS,
            reviews.c.campaign.in_(running),
            reviews.c.state == OPEN,
            reviews.c.file_id.in_(beneath),
        )
        return list(self._connection.execute(query.order_by(reviews.c.seq)).scalars())

    def list_closed_reviews(self, *, route: str) -> list[str]:
        running = list(self._connection.execute(_RUNNING_ON_ROUTE, {"route": route}).scalars())
        if not running:
            return []
        query = sa.select(reviews.c.id).where(
            IS_OF_CAMPAIGNS,
            reviews.c.campaign.in_(running),
            reviews.c.state == ReviewState.CLOSED,
            reviews.c.superseded_by.is_(None),
        )
        return list(self._connection.execute(query.order_by(reviews.c.seq)).scalars())

    def list_waiting(
        self, review_ids: Collection[str], people: Collection[str] | None
    ) -> dict[str, WaitingDocument]:
        ids = {"ids": sorted(review_ids)}
        owners = reviews.c.owners if people is None else sa.null().label("owners")
        documents = self._connection.execute(_WAITING.add_columns(owners), ids).all()
        answered = _ACKNOWLEDGED_OF if people is None else _ACKNOWLEDGED_OF.where(answers.c.owner.in_(people))
        acknowledged = {tuple(row) for row in self._connection.execute(answered, ids)}
        return {
            row.id: WaitingDocument(
                due_at=row.due_at,
                missing=tuple(
                    each
                    for each in (row.owners if people is None else people)
                    if each != ERASED and (row.id, each) not in acknowledged
                ),
            )
            for row in documents
        }

    def compute_progress(self, campaign: Campaign) -> CampaignProgress:
        return campaign_progress.compute_progress(self._connection, campaign)

    def compute_figures(
        self, campaigns: Sequence[Campaign], *, own: Collection[str] = ()
    ) -> dict[str, CampaignFigures]:
        return campaign_progress.compute_figures(self._connection, campaigns, own=own)


def make_key(name: str) -> str:
    """Return the name by which a campaign is found, in whatever case."""
    return name.casefold()


def _build_values(campaign: Campaign) -> dict[str, Any]:
    values = {name: getattr(campaign, name) for name in _MEMBERS}
    starter = campaign.started_by and campaign.started_by.to_stored()
    people = list(campaign.people)
    return {**values, "people": people, "starter": starter, "name_key": make_key(campaign.name)}


def build_campaign(row: sa.RowMapping) -> Campaign:
    """Return the campaign of a row."""
    members = {name: row[name] for name in _MEMBERS}
    own = {"people": tuple(row["people"]), "state": read_enum(CampaignState, row["state"])}
    starter = Reviewer.from_stored(row["starter"]) if row["starter"] else None
    return Campaign(**{**members, **own, "started_by": starter})
