"""The rounds in which the worker asks who is in the user groups that the routes name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notifiers.slack import make_client
from notifiers.slack.groups import SlackGroups
from runtime.settings.settings import parse_settings
from runtime.wiring.wiring import Wiring
from runtime.worker.group_rounds import GroupRounds
from store.migrate import migrate
from tests.edge.fake_slack import FakeSlack
from tests.journeys.processes import eventually
from tests.reviews.samples import OWNER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.databases import SqliteDatabases

TEAM = "@compliance-team"
ROUTES = f'[[route]]\nname = "compliance"\nwatch = ["1"]\nowners = ["{TEAM}"]\nnotify = ["slack:C1"]\n'


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as fake:
        fake.add_person("U1", "Dana Ozola", OWNER)
        fake.add_group("S1", TEAM.removeprefix("@"), "U1")
        yield fake


@pytest.fixture
def wiring(slack: FakeSlack, sqlite_databases: SqliteDatabases) -> Iterator[Wiring]:
    values = {
        "database_url": sqlite_databases.new(),
        "routes": ROUTES,
        "docspace_api_host": "https://acme.onlyoffice.com",
        "docspace_webhook_secret": "Compl1ance!",
        "slack_bot_token": slack.token,
        "slack_api_url": slack.api_url,
    }
    wiring = Wiring(parse_settings(values))
    migrate(wiring.engine)
    yield wiring
    wiring.engine.dispose()


@pytest.mark.parametrize("method", ["usergroups.list", "usergroups.users.list"])
def test_a_slack_that_is_down_at_the_start_is_asked_again_soon(
    slack: FakeSlack, wiring: Wiring, method: str
) -> None:
    slack.fail(method, "drop_before")
    [rounds] = GroupRounds(wiring, retry_seconds=0.01).build_rounds()

    rounds.start()
    try:
        eventually(lambda: wiring.directory.list_members(TEAM))
    finally:
        rounds.stop()

    assert OWNER in wiring.directory.list_members(TEAM)
    assert len(slack.calls(method)) == 2


def test_a_group_that_slack_does_not_have_is_not_asked_for_again_soon(
    slack: FakeSlack, wiring: Wiring
) -> None:
    slack.add_group("S1", "another")

    assert groups(slack, wiring).look_up([TEAM])


def test_a_slack_that_is_down_is_worth_asking_again_until_it_answers(
    slack: FakeSlack, wiring: Wiring
) -> None:
    asked = groups(slack, wiring)
    slack.fail("usergroups.users.list", "drop_before")

    assert [asked.look_up([TEAM]), asked.look_up([TEAM])] == [False, True]


def groups(slack: FakeSlack, wiring: Wiring) -> SlackGroups:
    return SlackGroups(make_client(slack.token, slack.api_url), wiring.directory)
