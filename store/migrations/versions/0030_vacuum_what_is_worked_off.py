"""Events and cards are vacuumed often: PostgreSQL would wait until a fifth of all there ever were is new.

Each step of one leaves an entry behind in the indexes of what waits, until a vacuum takes it out.
"""

from alembic import op

revision = "0030"
down_revision = "0029"

OFTEN = ", ".join(f"autovacuum_{what}_scale_factor = 0.02" for what in ("vacuum", "vacuum_insert", "analyze"))


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        for table in ("events", "cards"):
            op.execute(f"ALTER TABLE {table} SET ({OFTEN})")
