"""Cards that stand are handed over apart from first posts; a worker says what of its rounds has not ended."""

import sqlalchemy as sa

from store.migrations.steps import add_column, create_index, drop_index

revision = "0028"
down_revision = "0027"

TO_HAND_OVER = "handed_over < wanted"
INDEXES = {
    "cards_to_redraw": (["due_since", "id"], f"{TO_HAND_OVER} AND message_id IS NOT NULL"),
    "cards_to_post": (["id"], f"{TO_HAND_OVER} AND message_id IS NULL"),
}


def upgrade() -> None:
    for name, (columns, where) in INDEXES.items():
        create_index(name, "cards", columns, where=where)
    drop_index("cards_to_hand_over", "cards")
    add_column("workers", sa.Column("overdue", sa.JSON, nullable=False, server_default="[]"))
