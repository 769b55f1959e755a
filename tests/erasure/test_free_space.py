"""What was deleted is cleaned from the files of SQLite, while others read them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from store import schema
from store.erasure.free_space import SpaceInUse, clean_free_space
from tests.databases import ON_SQLITE
from tests.erasure.erasing import reopen
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
