"""What became of each folder, and how many of its files are written down: so a folder's move is one review.

New columns without a value rewrite no table. The indexes hold few folders, so that making each takes one pass
over the table of folders.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.add_column("folders", sa.Column("gone", sa.String(16)))
    op.add_column("folders", sa.Column("listed_to", sa.Integer))
    moved, unlisted = sa.text("was_in IS NOT NULL"), sa.text("listed_to IS NOT NULL")
    op.create_index("folders_moved", "folders", ["was_in"], sqlite_where=moved, postgresql_where=moved)
    op.create_index("folders_unlisted", "folders", ["id"], sqlite_where=unlisted, postgresql_where=unlisted)
