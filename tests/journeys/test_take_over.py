"""Work goes on where it was, whichever process has to do it: after a death, and after a release."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from demo import OLGA
from tests.journeys.channels import CHANNELS, assert_each_has_one_card, channels_of, many_channels
from tests.journeys.crash import SEVERAL
from tests.journeys.installation import SERVE, SPLIT
from tests.journeys.processes import eventually
from tests.journeys.running_installation import make_sqlite_address

if TYPE_CHECKING:
    from pathlib import Path

    from tests.databases import PostgresDatabases

TAKEN_OVER_WITHIN = 240
CHANGES = 4 * CHANNELS
"""More than a channel takes at once, so that some cards stand in line for it."""


def test_the_work_of_a_worker_that_died_for_good_is_taken_over_by_the_other(
    tmp_path: Path, postgres_databases: PostgresDatabases
) -> None:
    with many_channels(postgres_databases.new(), tmp_path, names=SPLIT) as opened:
        opened.slack.hang_seconds = 2
        opened.slack.fail("chat.postMessage", "hang_after", times=8)
        opened.change_all("Taken over", 20)
        eventually(lambda: len(opened.slack.calls("chat.postMessage")) >= 4)
        opened.product.start_one("worker-2")

        opened.product.processes.kill("worker")

        assert_each_has_one_card(opened, count=20, within=TAKEN_OVER_WITHIN)


@pytest.mark.parametrize("names", [SERVE, SEVERAL], ids="-".join)
def test_a_release_in_the_middle_of_work_loses_nothing_and_repeats_nothing(
    tmp_path: Path, request: pytest.FixtureRequest, names: tuple[str, ...]
) -> None:
    url = (
        make_sqlite_address(tmp_path)
        if names == SERVE
        else request.getfixturevalue("postgres_databases").new()
    )
    quiet_periods = ("0s", "4s")  # every other folder's timers are open when a quick release comes
    with many_channels(url, tmp_path, count=CHANNELS, names=names, quiet_periods=quiet_periods) as opened:
        opened.slack.hang_seconds = 2
        # However long the release takes, the cards of one channel are still owed when it comes.
        [busy_channel] = channels_of(opened.folders[0], opened.each)
        opened.slack.fail("chat.postMessage", "429", times=sys.maxsize, channel=busy_channel)
        opened.slack.fail("chat.postMessage", "hang_after", times=4)
        opened.change_all("Released", CHANGES)
        eventually(lambda: len(opened.all_cards()) >= CHANNELS // 3)

        opened.product.stop()
        posted_before = len(opened.all_cards())
        opened.slack.heal()
        opened.product.start()

        assert_each_has_one_card(opened, count=CHANGES, within=TAKEN_OVER_WITHIN)
        assert posted_before < CHANGES
        states = {event["state"] for event in opened.product.json("events", "list", "--limit", "500")}
        assert states == {"done"}
        assert OLGA.email in opened.product.json("reviews", "list")[0]["owners"]
