"""The triggers that refuse changes of the ledger: whether they are in force, and how they come back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from reviews.ledger.findings import LedgerPart
from runtime.ledger_verification.ledger_check import check_ledger
from store.guards import find_missing_guards, restore_guards
from tests.databases import engine_on

SQLITE = (
    "ledger_head_goes_forward", "ledger_head_is_one", "ledger_head_stays", "ledger_refuses_delete",
    "ledger_refuses_replace", "ledger_refuses_update",
)  # fmt: skip
POSTGRESQL = {
    "ledger_refuses_change": "ledger",
    "ledger_head_goes_forward": "ledger_head",
    "ledger_head_stays": "ledger_head",
}
NOTHING = "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$"
# By name: what is done to a guard, and why it is not in force then.
ON_SQLITE = {
    "dropped": (("DROP TRIGGER ledger_refuses_update",), "ledger_refuses_update", "missing"),
    "with a condition": (
        (
            "DROP TRIGGER ledger_refuses_delete",
            (
                "CREATE TRIGGER ledger_refuses_delete BEFORE DELETE ON ledger WHEN OLD.seq > 9 "
                "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
            ),
        ),
        "ledger_refuses_delete",
        "another than ours",
    ),
}
ON_POSTGRESQL = {
    "dropped": (("DROP TRIGGER ledger_refuses_change ON ledger",), "ledger_refuses_change", "missing"),
    "disabled": (
        ("ALTER TABLE ledger DISABLE TRIGGER ledger_refuses_change",), "ledger_refuses_change", "disabled"),
    "for replicas alone": (
        ("ALTER TABLE ledger ENABLE REPLICA TRIGGER ledger_refuses_change",),
        "ledger_refuses_change",
        "disabled",
    ),
    "with another function": (
        (f"CREATE OR REPLACE FUNCTION ledger_head_forward() {NOTHING}",),
        "ledger_head_goes_forward",
        "another than ours",
    ),
    "for one column": (
        (
            "DROP TRIGGER ledger_refuses_change ON ledger",
            ("CREATE TRIGGER ledger_refuses_change BEFORE UPDATE OF at OR DELETE OR TRUNCATE ON ledger "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses()"),
        ),
        "ledger_refuses_change",
        "another than ours",
    ),
    "for fewer statements": (
        (
            "DROP TRIGGER ledger_refuses_change ON ledger",
            ("CREATE TRIGGER ledger_refuses_change BEFORE UPDATE OR DELETE ON ledger "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses()"),
        ),
        "ledger_refuses_change",
        "another than ours",
    ),
}  # fmt: skip
WAYS = [("sqlite", *way) for way in ON_SQLITE.values()] + [
    ("postgresql", *way) for way in ON_POSTGRESQL.values()
]
NAMES = [f"{name} on SQLite" for name in ON_SQLITE] + [f"{name} on PostgreSQL" for name in ON_POSTGRESQL]


def test_the_migrations_leave_no_gap(engine: sa.Engine) -> None:
    assert find_missing_guards(engine) == []
    assert restore_guards(engine) == []


def test_every_guard_that_is_gone_is_named_and_comes_back(engine: sa.Engine) -> None:
    if engine.dialect.name == "sqlite":
        dropped = [f"DROP TRIGGER {name}" for name in SQLITE]
    else:
        dropped = [f"DROP TRIGGER {name} ON {table}" for name, table in POSTGRESQL.items()]
    with engine.begin() as connection:
        for statement in dropped:
            connection.exec_driver_sql(statement)

    gaps = restore_guards(engine)

    assert [gap.reason for gap in gaps] == ["missing"] * len(dropped)
    assert find_missing_guards(engine) == []
    with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="append-only"):
        connection.exec_driver_sql("DELETE FROM ledger_head")


@pytest.mark.parametrize(
    ("database_url", "statements", "guard", "why"), WAYS, ids=NAMES, indirect=["database_url"]
)
def test_a_guard_out_of_force_is_found_with_its_reason_by_verify_too_and_mended(
    engine: sa.Engine, statements: tuple[str, ...], guard: str, why: str
) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)

    [gap] = find_missing_guards(engine)
    verdict = check_ledger(engine)

    assert (gap.guard, gap.reason) == (guard, why)
    [finding] = verdict.findings
    assert (verdict.intact, finding.part, finding.member) == (False, LedgerPart.GUARD, guard)
    assert f"{guard} of the table {gap.table} is {why}: run docspace-review ledger restore" in finding.says
    restore_guards(engine)
    assert check_ledger(engine).intact


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_in_the_role_of_a_replica_has_no_guards_in_force(database_url: str) -> None:
    engine = engine_on(database_url)
    name = sa.make_url(database_url).database
    with engine.begin() as connection:
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET session_replication_role = replica')
    engine.dispose()

    gaps = find_missing_guards(engine)

    engine.dispose()
    assert {gap.guard for gap in gaps} == set(POSTGRESQL)
    assert {gap.reason for gap in gaps} == {"switched off by session_replication_role = replica"}
