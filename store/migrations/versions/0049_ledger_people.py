"""Names and addresses of entries, beside the ledger: what its commitments stand for."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    op.create_table(
        "ledger_people",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("disclosures", sa.Text, nullable=False),
    )
