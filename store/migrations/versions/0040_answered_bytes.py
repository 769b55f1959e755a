"""Which bytes an answer is about."""

import sqlalchemy as sa

from store.migrations.steps import add_column

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    add_column("answers", sa.Column("sha256", sa.String(64)))
    add_column("answers", sa.Column("size", sa.BigInteger()))
    add_column("answers", sa.Column("not_read", sa.String(32)))
