"""Removal of campaigns that are over, after all of their reviews; the ledger says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.campaign import CampaignState
from reviews.ledger import campaign_entries
from reviews.ledger.hash_chain import encode_canonical
from store.campaigns import build_campaign
from store.chain import SqlLedgerRepository
from store.engine import read_only
from store.retention import RetentionStep
from store.rows import UNREADABLE_ERRORS
from store.schema import campaigns, reviews

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from reviews.campaign import Campaign

BATCH_SIZE = 200
"""Campaigns that one step reads."""
MAX_REMOVED = 20
"""Campaigns that one step removes: meanwhile no other ledger entry is written."""

_BEFORE = sa.bindparam("before", type_=campaigns.c.due_at.type)
_IS_OVER = sa.and_(
    campaigns.c.state != CampaignState.PREPARING,
    sa.func.coalesce(campaigns.c.ended_at, campaigns.c.due_at, type_=campaigns.c.due_at.type) < _BEFORE,
    ~sa.exists().where(reviews.c.campaign != sa.literal_column("''"), reviews.c.campaign == campaigns.c.id),
)


def remove_campaigns(
    engine: sa.Engine, after: str, *, before: datetime, now: datetime, held_routes: Collection[str] = ()
) -> RetentionStep:
    """Remove campaigns that ended, or whose deadline was, before then, and of which no review is left.

    Those of `held_routes` stay, and one that can't be read, which the step names.
    """
    query = sa.select(campaigns.c.id, campaigns.c.route, _IS_OVER.label("over"))
    query = query.where(campaigns.c.id > after).order_by(campaigns.c.id).limit(BATCH_SIZE)
    with read_only(engine).connect() as connection:
        batch = connection.execute(query, {"before": before}).all()
    expired = [row.id for row in batch if row.over and row.route not in held_routes]
    selected = expired[:MAX_REMOVED]
    removed, unreadable = _remove_locked(engine, selected, before=before, now=now) if selected else (0, [])
    if len(expired) > len(selected):
        return RetentionStep(removed=removed, after=selected[-1], unreadable=unreadable)
    last = batch[-1].id if len(batch) == BATCH_SIZE else None
    return RetentionStep(removed=removed, after=last, unreadable=unreadable)


def _remove_locked(
    engine: sa.Engine, ids: Sequence[str], *, before: datetime, now: datetime
) -> tuple[int, list[str]]:
    """Remove these campaigns, unless they changed meanwhile; return those that can't be read."""
    query = sa.select(campaigns.c.id).where(campaigns.c.id.in_(ids), _IS_OVER).order_by(campaigns.c.id)
    query = query.with_for_update(of=campaigns, skip_locked=True)
    removed, unreadable = 0, []
    with engine.begin() as connection:
        chain = SqlLedgerRepository(connection)
        for campaign_id in connection.execute(query, {"before": before}).scalars().all():
            campaign = _read_campaign(connection, campaign_id)
            if campaign is None:
                unreadable.append(campaign_id)
                continue
            chain.append(campaign_entries.build_removed(campaign, at=now))
            connection.execute(sa.delete(campaigns).where(campaigns.c.id == campaign_id))
            removed += 1
        chain.write_waiting()
    return removed, unreadable


def _read_campaign(connection: sa.Connection, campaign_id: str) -> Campaign | None:
    """Return a campaign; `None` for one of which no entry could say what was removed."""
    row = connection.execute(sa.select(campaigns).where(campaigns.c.id == campaign_id)).mappings()
    try:
        campaign = build_campaign(row.one())
        encode_canonical(campaign_entries.build_started(campaign, by=None))
    except UNREADABLE_ERRORS:
        return None
    return campaign
