"""The connections to the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store.engine import create_engine, create_statement_engine

if TYPE_CHECKING:
    from tests.databases import PostgresDatabases


def test_a_server_that_is_not_reached_any_more_counts_as_gone_within_seconds(
    postgres_databases: PostgresDatabases,
) -> None:
    engine = create_engine(postgres_databases.new())
    engines = [engine, create_statement_engine(engine)]

    said = []
    for each in engines:
        with each.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            said.append(driver.info.get_parameters())
        each.dispose()

    limits = [(each["tcp_user_timeout"], each["keepalives_idle"]) for each in said]
    assert limits == [("10000", "5")] * 2
