"""Reviews that no one has to answer, since nothing material has changed."""

import sqlalchemy as sa

from store.migrations.steps import add_column

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    add_column("reviews", sa.Column("carried", sa.JSON(none_as_null=True)))
