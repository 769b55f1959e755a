"""Cards that are redrawn because of a change come after those that somebody has answered."""

import sqlalchemy as sa

from store.migrations.steps import add_column, create_index, drop_index

revision = "0034"
down_revision = "0033"

TO_REDRAW = "handed_over < wanted AND message_id IS NOT NULL"


def upgrade() -> None:
    add_column("cards", sa.Column("may_wait", sa.Boolean, nullable=False, server_default=sa.false()))
    create_index("cards_to_redraw_in_turn", "cards", ["may_wait", "due_since", "id"], where=TO_REDRAW)
    drop_index("cards_to_redraw", "cards")
