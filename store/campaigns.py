"""The repository `CampaignRepository` on one connection."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.campaign import Campaign, CampaignProgress, CampaignState, DocumentProgress, PersonProgress
from reviews.identity import ERASED
from reviews.kinds import ReviewState
from reviews.ports.campaigns import LOOK_INTERVAL
from reviews.stored_enums import read_enum
from store import rows
from store.beneath import select_beneath
from store.engine import insert_into
from store.schema import answers, campaigns, files, reviews
from store.schema.states import OPEN

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from reviews.model import Answer, Review

_COLUMNS = campaigns.c
_MEMBERS = tuple(each.name for each in fields(Campaign))
# In the words of the partial index, so that SQLite takes it.
_IS_OF_CAMPAIGNS = reviews.c.campaign != sa.literal_column("''")
_IS_CURRENT = sa.and_(
    _IS_OF_CAMPAIGNS,
    reviews.c.campaign == sa.bindparam("campaign"),
    reviews.c.superseded_by.is_(None),
    reviews.c.state != ReviewState.CLOSED,
)
_CURRENT = sa.select(reviews).where(_IS_CURRENT).order_by(reviews.c.seq)
_DOCUMENTS = _CURRENT.with_only_columns(
    *(reviews.c.id, reviews.c.file_id, reviews.c.title, reviews.c.path, reviews.c.link),
    *(reviews.c.version_to, reviews.c.owners),
)
# Which owner of which review has acknowledged its present revision.
_ACKNOWLEDGED = (
    sa.select(answers.c.review_id, answers.c.owner)
    .join(reviews, reviews.c.id == answers.c.review_id)
    .where(
        _IS_CURRENT,
        answers.c.revision == reviews.c.revision,
        answers.c.withdrawn_at.is_(None),
        answers.c.owner.is_not(None),
    )
    .distinct()
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
_OF_FILE = (
    sa.select(reviews.c.id)
    .where(
        reviews.c.file_id == sa.bindparam("file_id"),
        # By the file alone: SQLite would take another index where it has no statistics.
        reviews.c.route.concat("") == sa.bindparam("route", type_=sa.Text),
        _IS_OF_CAMPAIGNS,
        reviews.c.superseded_by.is_(None),
    )
    .order_by(reviews.c.seq)
)
_RUNNING_ON_ROUTE = sa.select(_COLUMNS.id).where(
    _COLUMNS.ended_at.is_(None), _COLUMNS.route == sa.bindparam("route")
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

    def find(self, text: str) -> Campaign | None:
        query = sa.select(campaigns).where(_COLUMNS.name_key == make_key(text))
        row = self._connection.execute(query.order_by(_COLUMNS.started_at.desc()).limit(1)).mappings().first()
        return self.get(text) or (build_campaign(row) if row else None)

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

    def list_due_ids(self, now: datetime, limit: int) -> list[str]:
        return list(self._connection.execute(_DUE, {"now": now, "most": limit}).scalars())

    def list_file_ids(self, campaign_id: str) -> set[str]:
        query = sa.select(reviews.c.file_id).where(_IS_OF_CAMPAIGNS, reviews.c.campaign == campaign_id)
        return set(self._connection.execute(query).scalars())

    def list_reviews(self, campaign_id: str, *, after: str = "", limit: int | None = None) -> list[Review]:
        query = _CURRENT
        if after:
            last = sa.select(reviews.c.seq).where(reviews.c.id == after).scalar_subquery()
            query = query.where(reviews.c.seq > last)
        result = self._connection.execute(query.limit(limit), {"campaign": campaign_id}).mappings().all()
        by_review: defaultdict[str, list[Answer]] = defaultdict(list)
        ids = {"ids": [row["id"] for row in result]}
        for row in self._connection.execute(_ANSWERS, ids).mappings() if result else ():
            by_review[row["review_id"]].append(rows.build_answer(row))
        return [rows.build_review(row, tuple(by_review[row["id"]]), ()) for row in result]

    def list_open_review_ids(self, campaign_id: str) -> list[str]:
        query = sa.select(reviews.c.id).where(
            _IS_OF_CAMPAIGNS, reviews.c.campaign == campaign_id, reviews.c.state == OPEN
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
            _IS_OF_CAMPAIGNS,
            reviews.c.campaign.in_(running),
            reviews.c.state == OPEN,
            reviews.c.file_id.in_(beneath),
        )
        return list(self._connection.execute(query.order_by(reviews.c.seq)).scalars())

    def compute_progress(self, campaign: Campaign) -> CampaignProgress:
        of_campaign = {"campaign": campaign.id}
        documents = self._connection.execute(_DOCUMENTS, of_campaign).all()
        acknowledged = self._connection.execute(_ACKNOWLEDGED, of_campaign).all()
        by_review = Counter(row.review_id for row in acknowledged if row.owner != ERASED)
        by_person = Counter(row.owner.casefold() for row in acknowledged)
        needed = Counter(owner.casefold() for row in documents for owner in row.owners)
        return CampaignProgress(
            documents=tuple(
                DocumentProgress(
                    review_id=row.id,
                    file_id=row.file_id,
                    title=row.title,
                    path=row.path,
                    link=row.link,
                    version=row.version_to,
                    acknowledged=by_review[row.id],
                    needed=sum(owner != ERASED for owner in row.owners),
                )
                for row in documents
            ),
            people=tuple(
                PersonProgress(
                    address=person,
                    acknowledged=by_person[person.casefold()],
                    needed=needed[person.casefold()],
                )
                for person in campaign.people
                if person != ERASED
            ),
        )


def make_key(name: str) -> str:
    """Return the name by which a campaign is found, in whatever case."""
    return name.casefold()


def _build_values(campaign: Campaign) -> dict[str, Any]:
    values = {name: getattr(campaign, name) for name in _MEMBERS}
    return {**values, "people": list(campaign.people), "name_key": make_key(campaign.name)}


def build_campaign(row: sa.RowMapping) -> Campaign:
    """Return the campaign of a row."""
    members = {name: row[name] for name in _MEMBERS}
    return Campaign(
        **{**members, "people": tuple(row["people"]), "state": read_enum(CampaignState, row["state"])}
    )
