"""The guards: triggers that make the database refuse changes to the ledger, and a check of them.

Migration 0001 made them. The owner of the tables can remove or replace them. So they are compared word for
word with the expected text, and restored when an operator asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from store.engine import read_only

_ON_SQLITE = {
    "ledger_refuses_update": ("ledger", "BEFORE UPDATE ON ledger"),
    "ledger_refuses_delete": ("ledger", "BEFORE DELETE ON ledger"),
    "ledger_refuses_replace": (
        "ledger",
        "BEFORE INSERT ON ledger WHEN EXISTS (SELECT 1 FROM ledger WHERE seq = NEW.seq OR hash = NEW.hash)",
    ),
    "ledger_head_goes_forward": (
        "ledger_head",
        (
            "BEFORE UPDATE ON ledger_head WHEN NEW.seq <= OLD.seq "
            "OR NOT EXISTS (SELECT 1 FROM ledger WHERE seq = NEW.seq AND hash = NEW.hash)"
        ),
    ),
    "ledger_head_stays": ("ledger_head", "BEFORE DELETE ON ledger_head"),
    "ledger_head_is_one": ("ledger_head", "BEFORE INSERT ON ledger_head"),
}
"""By name, the table of each guard and when it fires."""
_FUNCTIONS = {
    "ledger_refuses": " BEGIN RAISE EXCEPTION 'the ledger is append-only'; END ",
    "ledger_head_forward": (
        " BEGIN IF NEW.seq <= OLD.seq OR NOT EXISTS "
        "(SELECT 1 FROM ledger WHERE seq = NEW.seq AND hash = NEW.hash) "
        "THEN RAISE EXCEPTION 'the ledger is append-only'; END IF; RETURN NEW; END "
    ),
}
# PostgreSQL's numbers for when a trigger fires: catalog/pg_trigger.h.
_ROW, _BEFORE, _INSERT, _DELETE, _UPDATE, _TRUNCATE = (1 << bit for bit in range(6))


@dataclass(frozen=True, kw_only=True)
class _Trigger:
    table: str
    function: str
    fires: int
    when: str


_ON_POSTGRESQL = {
    "ledger_refuses_change": _Trigger(
        table="ledger", function="ledger_refuses", fires=_BEFORE | _UPDATE | _DELETE | _TRUNCATE,
        when="BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger FOR EACH STATEMENT",
    ),
    "ledger_head_goes_forward": _Trigger(
        table="ledger_head", function="ledger_head_forward", fires=_ROW | _BEFORE | _UPDATE,
        when="BEFORE UPDATE ON ledger_head FOR EACH ROW",
    ),
    "ledger_head_stays": _Trigger(
        table="ledger_head", function="ledger_refuses", fires=_BEFORE | _INSERT | _DELETE | _TRUNCATE,
        when="BEFORE INSERT OR DELETE OR TRUNCATE ON ledger_head FOR EACH STATEMENT",
    ),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class MissingGuard:
    """A guard that is not in force: its name and table, and why in words that follow "the guard … is"."""

    guard: str
    table: str
    reason: str


def find_missing_guards(engine: sa.Engine) -> list[MissingGuard]:
    """Return the guards that are not in force, as far as this connection can see.

    A session that switched off triggers only for itself is not visible from another one.
    """
    with read_only(engine).connect() as connection:
        return _find_gaps(connection)


def restore_guards(engine: sa.Engine) -> list[MissingGuard]:
    """Restore the guards that are not in force, and return them."""
    with engine.begin() as connection:
        gaps = _find_gaps(connection)
        for gap in gaps:
            _restore(connection, gap.guard)
    return gaps


def _find_gaps(connection: sa.Connection) -> list[MissingGuard]:
    return (
        _find_gaps_on_sqlite(connection) if _is_sqlite(connection) else _find_gaps_on_postgresql(connection)
    )


def _is_sqlite(connection: sa.Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _find_gaps_on_sqlite(connection: sa.Connection) -> list[MissingGuard]:
    query = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = {row.name: row.sql for row in connection.execute(query)}
    gaps = []
    for name, (table, _) in _ON_SQLITE.items():
        if name not in triggers:
            gaps.append(MissingGuard(guard=name, table=table, reason="missing"))
        elif triggers[name] != _build_sqlite_statement(name):
            gaps.append(MissingGuard(guard=name, table=table, reason="another than ours"))
    return gaps


def _build_sqlite_statement(name: str) -> str:
    refusal = "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    return f"CREATE TRIGGER {name} {_ON_SQLITE[name][1]} {refusal}"


_TRIGGERS_QUERY = sa.text(
    "SELECT tgname, CAST(tgenabled AS text) AS enabled, tgtype, proname, prosrc, lanname, "
    "tgqual IS NULL AND cardinality(CAST(tgattr AS int2[])) = 0 AND proconfig IS NULL AS plain "
    "FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid JOIN pg_language ON pg_language.oid = prolang "
    "WHERE tgrelid = to_regclass(:table) AND NOT tgisinternal"
)
_ROLE = sa.text("SELECT current_setting('session_replication_role')")


def _find_gaps_on_postgresql(connection: sa.Connection) -> list[MissingGuard]:
    tables = {trigger.table for trigger in _ON_POSTGRESQL.values()}
    triggers = {
        (table, row.tgname): row
        for table in tables
        for row in connection.execute(_TRIGGERS_QUERY, {"table": table})
    }
    replica = connection.execute(_ROLE).scalar_one() == "replica"
    gaps = []
    for name, trigger in _ON_POSTGRESQL.items():
        reason = _explain_gap(trigger, triggers.get((trigger.table, name)), replica=replica)
        if reason:
            gaps.append(MissingGuard(guard=name, table=trigger.table, reason=reason))
    return gaps


def _explain_gap(trigger: _Trigger, row: sa.Row[tuple[object, ...]] | None, *, replica: bool) -> str | None:
    """Return why a trigger is not in force; `None` if it is."""
    if row is None:
        return "missing"
    expected = (trigger.fires, trigger.function, _FUNCTIONS[trigger.function], "plpgsql", True)
    if (row.tgtype, row.proname, row.prosrc, row.lanname, row.plain) != expected:
        return "another than ours"
    if row.enabled not in {"O", "A"}:
        return "disabled"
    if replica and row.enabled != "A":
        return "switched off by session_replication_role = replica"
    return None


def _restore(connection: sa.Connection, name: str) -> None:
    if _is_sqlite(connection):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        connection.exec_driver_sql(_build_sqlite_statement(name))
        return
    trigger = _ON_POSTGRESQL[name]
    function, text = trigger.function, _FUNCTIONS[trigger.function]
    head = f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS"
    connection.exec_driver_sql(f"{head} $${text}$$")
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {trigger.table}")
    connection.exec_driver_sql(f"CREATE TRIGGER {name} {trigger.when} EXECUTE FUNCTION {function}()")
