"""To whom a review was reassigned, and whether it is private whatever its route is by now."""

import sqlalchemy as sa

from store.migrations.steps import add_column

revision = "0057"
down_revision = "0056"


def upgrade() -> None:
    add_column("reviews", sa.Column("reassigned_to", sa.JSON, nullable=False, server_default="[]"))
    add_column("reviews", sa.Column("private", sa.Boolean, nullable=False, server_default=sa.false()))
