from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notifiers.slack import Slack
from notifiers.slack.people import SlackOwners
from tests.edge.fake_slack import FakeSlack
from tests.edge.fake_teams import FakeTeams
from tests.edge.workflows_sink import WorkflowsSink
from tests.notifiers.books import make_directory
from tests.notifiers.clients import web_client
from tests.notifiers.teams import ALONE, CHANNEL, CHAT, DANA, make_teams_bot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifiers.teams_bot import TeamsBot

LONG = 60.0  # seconds; no test waits for them: each is let go when the service ends


@pytest.fixture
def fake() -> Iterator[FakeSlack]:
    with FakeSlack(hang_seconds=LONG) as slack:
        slack.add_person("U1", "Dana Ozola", "owner@example.com")
        slack.add_channel("C1", "compliance")
        yield slack


@pytest.fixture
def slack(fake: FakeSlack) -> Slack:
    client = web_client(fake)
    return Slack(client, SlackOwners(client, make_directory()))


@pytest.fixture
def teams() -> Iterator[FakeTeams]:
    with FakeTeams(hang_seconds=LONG) as fake:
        fake.add_person("29:dana", "Dana Ozola", "owner@example.com", oid=DANA)
        fake.add_person("29:bob", "Bob Chen", "bob@example.com")
        fake.add_channel(CHANNEL, "compliance")
        fake.add_chat(CHAT, "29:dana", "29:bob")
        fake.add_chat(ALONE, "29:dana")
        yield fake


@pytest.fixture
def bot(teams: FakeTeams) -> TeamsBot:
    return make_teams_bot(teams)


@pytest.fixture
def hasty_bot(teams: FakeTeams) -> TeamsBot:
    """A bot that waits less than the fake hangs, and longer than a busy machine needs for an answer."""
    return make_teams_bot(teams, read_seconds=2.0)


@pytest.fixture
def sink() -> Iterator[WorkflowsSink]:
    with WorkflowsSink(hang_seconds=LONG) as sink:
        yield sink
        assert sink.failed == []
