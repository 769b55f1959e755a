from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from tests.edge.fake_slack import FakeSlack
from tests.edge.sample_card import Json, review_card


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack(hang_seconds=0.5) as fake:
        fake.add_person("U1", "Dana Ozola", "dana@company.com")
        fake.add_person("U2", "Ilze Kalna", "ilze@company.com")
        fake.add_channel("C1", "compliance")
        yield fake


@pytest.fixture
def client(slack: FakeSlack) -> WebClient:
    return WebClient(token=slack.token, base_url=slack.api_url, retry_handlers=[], timeout=60)


@pytest.fixture
def card(slack: FakeSlack, client: WebClient) -> Json:
    client.chat_postMessage(channel="C1", **review_card())
    return slack.messages("C1")[0]
