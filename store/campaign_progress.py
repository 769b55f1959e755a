"""How far campaigns are, counted by the database: acknowledgements of the present revisions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.campaign import CampaignFigures, CampaignProgress, DocumentProgress, PersonProgress
from reviews.identity import ERASED
from reviews.kinds import ReviewState
from store.schema import answers, campaigns, reviews

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from reviews.campaign import Campaign

# In the words of the partial index, so that SQLite takes it.
IS_OF_CAMPAIGNS = reviews.c.campaign != sa.literal_column("''")


def _was_asked_for(campaign: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Return the condition for documents that did not go; the end of a campaign closes what was open then."""
    ended_at = sa.select(campaigns.c.ended_at).where(campaigns.c.id == campaign).scalar_subquery()
    return sa.or_(reviews.c.state != ReviewState.CLOSED, reviews.c.closed_at >= ended_at)


_ARE_NEWEST = sa.and_(IS_OF_CAMPAIGNS, reviews.c.superseded_by.is_(None))
_ARE_CURRENT = sa.and_(_ARE_NEWEST, _was_asked_for(reviews.c.campaign))
_CAMPAIGN = sa.bindparam("campaign", type_=reviews.c.campaign.type)
_IS_CURRENT = sa.and_(_ARE_NEWEST, reviews.c.campaign == _CAMPAIGN, _was_asked_for(_CAMPAIGN))
_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_IS_AMONG = reviews.c.id.in_(_IDS)
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
    .where(_IS_AMONG, _COUNTS, answers.c.owner != ERASED)
    .group_by(answers.c.review_id)
)
_BY_PERSON = (
    sa.select(answers.c.owner, sa.func.count())
    .select_from(_COUNTED)
    .where(_IS_AMONG, _COUNTS)
    .group_by(answers.c.owner)
)
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
    documents = connection.execute(_DOCUMENTS, {"campaign": campaign.id}).all()
    ids = {"ids": [row.id for row in documents]}
    by_review = Counter({row[0]: row[1] for row in connection.execute(_BY_REVIEW, ids)})
    by_person: Counter[str] = Counter()
    for owner, count in connection.execute(_BY_PERSON, ids):
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


def list_acknowledged_ids(connection: sa.Connection, campaign_id: str, people: Collection[str]) -> set[str]:
    values = {"campaign": campaign_id, "own": sorted(people), "most": len(people)}
    return set(connection.execute(_OWN_ACKNOWLEDGED, values).scalars())
