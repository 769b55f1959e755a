from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notifiers.slack import Slack
from notifiers.slack.people import People
from tests.edge.fake_slack import FakeSlack
from tests.notifiers.clients import web_client

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def fake() -> Iterator[FakeSlack]:
    with FakeSlack(hang_seconds=1.0) as slack:
        slack.add_person("U1", "Dana Ozola", "owner@example.com")
        slack.add_channel("C1", "compliance")
        yield slack


@pytest.fixture
def slack(fake: FakeSlack) -> Slack:
    client = web_client(fake)
    return Slack(client, People(client))
