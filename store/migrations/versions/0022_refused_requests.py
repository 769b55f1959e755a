"""Whether a request that came in changed nothing: one that is sent again is answered the same."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("told", sa.Column("refused", sa.Boolean, nullable=False, server_default=sa.false()))
