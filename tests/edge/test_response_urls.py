"""response_urls as the fake hosts them (facts on Slack, 1.3)."""

import requests

from tests.edge.fake_slack import FakeSlack
from tests.edge.sample_card import Json
from tests.reviews.samples import Clock


def test_a_response_url_serves_five_times(slack: FakeSlack) -> None:
    url = slack.new_response_url("U1", "C1")

    answers = [requests.post(url, json={"text": str(n)}, timeout=60) for n in range(6)]

    assert [each.status_code for each in answers] == [200] * 5 + [404]
    assert answers[-1].json()["error"] == "used_url"
    assert len(slack.private_replies("U1")) == 5


def test_a_response_url_expires_after_thirty_minutes() -> None:
    clock = Clock()
    with FakeSlack(clock=clock.seconds) as slack:
        url = slack.new_response_url("U1", "C1")
        clock.advance(minutes=30, seconds=1)

        assert requests.post(url, json={"text": "late"}, timeout=60).json()["error"] == "expired_url"


def test_a_response_url_replaces_deletes_or_speaks_to_all(slack: FakeSlack, card: Json) -> None:
    url = slack.new_response_url("U1", "C1", message_ts=card["ts"])

    requests.post(url, json={"text": "Reviewed", "replace_original": True}, timeout=60)
    requests.post(url, json={"text": "All see this", "response_type": "in_channel"}, timeout=60)
    assert [each["text"] for each in slack.messages("C1")] == ["Reviewed", "All see this"]

    requests.post(url, json={"delete_original": True}, timeout=60)
    assert [each["text"] for each in slack.messages("C1")] == ["All see this"]
    assert requests.post(url, json={"text": "R&D"}, timeout=60).json()["error"] == "invalid_blocks"


def test_a_response_url_can_be_made_to_fail(slack: FakeSlack) -> None:
    slack.fail("response_url", "500_after")

    answer = requests.post(slack.new_response_url("U1", "C1"), json={"text": "x"}, timeout=60)

    assert answer.status_code == 500
    assert len(slack.private_replies("U1")) == 1
