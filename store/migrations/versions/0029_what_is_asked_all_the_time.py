"""Indexes of what is asked all the time: what holds folders back, claimed cards, titles."""

import sqlalchemy as sa

from store.migrations.steps import create_index

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    happened = sa.text("(said ->> 'occurred_at')")
    unsettled = "state IN ('received', 'dead')"
    create_index("events_unsettled", "events", [happened, "received_at"], where=unsettled)
    create_index("cards_claimed", "cards", ["claimed_by"], where="claimed_by IS NOT NULL")
    create_index("files_by_title", "files", ["title"])
    create_index("folders_by_title", "folders", [sa.text("lower(title)")])
