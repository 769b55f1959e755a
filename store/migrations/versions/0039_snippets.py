"""What of a comparison stands on the card itself."""

import sqlalchemy as sa

from store.migrations.steps import add_column

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    add_column("comparisons", sa.Column("snippets", sa.LargeBinary, nullable=False, server_default=""))
