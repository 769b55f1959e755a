"""Searches read indexes alone, as PostgreSQL can where a table was vacuumed: often, however large it gets."""

from alembic import op

revision = "0016"
down_revision = "0015"

# By default a vacuum waits until a fifth of a table is new: the newest fifth, which is looked for most.
OFTEN = ", ".join(f"autovacuum_{what}_scale_factor = 0.02" for what in ("vacuum", "vacuum_insert", "analyze"))


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for table in ("reviews", "review_index"):
            op.execute(f"ALTER TABLE {table} SET ({OFTEN})")
