"""Whether a person is signed in is not known without the database: then no page shows or ends anything."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reviews.identity import Identity, ProvenPerson
from runtime.settings.settings import parse_settings
from runtime.web.application import build_application
from runtime.wiring.databases import get_utc_time
from runtime.wiring.wiring import Wiring
from tests.keys import SECRET_KEY
from tests.pages.proving import let_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from tests.databases import SqliteDatabases

OWNER = "o@company.com"
ROUTES = f'[[route]]\nwatch = ["1"]\nowners = ["{OWNER}"]\nnotify = ["inbox"]\n'


@pytest.fixture
def wiring(sqlite_databases: SqliteDatabases) -> Wiring:
    values = {
        "database_url": sqlite_databases.new(),
        "docspace_webhook_secret": "Compl1ance!",
        "secret_key": SECRET_KEY,
        "smtp_url": "smtps://mail.company.com",
        "mail_from": "reviews@company.com",
        "routes": ROUTES,
    }
    return Wiring(parse_settings(values))


@pytest.fixture
def client(wiring: Wiring) -> FlaskClient:
    client = build_application(wiring).test_client()
    olga = ProvenPerson(identity=Identity.MAIL_CODE, name="Olga", addresses=(OWNER,))
    let_in(client, olga, at=get_utc_time())
    return client


@pytest.fixture
def take_away(wiring: Wiring) -> Callable[[], None]:
    def take() -> None:
        for engine in (wiring.engine, wiring.request_engine):
            engine.dispose()
        file = Path(wiring.engine.url.database or "")
        file.unlink()
        file.mkdir()

    return take


def test_without_the_database_no_one_counts_as_signed_in(
    client: FlaskClient, take_away: Callable[[], None]
) -> None:
    paths = ("/inbox", "/reviews", "/")
    before = [client.get(path).status_code for path in paths]

    take_away()

    answers = [client.get(path) for path in paths]
    assert before == [200, 200, 303]
    assert [each.status_code for each in answers] == [503] * 3
    assert all("The database does not answer. Try again in a moment." in each.text for each in answers)


def test_a_session_that_could_not_be_ended_is_not_said_to_have_ended(
    client: FlaskClient, take_away: Callable[[], None]
) -> None:
    [token] = re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/inbox").text)[:1]

    take_away()

    answer = client.post("/inbox/not-me", data={"csrf_token": token})
    assert (answer.status_code, answer.headers.get("Set-Cookie")) == (503, None)
