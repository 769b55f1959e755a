"""How far campaigns are, counted by the database: acknowledgements of the present revisions."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.campaign import CampaignFigures, CampaignProgress, DocumentProgress, count_document
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
# Acknowledgements of the present revision, of which each person gives one.
_COUNTS = sa.and_(
    answers.c.revision == reviews.c.revision,
    answers.c.withdrawn_at.is_(None),
    answers.c.owner.is_not(None),
)
_COUNTED = sa.join(answers, reviews, reviews.c.id == answers.c.review_id)
_OWNERS = sa.select(answers.c.review_id, answers.c.owner).select_from(_COUNTED).where(_IS_CURRENT, _COUNTS)
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
        sa.func.count().label("acknowledged"),
        sa.func.count(sa.case((answers.c.owner == ERASED, 1))).label("erased"),
    )
    .select_from(_COUNTED)
    .where(_ARE_CURRENT, reviews.c.campaign.in_(_IDS), _COUNTS)
    .group_by(reviews.c.campaign)
)
_OWN_BY_REVIEW = (
    sa.select(reviews.c.campaign, sa.func.count(sa.distinct(answers.c.owner)).label("entries"))
    .select_from(_COUNTED)
    .where(_ARE_CURRENT, reviews.c.campaign.in_(_IDS), _COUNTS, _IS_OWN)
    .group_by(reviews.c.campaign, answers.c.review_id)
    .subquery()
)
_OWN_COUNTS = sa.select(*_OWN_BY_REVIEW.c, sa.func.count()).group_by(*_OWN_BY_REVIEW.c)


def compute_progress(connection: sa.Connection, campaign: Campaign) -> CampaignProgress:
    of_campaign = select_campaign(campaign)
    documents = connection.execute(_DOCUMENTS, of_campaign).all()
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for review_id, owner in connection.execute(_OWNERS, of_campaign):
        owners[review_id].append(owner)
    return CampaignProgress.build(
        campaign.people,
        [
            DocumentProgress(
                review_id=row.id,
                file_id=row.file_id,
                title=row.title,
                path=row.path,
                link=row.link,
                version=row.version_to,
                count=count_document(row.owners, owners[row.id]),
            )
            for row in documents
        ],
    )


def compute_figures(
    connection: sa.Connection, campaigns: Sequence[Campaign], *, own: Collection[str] = ()
) -> dict[str, CampaignFigures]:
    if not campaigns:
        return {}
    ids = {"ids": [each.id for each in campaigns]}
    documents = {row[0]: row[1] for row in connection.execute(_DOCUMENT_COUNTS, ids)}
    counts = {row.campaign: row for row in connection.execute(_ACKNOWLEDGEMENT_COUNTS, ids)}
    own_counts = connection.execute(_OWN_COUNTS, {**ids, "own": sorted(own)}) if own else ()
    own_documents = {(row[0], row[1]): row[2] for row in own_counts}
    figures = {}
    for each in campaigns:
        # What `count_document` gives, for all documents together.
        counted = counts.get(each.id)
        asked = documents.get(each.id, 0)
        figures[each.id] = CampaignFigures(
            documents=asked,
            acknowledged=counted.acknowledged if counted else 0,
            needed=asked * sum(person != ERASED for person in each.people)
            + (counted.erased if counted else 0),
            own=own_documents.get((each.id, sum(person in own for person in each.people)), 0),
        )
    return figures


def select_campaign(campaign: Campaign) -> dict[str, Any]:
    """Return the parameters of the conditions on a campaign's current reviews."""
    return {"campaign": campaign.id, "ended_at": campaign.ended_at or _LAST}
