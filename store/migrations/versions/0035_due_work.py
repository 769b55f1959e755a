"""Events and cards say when they are due and who has them: workers take work from these rows themselves."""

import sqlalchemy as sa

from store.migrations.steps import add_column, create_index, drop_index

revision = "0035"
down_revision = "0034"

LONG_AGO = "1970-01-01 00:00:00"
FREE_EVENT = "state = 'received' AND claimed_by IS NULL"
FREE_CARD = "drawn < wanted AND state != 'dead' AND claimed_by IS NULL"
INDEXES = {
    "events_due": ("events", ["of_many", "due_at", "id"], FREE_EVENT),
    "events_claimed": ("events", ["claimed_by"], "claimed_by IS NOT NULL"),
    "cards_redraws_due": ("cards", ["may_wait", "due_at", "id"], f"{FREE_CARD} AND message_id IS NOT NULL"),
    "cards_posts_due": ("cards", ["due_at", "id"], f"{FREE_CARD} AND message_id IS NULL"),
}
FORMER_INDEXES = {"events_in_turn": "events", "cards_to_redraw_in_turn": "cards", "cards_to_post": "cards"}


def upgrade() -> None:
    add_column("events", sa.Column("claimed_by", sa.Text))
    for table in ("events", "cards"):
        add_column(
            table, sa.Column("due_at", sa.DateTime(timezone=True), nullable=False, server_default=LONG_AGO)
        )
        add_column(table, sa.Column("deaths", sa.Integer, nullable=False, server_default="0"))
    for name, (table, columns, where) in INDEXES.items():
        create_index(name, table, columns, where=where)
    for name, table in FORMER_INDEXES.items():
        drop_index(name, table)
