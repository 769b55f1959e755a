"""Migration 0055: a campaign may have an open review beside that of a change, and nothing else does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from reviews.campaign import CampaignReference
from reviews.errors import Conflict
from reviews.kinds import ChangeKind, ReviewState
from store.engine import create_engine
from store.migrate import migrate
from store.schema import reviews
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, review
from tests.store.earlier_schemas import bring_to

if TYPE_CHECKING:
    from collections.abc import Iterator

BEFORE = "0054"
NAMES = ("id", "route", "state", "revision", "kind", "file_id", "title", "path", "opened_at", "changed_at")


@pytest.fixture(params=["sqlite", "postgresql"])
def old_engine(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    """Yield a database before the migration, with an open review and an answered one."""
    databases: Any = request.getfixturevalue(
        "postgres_databases" if request.param == "postgresql" else "sqlite_databases"
    )
    address = databases.empty()
    engine = create_engine(address)
    bring_to(engine, BEFORE)
    with engine.begin() as connection:
        for number, state in enumerate((ReviewState.OPEN, ReviewState.ACKNOWLEDGED), start=1):
            row = review(id=f"r{number}", file_id=f"f{number}", state=state)
            values = {name: getattr(row, name) for name in NAMES}
            lists: dict[str, Any] = {"owners": list(row.owners), "contributors": [], "folders": []}
            connection.execute(sa.insert(reviews), {**values, **lists})
    yield engine
    engine.dispose()
    if request.param == "postgresql":
        databases.give_back(address)


def open_review(engine: sa.Engine, review_id: str, **more: Any) -> None:
    with SqlUnitOfWork(engine) as work:
        work.reviews.add(review(id=review_id, file_id="f1", opened_at=START, **more))
        work.commit()


def list_indexes(engine: sa.Engine) -> set[str | None]:
    return {each["name"] for each in sa.inspect(engine).get_indexes("reviews")}


def assert_migrated(engine: sa.Engine) -> None:
    """Require that a file has one open review of a change, and one for each campaign."""
    asked: dict[str, Any] = {
        "kind": ChangeKind.CAMPAIGN,
        "campaign": CampaignReference(id="c1", name="Policies"),
    }
    assert {"one_open_review_a_file", "one_open_review_a_file_and_campaign"} & list_indexes(engine) == {
        "one_open_review_a_file_and_campaign"
    }
    with SqlUnitOfWork(engine, reading=True) as work:
        before = work.reviews.get("r1")
        assert before is not None
        assert (before.campaign, before.closed_at, before.state) == (None, None, ReviewState.OPEN)
    with pytest.raises(Conflict):
        open_review(engine, "second")
    open_review(engine, "asked", **asked)
    with pytest.raises(Conflict):
        open_review(engine, "asked-again", **asked)


def test_a_file_with_an_open_review_takes_one_of_a_campaign_beside_it(old_engine: sa.Engine) -> None:
    migrate(old_engine)

    assert_migrated(old_engine)


@pytest.mark.parametrize("old_engine", ["postgresql"], indirect=True)
@pytest.mark.parametrize("steps", [1, 2, 3, 4])
def test_one_that_was_interrupted_is_finished_by_the_next(old_engine: sa.Engine, steps: int) -> None:
    """On SQLite a migration is one transaction: there is nothing in between."""
    index = "one_open_review_a_file_and_campaign"
    statements = (
        "ALTER TABLE reviews ADD COLUMN campaign VARCHAR(32) NOT NULL DEFAULT ''",
        f"CREATE UNIQUE INDEX {index} ON reviews (route, file_id, campaign) WHERE state = 'open'",
        # What a concurrent build leaves that did not come to its end.
        f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{index}'::regclass",  # noqa: S608
        "DROP INDEX one_open_review_a_file",
    )
    with old_engine.begin() as connection:
        for statement in statements[:steps]:
            connection.exec_driver_sql(statement)

    migrate(old_engine)
    migrate(old_engine)

    assert_migrated(old_engine)
