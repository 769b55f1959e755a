"""Which reviews another one superseded is found by index, also by SQLite where there are hardly any."""

from store.migrations.steps import create_index, drop_index

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    create_index("reviews_superseded", "reviews", ["superseded_by"], where="superseded_by IS NOT NULL")
    drop_index("ix_reviews_superseded_by", "reviews")
