"""`canary`: a signed event through the public address to a card in Slack, and a click on it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from tests.journeys.processes import eventually
from tests.journeys.running_installation import (
    CHANNEL,
    DANA_IN_SLACK,
    RunningInstallation,
    actions,
    read_text,
)

if TYPE_CHECKING:
    from tests.edge.slack_state import Json

TEST = "Test of the route"
PATIENCE = "120"  # seconds for a card and a click on it


def cards_of_tests(installation: RunningInstallation) -> list[Json]:
    return [message for message in installation.slack.messages(CHANNEL) if TEST in message["text"]]


def records(installation: RunningInstallation) -> tuple[Any, str]:
    """Return the reviews and the ledger as the command line prints them."""
    listed = installation.product.json("reviews", "list")
    return listed, installation.product.run("ledger", "export", "--format", "jsonl").stdout


def test_a_canary_comes_back_from_slack_and_is_acknowledged_with_no_word_in_the_record(
    on_both_set_ups: RunningInstallation,
) -> None:
    installation = on_both_set_ups
    installation.wait_until_settled()
    before, cards = records(installation), len(cards_of_tests(installation))

    with ThreadPoolExecutor(1) as pool:
        command = ("canary", "--route", "compliance", "--wait", PATIENCE, "--json")
        running = pool.submit(installation.product.run, *command)
        [card] = eventually(lambda: cards_of_tests(installation)[cards:])
        assert actions(card) == ["acknowledge_test"]
        assert installation.click(DANA_IN_SLACK, card, "acknowledge_test") == 200
        done = running.result()

    result = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert [(each["target"], each["state"]) for each in result["deliveries"]] == [
        (f"slack:{CHANNEL}", "posted")
    ]
    assert result["came_back"]
    assert DANA_IN_SLACK in result["acknowledged_by"]
    assert result["sent_at"] <= result["received_at"] <= result["processed_at"] <= result["acknowledged_at"]
    assert records(installation) == before


def test_the_clicked_test_says_so_to_the_channel_and_has_no_button_any_more(
    serving: RunningInstallation,
) -> None:
    cards = len(cards_of_tests(serving))
    done = serving.product.run("canary", "--route", "other")
    assert done.returncode == 0, done.stderr
    [card] = cards_of_tests(serving)[cards:]

    serving.click(DANA_IN_SLACK, card, "acknowledge_test")

    def redrawn() -> list[Json]:
        now = [each for each in serving.slack.messages(CHANNEL) if each["ts"] == card["ts"]]
        return [each for each in now if "acknowledged the test" in read_text(each)]

    [message] = eventually(redrawn)
    assert f"<@{DANA_IN_SLACK}>" in read_text(message)
    assert actions(message) == []


def test_each_stage_of_a_canary_is_printed_with_its_time(serving: RunningInstallation) -> None:
    done = serving.product.run("canary", "--route", "compliance")

    words = [line.split()[0] for line in done.stdout.splitlines()]
    assert (done.returncode, words[:4]) == (0, ["sent", "received", "processed", "delivered"])
    assert f"slack:{CHANNEL}" in done.stdout
    assert "PUBLIC_URL is not set" in done.stdout


def test_a_canary_that_goes_elsewhere_names_the_leg_and_what_to_do(serving: RunningInstallation) -> None:
    lost = serving.product.run("canary", settings={"PUBLIC_URL": "http://127.0.0.1:1"})
    forged = serving.product.run("canary", settings={"DOCSPACE_WEBHOOK_SECRET": "An0ther!Secret"})

    assert (lost.returncode, forged.returncode) == (1, 1)
    assert "not received: http://127.0.0.1:1/docspace/webhook can't be reached" in lost.stderr
    assert "it rejects the signature: it has a different DOCSPACE_WEBHOOK_SECRET" in forged.stderr
