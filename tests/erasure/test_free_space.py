"""What was deleted is cleaned from the files of SQLite, while others read them, and from statistics."""

from __future__ import annotations

from functools import partial

import pytest
import sqlalchemy as sa

from store import schema
from store.erasure.free_space import SpaceInUse, clean_free_space
from store.unit_of_work import SqlUnitOfWork
from tests.databases import ON_POSTGRESQL, ON_SQLITE
from tests.erasure.erasing import erase, reopen
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.samples import OWNER, event
from tests.runtime.lived import live_through


@ON_SQLITE
def test_a_reader_holds_up_the_cleaning_of_free_pages(engine: sa.Engine) -> None:
    live_through(engine)
    with engine.connect().execution_options(reading=True) as reader:
        reader.execute(sa.select(schema.reviews)).all()
        with pytest.raises(SpaceInUse):
            clean_free_space(engine, max_wait=0)

    clean_free_space(engine)


@ON_SQLITE
def test_a_file_is_written_anew_once_while_a_reader_holds_up_its_log(engine: sa.Engine) -> None:
    live_through(engine)
    statements: list[str] = []
    engine.dispose()
    sa.event.listen(engine, "connect", lambda driver, _: driver.set_trace_callback(statements.append))
    other = reopen(engine)
    with other.connect().execution_options(reading=True) as reader:
        reader.execute(sa.select(schema.reviews)).all()
        with pytest.raises(SpaceInUse):
            clean_free_space(engine, max_wait=1.2)  # a try takes a second
    other.dispose()

    assert statements.count("VACUUM") == 1
    assert sum("wal_checkpoint" in each for each in statements) > 1


@ON_POSTGRESQL
def test_the_statistics_of_a_table_forget_the_person(engine: sa.Engine) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    for number in range(20):
        desk.answers.record_answer(build_answer_request(desk.open(event(file_id=f"f{number}"))))
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("ANALYZE")
        assert OWNER in read_statistics(connection)

    erase(engine, OWNER)

    with engine.connect() as connection:
        assert OWNER not in read_statistics(connection)


def read_statistics(connection: sa.Connection) -> str:
    values = "most_common_vals::text, histogram_bounds::text, most_common_elems::text"
    query = sa.text(f"SELECT {values} FROM pg_stats WHERE schemaname = 'public'")  # noqa: S608 - our own names
    return str(connection.execute(query).all())
