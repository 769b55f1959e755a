"""The repository `CampaignRepository` on one connection."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.campaign import (
    Campaign,
    CampaignFigures,
    CampaignProgress,
    CampaignState,
    DocumentProgress,
    PersonProgress,
    WaitingDocument,
)
from reviews.identity import ERASED
from reviews.kinds import ReviewState
from reviews.ports.campaigns import LOOK_INTERVAL
from reviews.stored_enums import read_enum
from store import rows
from store.beneath import select_beneath
from store.clock import Utc
from store.engine import insert_into
from store.schema import answers, campaigns, files, reviews
from store.schema.states import OPEN

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from reviews.model import Answer, Review

_COLUMNS = campaigns.c
_MEMBERS = tuple(each.name for each in fields(Campaign))
# In the words of the partial index, so that SQLite takes it.
_IS_OF_CAMPAIGNS = reviews.c.campaign != sa.literal_column("''")
# What was open when a campaign ended was asked for until then, and still counts. What is not closed, or has
# not ended, compares as if that came last.
_LAST = datetime(9999, 1, 1, tzinfo=UTC)
_ENDED_AT = sa.select(_COLUMNS.ended_at).where(_COLUMNS.id == reviews.c.campaign).correlate(reviews)
_IS_NEWEST = sa.and_(_IS_OF_CAMPAIGNS, reviews.c.superseded_by.is_(None))
_CLOSED_AT = sa.func.coalesce(reviews.c.closed_at, sa.literal(_LAST, Utc))
_ARE_CURRENT = sa.and_(
    _IS_NEWEST, sa.func.coalesce(_ENDED_AT.scalar_subquery(), sa.literal(_LAST, Utc)) <= _CLOSED_AT
)
_IS_CURRENT = sa.and_(
    _IS_NEWEST,
    reviews.c.campaign == sa.bindparam("campaign"),
    sa.bindparam("ended_at", type_=Utc) <= _CLOSED_AT,
)
_CURRENT = sa.select(reviews).where(_IS_CURRENT).order_by(reviews.c.seq)
_DOCUMENTS = _CURRENT.with_only_columns(
    *(reviews.c.id, reviews.c.file_id, reviews.c.title, reviews.c.path, reviews.c.link),
    *(reviews.c.version_to, reviews.c.owners),
)
# Acknowledgements of the present revision, of which each person gives one. A campaign may have 100,000, which
# are counted here.
_COUNTS = sa.and_(
    answers.c.revision == reviews.c.revision,
    answers.c.withdrawn_at.is_(None),
    answers.c.owner.is_not(None),
)
_COUNTED = sa.join(answers, reviews, reviews.c.id == answers.c.review_id)
_BY_REVIEW = (
    sa.select(answers.c.review_id, sa.func.count())
    .select_from(_COUNTED)
    .where(_IS_CURRENT, _COUNTS, answers.c.owner != ERASED)
    .group_by(answers.c.review_id)
)
_BY_PERSON = (
    sa.select(answers.c.owner, sa.func.count())
    .select_from(_COUNTED)
    .where(_IS_CURRENT, _COUNTS)
    .group_by(answers.c.owner)
)
_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_IS_OWN = answers.c.owner.in_(sa.bindparam("own", expanding=True))
_DOCUMENT_COUNTS = (
    sa.select(reviews.c.campaign, sa.func.count())
    .where(_ARE_CURRENT, reviews.c.campaign.in_(_IDS))
    .group_by(reviews.c.campaign)
)
_ACKNOWLEDGEMENT_COUNTS = (
    sa.select(
        reviews.c.campaign,
        sa.func.count(sa.case((answers.c.owner != ERASED, 1))).label("acknowledged"),
        sa.func.count(sa.distinct(sa.case((_IS_OWN, answers.c.review_id)))).label("own"),
    )
    .select_from(_COUNTED)
    .where(_ARE_CURRENT, reviews.c.campaign.in_(_IDS), _COUNTS)
    .group_by(reviews.c.campaign)
)
_OWN_ACKNOWLEDGED = (
    sa.select(answers.c.review_id)
    .select_from(_COUNTED)
    .where(_IS_CURRENT, _COUNTS, _IS_OWN)
    .group_by(answers.c.review_id)
    .having(sa.func.count(sa.distinct(answers.c.owner)) == sa.bindparam("most", type_=sa.Integer))
)
_IS_AMONG = reviews.c.id.in_(sa.bindparam("ids", expanding=True))
_WAITING = sa.select(reviews.c.id, reviews.c.due_at).where(
    _IS_AMONG, reviews.c.state == OPEN, reviews.c.superseded_by.is_(None)
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

    def find(self, text: str) -> Campaign | None:
        query = sa.select(campaigns).where(_COLUMNS.name_key == make_key(text))
        row = self._connection.execute(query.order_by(_COLUMNS.started_at.desc()).limit(1)).mappings().first()
        return self.get(text) or (build_campaign(row) if row else None)

    def save(self, campaign: Campaign) -> None:
        values = {name: value for name, value in _build_values(campaign).items() if name != "id"}
        self._connection.execute(sa.update(campaigns).where(_COLUMNS.id == campaign.id).values(values))

    def request_look(self, campaign_id: str, *, at: datetime) -> None:
        next_at = at + LOOK_INTERVAL
        # A look that has begun and does not see this change waits for it here, or is requested again.
        row = sa.select(_COLUMNS.id).where(_COLUMNS.id == campaign_id)
        self._connection.execute(row.with_for_update(**_SHARED))
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

    def list_due_ids(self, now: datetime, limit: int) -> list[str]:
        return list(self._connection.execute(_DUE, {"now": now, "most": limit}).scalars())

    def list_file_ids(self, campaign_id: str) -> set[str]:
        query = sa.select(reviews.c.file_id).where(_IS_OF_CAMPAIGNS, reviews.c.campaign == campaign_id)
        return set(self._connection.execute(query).scalars())

    def list_reviews(self, campaign: Campaign, *, after: str = "", limit: int | None = None) -> list[Review]:
        query = _CURRENT
        if after:
            last = sa.select(reviews.c.seq).where(reviews.c.id == after).scalar_subquery()
            query = query.where(reviews.c.seq > last)
        result = self._connection.execute(query.limit(limit), _select(campaign)).mappings().all()
        answers_by_review: defaultdict[str, list[Answer]] = defaultdict(list)
        ids = {"ids": [row["id"] for row in result]}
        for row in self._connection.execute(_ANSWERS, ids).mappings() if result else ():
            answers_by_review[row["review_id"]].append(rows.build_answer(row))
        return [rows.build_review(row, tuple(answers_by_review[row["id"]]), ()) for row in result]

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

    def list_closed_reviews(self, *, route: str) -> list[str]:
        running = list(self._connection.execute(_RUNNING_ON_ROUTE, {"route": route}).scalars())
        if not running:
            return []
        query = sa.select(reviews.c.id).where(
            _IS_OF_CAMPAIGNS,
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
        of_campaign = _select(campaign)
        documents = self._connection.execute(_DOCUMENTS, of_campaign).all()
        by_review = Counter({row[0]: row[1] for row in self._connection.execute(_BY_REVIEW, of_campaign)})
        by_person: Counter[str] = Counter()
        for owner, count in self._connection.execute(_BY_PERSON, of_campaign):
            by_person[owner.casefold()] += count
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

    def compute_figures(
        self, campaigns: Sequence[Campaign], *, own: Collection[str] = ()
    ) -> dict[str, CampaignFigures]:
        if not campaigns:
            return {}
        ids = {"ids": [each.id for each in campaigns]}
        documents = {row[0]: row[1] for row in self._connection.execute(_DOCUMENT_COUNTS, ids)}
        counted = self._connection.execute(_ACKNOWLEDGEMENT_COUNTS, {**ids, "own": sorted(own)})
        counts = {row.campaign: row for row in counted}
        return {
            each.id: CampaignFigures(
                documents=documents.get(each.id, 0),
                acknowledged=counts[each.id].acknowledged if each.id in counts else 0,
                needed=documents.get(each.id, 0) * sum(person != ERASED for person in each.people),
                own=counts[each.id].own if each.id in counts else 0,
            )
            for each in campaigns
        }

    def list_acknowledged_ids(self, campaign: Campaign, people: Collection[str]) -> set[str]:
        values = {**_select(campaign), "own": sorted(people), "most": len(people)}
        return set(self._connection.execute(_OWN_ACKNOWLEDGED, values).scalars())


def _select(campaign: Campaign) -> dict[str, Any]:
    """Return the parameters of the conditions on a campaign's current reviews."""
    return {"campaign": campaign.id, "ended_at": campaign.ended_at or _LAST}


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
