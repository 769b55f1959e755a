"""How long sessions of PostgreSQL wait, work and idle."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from runtime.web.rsgi_server import THREADS
from store.engine import connect, create_engine, create_statement_engine, read_only
from store.limits import POOLS, SESSION_LIMITS, WorkKind, use_limits_of
from store.locks import find_holder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.databases import PostgresDatabases

NAMES = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")


@pytest.fixture
def url(postgres_databases: PostgresDatabases) -> Iterator[str]:
    address = postgres_databases.new()
    yield address
    postgres_databases.give_back(address)


def limits_of(connection: sa.Connection) -> tuple[float, ...]:
    """Return the limits in force, in seconds."""
    query = sa.text("SELECT setting FROM pg_settings WHERE name = :name")
    return tuple(int(connection.execute(query, {"name": name}).scalar_one()) / 1000 for name in NAMES)


def limits_for(work: WorkKind) -> tuple[float, ...]:
    limits = SESSION_LIMITS[work]
    return limits.lock, limits.statement, limits.idle


@pytest.mark.parametrize("work", WorkKind)
def test_each_kind_of_work_has_the_limits_of_the_table_from_transaction_to_transaction(
    url: str, work: WorkKind
) -> None:
    engine = create_engine(url, work_kind=work)

    for _ in range(2):
        with engine.connect() as connection:
            assert limits_of(connection) == limits_for(work)
    engine.dispose()


def test_a_request_has_its_own_limits_on_a_session_that_a_worker_uses_too(url: str) -> None:
    engine = create_engine(url)
    requests = use_limits_of(engine, WorkKind.REQUEST)

    for each in (requests, read_only(requests)):
        with each.connect() as connection:
            process = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            assert limits_of(connection) == limits_for(WorkKind.REQUEST)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one() == process
        assert limits_of(connection) == limits_for(WorkKind.SERVE)
    engine.dispose()


def test_a_command_that_writes_loses_its_locks_as_soon_as_a_worker_and_one_that_reads_may_take_longer(
    url: str,
) -> None:
    engine = create_engine(url, work_kind=WorkKind.COMMAND)

    with connect(engine) as writes:
        assert limits_of(writes)[-1] == SESSION_LIMITS[WorkKind.WORKER].idle == 20
    for reads in (connect(engine, reading=True), read_only(engine).connect()):
        with reads:
            assert limits_of(reads) == (*limits_for(WorkKind.COMMAND)[:-1], 600)
    with connect(engine) as writes:
        assert limits_of(writes) == limits_for(WorkKind.COMMAND)
    engine.dispose()


@pytest.mark.parametrize("work", WorkKind)
def test_no_session_may_hold_its_locks_for_longer_than_twenty_seconds_without_doing_anything(
    work: WorkKind,
) -> None:
    assert 0 < SESSION_LIMITS[work].idle <= 20


def test_the_receivers_own_sessions_are_limited_too(url: str) -> None:
    engine = create_engine(url)
    others = {
        WorkKind.RECEIVE: create_statement_engine(engine),
    }

    for work, other in others.items():
        with other.connect() as connection:
            assert limits_of(connection) == limits_for(work)
        other.dispose()
    engine.dispose()


def test_the_server_is_told_to_notice_that_a_client_is_gone(postgres_databases: PostgresDatabases) -> None:
    """A socket of the machine itself has no keepalives, and says 0."""
    url = sa.make_url(postgres_databases.new())
    engine = create_engine(url.render_as_string(hide_password=False))

    with engine.connect() as connection:
        shown = connection.exec_driver_sql("SHOW tcp_keepalives_idle").scalar_one()
        local = connection.exec_driver_sql("SELECT inet_client_addr() IS NULL").scalar_one()

    assert shown == ("0" if local else "10")
    engine.dispose()


@pytest.mark.parametrize(
    ("query", "starts"), [("", "docspace-review serve "), ("application_name=mine", "mine")]
)
def test_a_session_has_a_name_unless_the_address_gives_one(url: str, query: str, starts: str) -> None:
    address = sa.make_url(url).update_query_string(query).render_as_string(hide_password=False)
    engine = create_engine(address)

    with engine.connect() as connection:
        name = connection.exec_driver_sql("SHOW application_name").scalar_one()

    assert name.startswith(starts)
    engine.dispose()


def test_a_limit_is_an_outage_and_no_mistake_of_ours(url: str) -> None:
    engine = create_engine(url, work_kind=WorkKind.RECEIVE)

    with engine.connect() as connection, pytest.raises(sa.exc.OperationalError):
        connection.exec_driver_sql("SELECT pg_sleep(30)")
    engine.dispose()


def test_who_holds_the_end_of_the_ledger_is_found_among_those_who_wait_for_it(url: str) -> None:
    engine = create_engine(url)
    with engine.connect() as idle:
        idle.exec_driver_sql("SELECT * FROM ledger_head")  # reads, and is in no one's way

        assert find_holder(engine) is None

        with engine.connect() as holding:
            holding.exec_driver_sql("SELECT * FROM ledger_head FOR UPDATE")
            process = holding.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            holder = find_holder(engine)

    assert holder is not None
    assert holder.process == process
    assert holder.name.startswith("docspace-review serve ")
    assert holder.state == "idle in transaction"
    engine.dispose()


def most(*kinds: WorkKind) -> int:
    return sum(POOLS[work].size + POOLS[work].max_overflow for work in kinds)


def test_a_job_that_finds_no_connection_free_waits_for_one(url: str) -> None:
    engine = create_engine(url, work_kind=WorkKind.WORKER)
    got, asks = threading.Event(), threading.Event()

    def ask() -> None:
        asks.set()
        with engine.connect():
            got.set()

    with ExitStack() as held:
        for _ in range(most(WorkKind.WORKER)):
            held.enter_context(engine.connect())
        job = threading.Thread(target=ask)
        job.start()
        asks.wait(60)
        assert not got.wait(1.5)
    assert got.wait(60)
    job.join(60)
    engine.dispose()


def test_each_thread_of_the_web_server_has_a_connection() -> None:
    assert most(WorkKind.REQUEST) == THREADS


def test_the_page_says_how_many_connections_a_process_takes() -> None:
    page = " ".join((Path(__file__).parents[2] / "docs/deploy.md").read_text().split())
    worker = most(WorkKind.WORKER, WorkKind.BEAT) + 1
    web = most(WorkKind.REQUEST, WorkKind.RECEIVE) + 1
    both = most(WorkKind.SERVE, WorkKind.RECEIVE, WorkKind.BEAT) + 1
    worker_with_socket = most(WorkKind.SERVE, WorkKind.BEAT) + 1

    assert f"a worker takes up to {worker} connections and a web process up to {web}" in page
    assert f"`serve` on PostgreSQL, web and worker in one process, takes up to {both}" in page
    assert f"people wait for the worker, which takes up to {worker_with_socket}" in page
