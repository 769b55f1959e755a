"""A campaign from the command line: people are asked, acknowledge in Slack, and the figures say so."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from demo import ALICE, BOB, COMPLIANCE, OLGA, DemoPortal
from tests.journeys.installation import SERVE, SPLIT
from tests.journeys.processes import eventually
from tests.journeys.running_installation import (
    BOB_IN_SLACK,
    OLGA_IN_SLACK,
    RunningInstallation,
    make_missing_sqlite_address,
    route,
    run_installation,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.edge.fake_slack import FakeSlack

NAME = "Policies 2026"
TITLES = ("Gifts.docx", "Travel.docx")


def add_documents(portal: DemoPortal, _slack: FakeSlack) -> None:
    for title in TITLES:
        portal.add_file(title, COMPLIANCE, by=ALICE.id)


@pytest.fixture(params=["sqlite, serve", "postgresql, web and worker"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningInstallation]:
    is_sqlite = request.param.startswith("sqlite")
    address = (
        make_missing_sqlite_address(tmp_path)
        if is_sqlite
        else request.getfixturevalue("postgres_databases").new()
    )
    names = SERVE if is_sqlite else SPLIT
    with run_installation(address, tmp_path, names=names, routes=route(), prepare=add_documents) as running:
        yield running


def show(opened: RunningInstallation) -> dict[str, Any]:
    shown: dict[str, Any] = opened.product.json("campaign", "show", NAME)
    return shown


def acknowledge_all(opened: RunningInstallation, user: str) -> None:
    """Acknowledge in the person's Home what the campaign asks them for."""
    for _document in TITLES:
        home = open_home(opened, user)
        assert opened.side.click_in_view(user, home, "acknowledge_review").status == 200


def open_home(opened: RunningInstallation, user: str) -> Any:
    """Open a person's Home, and return it with what waits for them."""
    before = opened.slack.home(user)
    assert opened.side.open_home(user).status == 200
    return eventually(lambda: _if_newer(opened.slack.home(user), before))


def _if_newer(home: Any, before: Any) -> Any:
    is_newer = home is not None and (before is None or home["hash"] != before["hash"])
    return home if is_newer and "acknowledge_review" in str(home["blocks"]) else None


def test_people_are_asked_and_acknowledge_each_document(opened: RunningInstallation) -> None:
    day = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    people = ("--owners", f"{OLGA.email},{BOB.email}")

    started = opened.product.run(
        "campaign", "start", NAME, "--folder", str(COMPLIANCE), *people, "--due", day
    )

    assert (started.returncode, started.stderr) == (0, "")
    assert "2 people to acknowledge 2 documents" in started.stdout
    assert (show(opened)["state"], show(opened)["percent"]) == ("running", 0)

    for user in (OLGA_IN_SLACK, BOB_IN_SLACK):
        acknowledge_all(opened, user)

    eventually(lambda: show(opened)["percent"] == 100)
    rows = list(csv.DictReader(io.StringIO(opened.product.run("campaign", "show", NAME, "--csv").stdout)))
    assert [(row["document"], row["person"], row["answered_version"]) for row in rows] == [
        (title, person.email, "1") for title in TITLES for person in (OLGA, BOB)
    ]
    assert all(row["acknowledged_at"] and row["identity"] == "slack" for row in rows)
    verified = opened.product.run("ledger", "verify")
    assert verified.returncode == 0, verified.stdout
