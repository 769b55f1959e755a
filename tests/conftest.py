"""What every test may use. Nothing here stands in for our own code."""

from __future__ import annotations

import gc
import signal
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
import structlog
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2 import BytecodeCache
from werkzeug.routing import Rule

from runtime.worker.shutdown import STOP_SIGNALS
from tests import databases, order

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    import sqlalchemy as sa
    from jinja2.bccache import Bucket
    from xdist.remote import Producer

    from tests.databases import PostgresDatabases, SqliteDatabases

# How fast an example is says nothing while another worker of the suite kills and starts processes.
settings.register_profile(
    "suite", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")


class Compiled(BytecodeCache):
    """Templates that a test before has compiled: each test has an application of its own."""

    def __init__(self) -> None:
        self._bytecode: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._bytecode:
            bucket.bytecode_from_string(self._bytecode[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._bytecode[bucket.key] = bucket.bytecode_to_string()


class CompiledRule(Rule):
    """An address of a page; the function that writes it is compiled once for all applications.

    It is made from the rule's text alone, and gets the rule that it works for as an argument.
    """

    _builders: ClassVar[dict[Hashable, Any]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Any:  # noqa: FBT001, FBT002 - the base class's
        if self.defaults:
            return super()._compile_builder(append_unknown)
        key = (self.rule, *self._trace, append_unknown)
        if key not in self._builders:
            self._builders[key] = super()._compile_builder(append_unknown)
        return self._builders[key]


Flask.jinja_options = {"bytecode_cache": Compiled()}
Flask.url_rule_class = CompiledRule


def pytest_configure() -> None:
    # So that Ctrl-C ends what the tests start: all that a shell's background job starts ignores it otherwise.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # A traceback that is drawn with all that its frames hold takes a tenth of a second.
    shown = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], shown])


@pytest.fixture(autouse=True)
def _signals_arrive() -> Iterator[None]:
    """Fail after a test that leaves stop signals blocked: what a later test starts could not be ended."""
    yield
    blocked = signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
    assert not blocked & set(STOP_SIGNALS), "start what listens for signals in a process of its own"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order.sort(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> order.ByGroup | None:
    return order.ByGroup(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_finish() -> None:
    """What has been loaded stays to the end: the collector does not look through it, a thousand times."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def sqlite_databases() -> Iterator[SqliteDatabases]:
    with databases.sqlite_databases() as made:
        yield made


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[PostgresDatabases]:
    with databases.postgres_databases() as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the address of a new, migrated database; the test runs on SQLite and on PostgreSQL."""
    name = "sqlite_databases" if request.param == "sqlite" else "postgres_databases"
    made: SqliteDatabases | PostgresDatabases = request.getfixturevalue(name)
    address = made.new()
    yield address
    made.give_back(address)


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = databases.engine_on(database_url)
    yield engine
    engine.dispose()
