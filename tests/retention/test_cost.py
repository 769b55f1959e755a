"""What a pass costs: what may go, however much is kept for ever. The databases count what they read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.identity import Person
from reviews.kinds import ChangeKind
from reviews.ports.listing import MarkKind
from runtime.worker.retention_rounds import build_rules
from store.engine import create_engine
from store.marks import format_mark
from store.schema import review_index
from store.unit_of_work import SqlUnitOfWork
from tests.databases import PostgresDatabases
from tests.retention.removing import KEEP_PERIOD
from tests.reviews.samples import START, notice
from tests.store.many_rows import FIRST, fill
from tests.store.reads import count_reads, list_statements

if TYPE_CHECKING:
    from runtime.worker.retention_rounds import RetentionRule
    from tests.databases import SqliteDatabases

SHORT, LONG = 300, 1200
SLACK = 100
NOW = START + timedelta(days=4000)
PERSON = "left"


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_a_pass_reads_no_more_however_much_is_kept_for_ever(
    database: str, request: pytest.FixtureRequest
) -> None:
    databases: SqliteDatabases | PostgresDatabases = request.getfixturevalue(f"{database}_databases")
    addresses = [databases.new() for _ in range(2)]
    short, long = map(_count_reads_of_a_pass, addresses, (SHORT, LONG))
    if isinstance(databases, PostgresDatabases):
        for address in addresses:
            databases.give_back(address)

    assert {name: (short[name], long[name]) for name in short if long[name] > 1.5 * short[name] + SLACK} == {}


def _count_reads_of_a_pass(address: str, count: int) -> dict[str, int]:
    """Return what each rule reads where the pass before has removed all that may go."""
    engine = create_engine(address)
    fill(engine, count)
    _tell_how_reviews_ended(engine, count)
    _name_old_person(engine, count)
    rules = build_rules(engine, keep_events=KEEP_PERIOD, keep_reviews=None, min_kept=1)
    for rule in rules.values():
        _walk(rule)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE")
    reads = {}
    for name, rule in rules.items():
        statements = list_statements(engine, lambda rule=rule: _walk(rule))  # type: ignore[misc]
        reads[name] = count_reads(engine, statements)
    engine.dispose()
    return reads


def _walk(rule: RetentionRule) -> None:
    after = rule.start
    while after is not None:
        after = rule.step(after, NOW).after


def _tell_how_reviews_ended(engine: sa.Engine, count: int) -> None:
    """Tell it of each review: none is superseded, so each of these notices is needed."""
    with SqlUnitOfWork(engine) as work:
        for number in range(FIRST, FIRST + count):
            cause = "outcome:1:1:acknowledged:lee@example.com"
            work.cards.owe_notice(("slack", "U1"), notice(), cause=cause, review_id=f"r{number}")
        work.commit()
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE cards SET state = 'posted', drawn = wanted, handed_over = wanted, "
            "due_since = '2020-01-01 00:00:00' WHERE cause <> ''"
        )


def _name_old_person(engine: sa.Engine, count: int) -> None:
    """Have each review name a person who was seen long ago."""
    with SqlUnitOfWork(engine) as work:
        work.people.remember(Person(id=PERSON, name="Lee"), at=START)
        work.commit()
    marks = {"value": format_mark(MarkKind.CONTRIBUTOR, PERSON), "kind": ChangeKind.CONTENT}
    with engine.begin() as connection:
        rows = [{**marks, "seq": number} for number in range(FIRST, FIRST + count)]
        connection.execute(sa.insert(review_index), rows)
