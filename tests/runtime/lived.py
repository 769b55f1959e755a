"""A record in which everything has happened that can happen to a review, and how to forge a value in it."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.identity import Reviewer
from reviews.kinds import Decision
from store.clock import Utc
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.desk import Desk, build_answer_request, make_review_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import DEPUTY, OWNER, START, event, routes

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = "f1"
ILZE = Reviewer(name="Ilze Kalna", email=DEPUTY, docspace_id="i1")
PERSON = {"id": "e1", "name": "Eve", "email": "eve@example.com"}
# What stands where only some values can be read; elsewhere it follows from the column's type.
FORGED: dict[str, Any] = {
    "reviews.state": "acknowledged",
    "reviews.kind": "renamed",
    "reviews.contributors": [PERSON],
    "reviews.owners": ["eve@example.com"],
    "reviews.carried": {
        "review_id": "rev-9",
        "version": 9,
        "people": [{"name": "Mallory"}],
        "acknowledged_at": "2026-03-01T09:00:00+00:00",
        "at": "2026-03-01T09:00:00+00:00",
    },
    "reviews.contents": {"count": 1, "titles": ["Forged.docx"]},
    "reviews.folders": ["1"],
    "reviews.handed_over": {"by": {"name": "Eve"}, "to": {"name": "Eve"}, "at": START.isoformat()},
    "reviews.snoozer": {"name": "Eve"},
    "reviews.last_step": {
        "action": "escalate",
        "at": START.isoformat(),
        "after": "75%",
        "whom": ["eve@example.com"],
    },
    "reviews.stand_ins": [
        {"absent": owner, "people": ["eve@example.com"], "until": START.isoformat()}
        for owner in (OWNER, DEPUTY, "eve@example.com")
    ],
    "reviews.acts": [{"kind": "renamed", "people": [PERSON]}],
    "reviews.marks": ["content", "by:eve@example.com"],
    "answers.decision": "request_changes",
    "answers.reviewer": {"name": "Eve", "email": DEPUTY, "docspace_id": "i1"},
    "answers.identity": "link",
    "answers.proof": {"team": "T9"},
}


def live_through(engine: sa.Engine) -> None:
    """Fill a database: a review of two answers that a newer one followed, which was passed on and lapsed."""
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    hours = routes(owners=(OWNER,), deputies=(DEPUTY,), due=timedelta(hours=8), remind=timedelta(hours=2))
    desk.follow(hours)
    desk.open(event(file_id=FILE))
    desk.clock.advance(minutes=5)
    desk.portal.versions[FILE] += 1
    review = desk.open(event(file_id=FILE))
    desk.clock.advance(hours=3)
    desk.look()
    desk.hand_over.snooze(make_review_request(review), until=desk.clock() + timedelta(hours=1))
    desk.hand_over.reassign(make_review_request(review), new_owner=make_proven_person(ILZE))
    desk.clock.advance(hours=9)
    desk.look()
    proof = {"team": "T1", "user": "U2"}
    desk.answers.record_answer(build_answer_request(review, reviewer=ILZE, proof=proof, note="Fine"))
    desk.answers.withdraw(make_review_request(review, ILZE, proof=proof))
    desk.clock.advance(minutes=1)
    returned = build_answer_request(
        review, reviewer=ILZE, decision=Decision.REQUEST_CHANGES, note="Section 4 is missing"
    )
    desk.answers.record_answer(returned)
    desk.portal.versions[FILE] += 1
    desk.open(event(file_id=FILE))


def intruder(engine: sa.Engine) -> sa.Engine:
    """Return an engine of an owner of the database: no foreign key and no trigger holds them up."""
    url = engine.url.render_as_string(hide_password=False)
    if engine.dialect.name == "sqlite":
        owner = sa.create_engine(url)
        with owner.begin() as connection:
            query = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for trigger in connection.execute(query).scalars().all():
                connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        return owner
    return sa.create_engine(url, connect_args={"options": "-c session_replication_role=replica"})


@contextmanager
def forged(owner: sa.Engine, *columns: sa.Column[Any]) -> Iterator[None]:
    """Have other values in the first row of a table for a while."""
    table = columns[0].table
    keys = list(table.primary_key.columns)
    with owner.begin() as connection:
        row = connection.execute(sa.select(table).order_by(*keys).limit(1)).mappings().one()
        values = dict(row)
        there = values | {each.name: _forge(each, values[each.name]) for each in columns}
        _write(connection, table, values, there)
    yield
    with owner.begin() as connection:
        _write(connection, table, there, values)


def _write(connection: sa.Connection, table: sa.Table, before: dict[str, Any], after: dict[str, Any]) -> None:
    mine = [key == before[key.name] for key in table.primary_key.columns]
    changed = {name: value for name, value in after.items() if before[name] != value}
    assert connection.execute(sa.update(table).where(*mine).values(changed)).rowcount == 1


def _forge(column: sa.Column[Any], value: Any) -> Any:
    name = f"{column.table.name}.{column.name}"
    if name in FORGED:
        assert value != FORGED[name], name
        return FORGED[name]
    if isinstance(column.type, Utc):
        return (value or START) + timedelta(days=1)
    if isinstance(column.type, sa.Boolean):
        return not value
    if isinstance(column.type, sa.Integer):
        return (value or 0) + 90
    return b"forged" if isinstance(column.type, sa.LargeBinary) else "forged"
