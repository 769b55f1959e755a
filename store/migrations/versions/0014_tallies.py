"""Figures are counted as things happen; when a card was caused and posted."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

# What is counted, by its state and by one more column of its own.
_COUNTED = {"events": "''", "cards": "notifier", "reviews": "route"}


def upgrade() -> None:
    op.add_column("cards", sa.Column("caused_at", sa.DateTime(timezone=True)))
    op.add_column("cards", sa.Column("posted_at", sa.DateTime(timezone=True)))
    op.create_table(
        "tallies",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False, server_default="0"),
    )
    triggers = _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL
    for table, label in _COUNTED.items():
        op.execute(f"{_ADD} SELECT '{table}', {label}, state, count(*) FROM {table} GROUP BY 1, 2, 3")
        for statement in triggers:
            op.execute(
                statement.format(table=table, new=_of("NEW", label), old=_of("OLD", label), label=label)
            )


def _of(row: str, label: str) -> str:
    return label if label.startswith("'") else f"{row}.{label}"


_ADD = "INSERT INTO tallies (subject, label, state, count)"
_COME = f"{_ADD} VALUES ('{{table}}', {{new}}, NEW.state, 1);"
_GONE = f"{_ADD} VALUES ('{{table}}', {{old}}, OLD.state, -1);"
_CHANGED = "AFTER UPDATE OF state ON {table} FOR EACH ROW WHEN (OLD.state <> NEW.state)"

_SQLITE = (
    f"CREATE TRIGGER {{table}}_come AFTER INSERT ON {{table}} BEGIN {_COME} END",
    f"CREATE TRIGGER {{table}}_change {_CHANGED} BEGIN {_GONE} {_COME} END",
    f"CREATE TRIGGER {{table}}_go AFTER DELETE ON {{table}} BEGIN {_GONE} END",
)
_FUNCTION = "RETURNS trigger LANGUAGE plpgsql AS"
# What arrives together is counted together.
_TOGETHER = f"{_ADD} SELECT '{{table}}', {{label}}, state, count(*) FROM come GROUP BY 1, 2, 3;"
_POSTGRESQL = (
    f"CREATE FUNCTION {{table}}_come() {_FUNCTION} $$ BEGIN {_TOGETHER} RETURN NULL; END $$",
    f"CREATE FUNCTION {{table}}_change() {_FUNCTION} $$ BEGIN {_GONE} {_COME} RETURN NULL; END $$",
    f"CREATE FUNCTION {{table}}_go() {_FUNCTION} $$ BEGIN {_GONE} RETURN NULL; END $$",
    (
        "CREATE TRIGGER {table}_come AFTER INSERT ON {table} REFERENCING NEW TABLE AS come "
        "FOR EACH STATEMENT EXECUTE FUNCTION {table}_come()"
    ),
    f"CREATE TRIGGER {{table}}_change {_CHANGED} EXECUTE FUNCTION {{table}}_change()",
    "CREATE TRIGGER {table}_go AFTER DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_go()",
)
