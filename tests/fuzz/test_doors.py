"""Whatever comes to a door: no error of ours, no secret in the answer, nothing unproven believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.installation import open_installation
from tests.fuzz.properties import DOORS, FORGED, mistakes
from tests.fuzz.sending import RawRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.databases import SqliteDatabases
    from tests.fuzz.installation import FuzzedApplication

# Threads of the installation draw random numbers meanwhile, which Hypothesis takes for those of a strategy.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
ONE_INSTALLATION = settings(
    derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck), print_blob=False
)
"""A failure is shown as it was sent: to look for a smaller one would take minutes."""


@pytest.fixture(scope="module")
def at(sqlite_databases: SqliteDatabases) -> Iterator[FuzzedApplication]:
    with open_installation(sqlite_databases.new()) as made:
        yield made


@pytest.fixture(scope="module")
def untouched(sqlite_databases: SqliteDatabases) -> Iterator[FuzzedApplication]:
    """Return an installation at which no request proves anything."""
    with open_installation(sqlite_databases.new()) as made:
        yield made


@pytest.mark.parametrize("door", DOORS)
def test_whatever_is_sent_is_answered_without_an_error_of_ours(at: FuzzedApplication, door: str) -> None:
    @ONE_INSTALLATION
    @given(data=st.data())
    def holds(data: st.DataObject) -> None:
        request = data.draw(requests)
        answer = at.send(request)
        assert mistakes(at, request, answer) == []

    requests = DOORS[door](at)
    holds()

    assert at.problem() is None


@pytest.mark.parametrize("door", FORGED)
def test_unproven_requests_change_nothing(untouched: FuzzedApplication, door: str) -> None:
    @ONE_INSTALLATION
    @given(data=st.data())
    def holds(data: st.DataObject) -> None:
        request = data.draw(requests)
        answer = untouched.send(request)
        assert mistakes(untouched, request, answer) == []
        assert untouched.counts() == before

    requests = FORGED[door](untouched)
    before = untouched.counts()
    holds()

    assert untouched.problem() is None


@pytest.mark.parametrize("path", ["/reviews//x", "/ack//x", "/sign-in//to/reviews", "//reviews", "/inbox/"])
def test_no_redirect_goes_where_the_host_header_says(untouched: FuzzedApplication, path: str) -> None:
    answer = untouched.send(RawRequest(method="GET", path=path, headers={"Host": "evil.example"}))

    assert "evil.example" not in answer.headers.get("location", "")


@pytest.mark.parametrize("path", ["/inbox/reviews/%00", "/reviews/rev-1%00", "/inbox/events?review=%00"])
def test_an_address_with_a_nul_is_refused_before_a_database_sees_it(
    untouched: FuzzedApplication, path: str
) -> None:
    cookie = {"Cookie": untouched.signed_in[0].cookie}

    assert untouched.send(RawRequest(method="GET", path=path, headers=cookie)).status == 400


@pytest.mark.parametrize("path", ["/ack/x?a=%00", "/ack/%00", "/test/x?a=%00"])
def test_a_link_that_is_not_ours_gets_its_page_also_with_a_nul(
    untouched: FuzzedApplication, path: str
) -> None:
    answer = untouched.send(RawRequest(method="GET", path=path))

    assert (answer.status, answer.headers["content-language"]) == (404, "en")
