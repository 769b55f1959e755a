"""Which doors are open: as the routes and the settings say, and never one that can't be kept."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from notifiers.teams_bot import ANY_CONVERSATION, NAME
from runtime.settings.settings import UnusableSettings, parse_settings
from runtime.web.application import build_application
from runtime.wiring.wiring import Wiring
from tests.edge.fake_teams import FakeTeams
from tests.edge.slack_send import through_flask
from tests.edge.teams_person import TeamsSide
from tests.keys import SECRET_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.databases import SqliteDatabases

CHANNEL = "19:compliance@thread.tacv2"
OUTGOING = base64.b64encode(bytes(32)).decode()
BOT = {"TEAMS_APP_ID": "app", "TEAMS_APP_PASSWORD": "p", "TEAMS_TENANT_ID": "tenant"}


def wiring(database: str, notify: str, **values: str) -> Wiring:
    route = f'watch = ["1"]\nowners = ["o@company.com"]\nnotify = ["{notify}"]\nidentity = "link"\n'
    route += 'segregation_of_duties = "off"\n'
    settings = {
        "database_url": database,
        "routes": f"[[route]]\n{route}",
        "secret_key": SECRET_KEY,
        "docspace_webhook_secret": "Compl1ance!",
        **{name.lower(): value for name, value in values.items()},
    }
    return Wiring(parse_settings(settings))


def doors(made: Wiring) -> set[str]:
    rules = {rule.rule for rule in build_application(made).url_map.iter_rules()}
    made.engine.dispose()
    return {rule for rule in rules if rule.startswith("/teams")}


@pytest.fixture
def database(sqlite_databases: SqliteDatabases) -> str:
    return sqlite_databases.new()


@pytest.fixture
def teams() -> Iterator[FakeTeams]:
    with FakeTeams() as fake:
        fake.add_person("29:dana", "Dana Ozola", "o@company.com")
        fake.add_channel(CHANNEL, "compliance")
        yield fake


def test_without_settings_for_teams_there_is_no_door_for_it(database: str) -> None:
    assert doors(wiring(database, "console")) == set()


def test_an_outgoing_webhook_needs_no_bot(database: str) -> None:
    assert doors(wiring(database, "console", TEAMS_OUTGOING_SECRET=OUTGOING)) == {"/teams/command"}


@pytest.mark.parametrize("notify", ["console", f"teams-bot:{CHANNEL}"])
def test_the_bot_listens_where_a_route_uses_it_or_it_has_its_settings(database: str, notify: str) -> None:
    assert doors(wiring(database, notify, **BOT)) == {"/teams/messages"}


@pytest.mark.parametrize("notify", ["console", f"teams-bot:{CHANNEL}"])
@pytest.mark.parametrize("lacking", BOT)
def test_a_bot_that_lacks_a_setting_is_said_at_the_start(database: str, lacking: str, notify: str) -> None:
    made = wiring(database, notify, **(BOT | {lacking: " "}))

    with pytest.raises(UnusableSettings, match=f"{lacking} is empty: "):
        build_application(made)
    made.engine.dispose()


def test_a_secret_that_teams_did_not_make_is_said_at_the_start(database: str) -> None:
    made = wiring(database, "console", TEAMS_OUTGOING_SECRET="not base64!")

    with pytest.raises(UnusableSettings, match="TEAMS_OUTGOING_SECRET is no security token"):
        build_application(made)
    made.engine.dispose()


def test_what_teams_says_comes_in_at_the_bots_door_and_what_the_bot_says_goes_out(
    database: str, teams: FakeTeams
) -> None:
    made = wiring(database, f"teams-bot:{CHANNEL}", **teams.settings)
    side = TeamsSide(teams, through_flask(build_application(made).test_client()))

    side.install("29:dana", CHANNEL)
    side.say("29:dana", CHANNEL, "pending")

    with made.transactions(reading=True) as work:
        assert work.conversations.get(NAME, ANY_CONVERSATION) == work.conversations.get(NAME, CHANNEL)
    made.engine.dispose()
    made.request_engine.dispose()
    [_, reply] = teams.messages(CHANNEL)
    assert "Nothing is waiting" in reply["text"]
