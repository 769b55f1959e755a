"""The acknowledge page on Flask, with a review that waits, a mail server and issuers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from store.unit_of_work import SqlUnitOfWork
from tests.databases import engine_on
from tests.edge.oidc_issuer import TENANT, OidcIssuer
from tests.edge.smtp_server import MailServer
from tests.pages.inboxes import InboxApplication, InboxVisitor, inbox_routes, open_inbox
from tests.pages.mailed_codes import desk_of, make_code_visitor
from tests.pages.past import two_routes
from tests.pages.reading import HistoryReader
from tests.pages.visitor import ReviewPageVisitor
from tests.reviews.desk import Desk
from tests.reviews.samples import LINK, routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from tests.databases import SqliteDatabases


@pytest.fixture
def database_url(sqlite_databases: SqliteDatabases) -> str:
    """Return a SQLite file: what differs between the databases is tested where the product meets them."""
    return sqlite_databases.new()


@pytest.fixture(params=["sqlite_databases", "postgres_databases"], ids=["sqlite", "postgresql"])
def database_engine(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    """Yield an engine on each database, for what many do at once."""
    engine = engine_on(request.getfixturevalue(request.param).new())
    yield engine
    engine.dispose()


@pytest.fixture
def visitor(engine: sa.Engine) -> ReviewPageVisitor:
    return ReviewPageVisitor(Desk(engine, partial(SqlUnitOfWork, engine), routes(**LINK)))


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    return Desk(engine, partial(SqlUnitOfWork, engine))


@pytest.fixture
def issuer() -> Iterator[OidcIssuer]:
    with OidcIssuer() as server:
        yield server


@pytest.fixture
def entra() -> Iterator[OidcIssuer]:
    with OidcIssuer(tenant=TENANT) as server:
        yield server


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def dana(engine: sa.Engine, server: MailServer) -> ReviewPageVisitor:
    """A person at a page that mails codes."""
    return make_code_visitor(desk_of(engine), server)


@pytest.fixture
def inbox(desk: Desk) -> InboxApplication:
    desk.follow(inbox_routes())
    return open_inbox(desk)


@pytest.fixture
def owner(inbox: InboxApplication) -> InboxVisitor:
    return inbox.visitor()


@pytest.fixture
def reader(engine: sa.Engine) -> HistoryReader:
    """Return a person who reads the history of two routes."""
    return HistoryReader(Desk(engine, partial(SqlUnitOfWork, engine), two_routes()))
