"""Whether a card was given up, so that it is recorded if it is delivered after all."""

import sqlalchemy as sa

from store.migrations.steps import add_column

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    add_column("cards", sa.Column("given_up", sa.Boolean, nullable=False, server_default=sa.false()))
