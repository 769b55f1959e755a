"""The first tables, and a ledger that the database itself keeps append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

REFUSAL = "the ledger is append-only"


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    _create_events()
    _create_reviews()
    _create_cards()
    _create_workers()
    op.create_table(
        "people",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, index=True),
        _time("seen_at"),
    )
    _create_ledger()


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("delivery_key", sa.String(64), nullable=False, unique=True),
        sa.Column("semantic_key", sa.String(64), nullable=False, unique=True),
        sa.Column("file_id", sa.Text, nullable=False),
        sa.Column("said", sa.JSON, nullable=False),
        _time("received_at"),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("wanted", sa.Integer, nullable=False, server_default="1"),
        sa.Column("handed_over", sa.Integer, nullable=False, server_default="0"),
    )
    _partial_index("events_pending", "events", ["file_id", "id"], "state = 'received'")
    _partial_index("events_dead", "events", ["id"], "state = 'dead'")
    _partial_index("events_to_hand_over", "events", ["id"], "state = 'received' AND handed_over < wanted")


def _create_reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("id", sa.String(32), nullable=False, unique=True),
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("file_id", "title", "path")),
        sa.Column("link", sa.Text),
        sa.Column("version_from", sa.Integer),
        sa.Column("version_to", sa.Integer),
        _time("modified_at", nullable=True),
        sa.Column("contributors", sa.JSON, nullable=False),
        sa.Column("owners", sa.JSON, nullable=False),
        _time("opened_at"),
        _time("changed_at"),
        _time("due_at", nullable=True),
    )
    op.create_index("reviews_of_file", "reviews", ["file_id", "seq"])
    op.create_index("reviews_by_state", "reviews", ["state", "seq"])
    op.create_index("reviews_by_route", "reviews", ["route", "seq"])
    _partial_index("one_open_review_a_file", "reviews", ["route", "file_id"], "state = 'open'", unique=True)
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("review_id", sa.String(32), sa.ForeignKey("reviews.id"), nullable=False, unique=True),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("reviewer", sa.JSON, nullable=False),
        sa.Column("identity", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer),
        _time("at"),
        sa.Column("note", sa.Text),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("own_change", sa.Boolean, nullable=False),
    )


def _create_cards() -> None:
    op.create_table(
        "cards",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("review_id", sa.String(32), sa.ForeignKey("reviews.id"), nullable=False),
        sa.Column("notifier", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("message_id", sa.Text),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("wanted", "drawn", "handed_over")),
        sa.Column("claimed_by", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        _time("attempted_at", nullable=True),
        sa.Column("maybe_posted", sa.Boolean, nullable=False),
        _time("not_before", nullable=True),
        sa.UniqueConstraint("review_id", "notifier", "target"),
    )
    _partial_index("cards_to_hand_over", "cards", ["id"], "handed_over < wanted")
    _partial_index("cards_dead", "cards", ["id"], "state = 'dead'")


def _create_workers() -> None:
    op.create_table(
        "gates",
        sa.Column("name", sa.Text, primary_key=True),
        *(_time(name) for name in ("next_at", "passed_at", "closed_until")),
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        *(_time(name) for name in ("started_at", "seen_at")),
    )


def _create_ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("review_id", sa.String(32), nullable=False, index=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("hash", sa.String(64), nullable=False, unique=True),
        sa.Column("entry", sa.Text, nullable=False),
    )
    head = op.create_table(
        "ledger_head",
        sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.bulk_insert(head, [{"only": 1, "seq": 0, "hash": "0" * 64}])
    for statement in _SQLITE_GUARDS if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL_GUARDS:
        op.execute(statement)


_REFUSE = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
# INSERT OR REPLACE deletes without asking the DELETE trigger, so taken numbers and hashes are refused too.
_SQLITE_GUARDS = (
    f"CREATE TRIGGER ledger_refuses_update BEFORE UPDATE ON ledger {_REFUSE}",
    f"CREATE TRIGGER ledger_refuses_delete BEFORE DELETE ON ledger {_REFUSE}",
    (
        "CREATE TRIGGER ledger_refuses_replace BEFORE INSERT ON ledger WHEN EXISTS "
        f"(SELECT 1 FROM ledger WHERE seq = NEW.seq OR hash = NEW.hash) {_REFUSE}"
    ),
    (
        "CREATE TRIGGER ledger_head_goes_forward BEFORE UPDATE ON ledger_head WHEN NEW.seq <= OLD.seq "
        f"OR NOT EXISTS (SELECT 1 FROM ledger WHERE seq = NEW.seq AND hash = NEW.hash) {_REFUSE}"
    ),
    f"CREATE TRIGGER ledger_head_stays BEFORE DELETE ON ledger_head {_REFUSE}",
    f"CREATE TRIGGER ledger_head_is_one BEFORE INSERT ON ledger_head {_REFUSE}",
)
_POSTGRESQL_GUARDS = (
    (
        "CREATE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    ),
    (
        "CREATE FUNCTION ledger_head_forward() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.seq <= OLD.seq OR NOT EXISTS (SELECT 1 FROM ledger WHERE seq = NEW.seq AND hash = NEW.hash) "
        f"THEN RAISE EXCEPTION '{REFUSAL}'; END IF; RETURN NEW; END $$"
    ),
    (
        "CREATE TRIGGER ledger_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses()"
    ),
    (
        "CREATE TRIGGER ledger_head_goes_forward BEFORE UPDATE ON ledger_head "
        "FOR EACH ROW EXECUTE FUNCTION ledger_head_forward()"
    ),
    (
        "CREATE TRIGGER ledger_head_stays BEFORE INSERT OR DELETE OR TRUNCATE ON ledger_head "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses()"
    ),
)


def _partial_index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
