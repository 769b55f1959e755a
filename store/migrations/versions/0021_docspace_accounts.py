"""Whose account in DocSpace an address is; sign-in links hold all that is proven about a person."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "docspace_accounts",
        sa.Column("address", sa.Text, primary_key=True),
        sa.Column("account", sa.Text),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_docspace_accounts_asked_at", "docspace_accounts", ["asked_at"])
    # Links count for ten minutes: those of the release before are asked for again.
    op.drop_table("sign_in_links")
    op.create_table(
        "sign_in_links",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("person", sa.JSON, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("good_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_index("ix_sign_in_links_made_at", "sign_in_links", ["made_at"])
