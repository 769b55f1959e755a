"""How far campaigns are, counted by the database: acknowledgements of the present revisions."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.campaign import CampaignFigures, CampaignProgress, DocumentProgress, PersonProgress
from reviews.identity import ERASED
from store.clock import Utc
from store.schema import answers, campaigns, reviews

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from reviews.campaign import Campaign

# In the words of the partial index, so that SQLite takes it.
IS_OF_CAMPAIGNS = reviews.c.campaign != sa.literal_column("''")
# What was open when a campaign ended was asked for until then, and still counts. What is not closed, or has
# not ended, compares as if that came last.
_LAST = datetime(9999, 1, 1, tzinfo=UTC)
_ENDED_AT = sa.select(campaigns.c.ended_at).where(campaigns.c.id == reviews.c.campaign).correlate(reviews)
_IS_NEWEST = sa.and_(IS_OF_CAMPAIGNS, reviews.c.superseded_by.is_(None))
_CLOSED_AT = sa.func.coalesce(reviews.c.closed_at, sa.literal(_LAST, Utc))
_ARE_CURRENT = sa.and_(
    _IS_NEWEST, sa.func.coalesce(_ENDED_AT.scalar_subquery(), sa.literal(_LAST, Utc)) <= _CLOSED_AT
)
_IS_CURRENT = sa.and_(
    _IS_NEWEST,
    reviews.c.campaign == sa.bindparam("campaign"),
    sa.bindparam("ended_at", type_=Utc) <= _CLOSED_AT,
)
CURRENT = sa.select(reviews).where(_IS_CURRENT).order_by(reviews.c.seq)
_DOCUMENTS = CURRENT.with_only_columns(
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


def compute_progress(connection: sa.Connection, campaign: Campaign) -> CampaignProgress:
    of_campaign = select_campaign(campaign)
    documents = connection.execute(_DOCUMENTS, of_campaign).all()
    by_review = Counter({row[0]: row[1] for row in connection.execute(_BY_REVIEW, of_campaign)})
    by_person: Counter[str] = Counter()
    for owner, count in connection.execute(_BY_PERSON, of_campaign):
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
    connection: sa.Connection, campaigns: Sequence[Campaign], *, own: Collection[str] = ()
) -> dict[str, CampaignFigures]:
    if not campaigns:
        return {}
    ids = {"ids": [each.id for each in campaigns]}
    documents = {row[0]: row[1] for row in connection.execute(_DOCUMENT_COUNTS, ids)}
    counted = connection.execute(_ACKNOWLEDGEMENT_COUNTS, {**ids, "own": sorted(own)})
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


def list_acknowledged_ids(connection: sa.Connection, campaign: Campaign, people: Collection[str]) -> set[str]:
    values = {**select_campaign(campaign), "own": sorted(people), "most": len(people)}
    return set(connection.execute(_OWN_ACKNOWLEDGED, values).scalars())


def select_campaign(campaign: Campaign) -> dict[str, Any]:
    """Return the parameters of the conditions on a campaign's current reviews."""
    return {"campaign": campaign.id, "ended_at": campaign.ended_at or _LAST}
