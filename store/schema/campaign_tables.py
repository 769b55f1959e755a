"""The table of campaigns."""

from __future__ import annotations

import sqlalchemy as sa

from store.clock import Utc
from store.schema.base import build_partial_index, metadata

# Each document of a campaign has a review, whose column `campaign` names it.
campaigns = sa.Table(
    "campaigns",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("name_key", sa.Text, nullable=False),  # casefolded
    sa.Column("route", sa.Text, nullable=False),
    sa.Column("folder_id", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("people", sa.JSON, nullable=False),
    sa.Column("due_at", Utc, nullable=False),
    sa.Column("started_at", Utc, nullable=False),
    sa.Column("starter", sa.JSON(none_as_null=True)),  # NULL: the command line
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("ended_at", Utc),
    sa.Column("problem", sa.Text, nullable=False, server_default=""),
    sa.Column("documents", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_at", Utc),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("private", sa.Boolean, nullable=False, server_default=sa.false()),
)
# Two people can't start campaigns of one name on one route at the same time. Over all routes, a name that is
# taken would tell that a private route has such a campaign.
build_partial_index(
    "one_campaign_a_route_and_name",
    campaigns.c.name_key,
    campaigns.c.route,
    unique=True,
    where=campaigns.c.ended_at.is_(None),
)
sa.Index("campaigns_by_name", campaigns.c.name_key, campaigns.c.started_at)
sa.Index("campaigns_by_route", campaigns.c.route, campaigns.c.started_at)
sa.Index("campaigns_started", campaigns.c.started_at)
build_partial_index("campaigns_due", campaigns.c.next_at, where=campaigns.c.next_at.is_not(None))
build_partial_index(
    "campaigns_not_ended",
    campaigns.c.ended_at,  # first: on it SQLite has a condition, and prefers this index
    campaigns.c.route,
    where=campaigns.c.ended_at.is_(None),
)
