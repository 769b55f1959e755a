"""What each response of each door carries, and what is said where the database does not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pages.links import SelectedRevision
from runtime.settings.settings import parse_settings
from runtime.web.application import build_application
from runtime.wiring.wiring import Wiring
from tests.runtime.open_doors import VALUES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

ADDRESSES = [
    "/", "/healthz", "/metrics", "/reviews", "/inbox", "/inbox/events", "/ack/junk", "/test/junk", "/nowhere",
    "/static/pages/page.css", "/sign-in/junk", "/slack/events", "/teams/messages", "/teams/command",
    "/docspace/webhook", "//reviews", "/reviews/", "/%ff",
]  # fmt: skip


@pytest.fixture(scope="module")
def wiring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiring]:
    """Everything, on a database without a single table, which no request adds."""
    file = tmp_path_factory.mktemp("responses") / "empty.db"
    wiring = Wiring(parse_settings({**VALUES, "database_url": f"sqlite:///{file}"}))
    yield wiring
    wiring.engine.dispose()


@pytest.fixture(scope="module")
def application(wiring: Wiring) -> Flask:
    return build_application(wiring)


@pytest.fixture
def client(application: Flask) -> FlaskClient:
    """Return a browser of the test's own."""
    return application.test_client()


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "DELETE"])
def test_every_response_is_taken_for_what_it_says_it_is_and_runs_nothing_of_others(
    client: FlaskClient, method: str, address: str
) -> None:
    answer = client.open(address, method=method, data=b"{}" if method == "POST" else b"")

    assert answer.headers.getlist("X-Content-Type-Options") == ["nosniff"]
    [policy] = answer.headers.getlist("Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("address", [*ADDRESSES, "//evil.example/reviews", "/reviews//", "/\\evil.example"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_response_leads_to_the_host_that_a_request_claims(
    client: FlaskClient, method: str, address: str
) -> None:
    answer = client.open(address, method=method, headers={"Host": "evil.example"})

    assert "evil.example" not in answer.headers.get("Location", "")


def test_a_page_says_that_the_database_does_not_answer(wiring: Wiring, client: FlaskClient) -> None:
    token = wiring.links.make_token(SelectedRevision(review_id="r-1", revision=1))

    answer = client.get(f"/ack/{token}", headers={"Accept-Language": "de"})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Die Datenbank antwortet nicht" in answer.text
    assert client.get("/healthz").status_code == 503
