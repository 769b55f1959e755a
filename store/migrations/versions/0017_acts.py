"""Who wrote, renamed and moved what a review covers, and what it was called and where it was before."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("reviews", sa.Column("saves_known", sa.Boolean, nullable=False, server_default=sa.true()))
    op.add_column("reviews", sa.Column("content", sa.Boolean, nullable=False, server_default=sa.true()))
    op.add_column("reviews", sa.Column("acts", sa.JSON, nullable=False, server_default="[]"))
    op.add_column("reviews", sa.Column("title_before", sa.Text))
    op.add_column("reviews", sa.Column("path_before", sa.Text))
    op.add_column("reviews", sa.Column("moved_to", sa.Text))
