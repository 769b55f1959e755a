"""What became of each folder, and how far its files are listed: so that a folder's move is one review."""

import sqlalchemy as sa

from store.migrations.steps import add_column, create_index

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    add_column("folders", sa.Column("gone", sa.String(16)))
    add_column("folders", sa.Column("listed_to", sa.Integer))
    create_index("folders_moved", "folders", ["was_in"], where="was_in IS NOT NULL")
    create_index("folders_unlisted", "folders", ["id"], where="listed_to IS NOT NULL")
