"""A campaign is private if its route was when it was started, whatever the routing file says by now."""

import sqlalchemy as sa

from store.migrations.steps import add_column, fill

revision = "0062"
down_revision = "0061"


def upgrade() -> None:
    add_column("campaigns", sa.Column("private", sa.Boolean, nullable=False, server_default=sa.false()))
    reviews = "SELECT campaign FROM reviews WHERE campaign <> '' AND private"
    fill("campaigns", "id", set_="private = true", where=f"NOT private AND id IN ({reviews})")
