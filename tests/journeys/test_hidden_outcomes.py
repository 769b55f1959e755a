"""Slack that stores a card or not, answers or not: one card in the end, or two and it is said so."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from demo import ALICE, BOB
from tests.journeys.crash import storm_office
from tests.journeys.installation import eventually
from tests.journeys.office import OLGA_IN_SLACK, actions, shown, sqlite_in
from tests.journeys.scripted_slack import ScriptedSlack

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.office import Office

HIDING = ("500_after", "drop_after", "hang_after")
UNKNOWN = ("500_before", "drop_before", "hang", "fatal_error", *HIDING)
FAILURES = (*UNKNOWN, "429")
PAIRS = list(product(FAILURES, FAILURES))
LOOKING = {"channels:history", "groups:history"}
SETTLED_WITHIN = 60


def change(opened: Office, numbers: list[int]) -> None:
    """Change one file in each folder."""
    for number in numbers:
        file = opened.portal.add_file(f"Hidden {number}.docx", number, by=ALICE.id)
        opened.portal.save(file.id, by=BOB.id)
    assert all(outcome.delivered for outcome in opened.sender.flush(parallel=10))


def settled(opened: Office, numbers: list[int]) -> dict[str, dict[str, Any]]:
    """Wait until each card is posted or given up; return them by channel."""

    def by_channel() -> dict[str, dict[str, Any]] | None:
        listed = opened.product.json("deliveries", "list", "--limit", "500")
        done = {card["target"]: card for card in listed if card["state"] in {"posted", "dead"}}
        return done if len(done) == len(numbers) else None

    return eventually(by_channel, within=SETTLED_WITHIN)


def test_whatever_slack_hides_there_is_one_card_and_it_shows_the_answer(tmp_path: Path) -> None:
    slack = ScriptedSlack(hang_seconds=1)
    with storm_office(sqlite_in(tmp_path), tmp_path, split=False, channels=len(PAIRS), slack=slack) as (
        office,
        numbers,
    ):
        channels = [f"C{number}" for number in numbers]
        for channel, (first, second) in zip(channels, PAIRS, strict=True):
            slack.script("chat.postMessage", channel, [first, second] if first not in HIDING else [first])
            slack.script("conversations.history", channel, [second] if first in HIDING else [])

        change(office, numbers)
        cards = settled(office, numbers)

        assert {channel: len(slack.messages(channel)) for channel in channels} == dict.fromkeys(channels, 1)
        assert [card for card in cards.values() if card["state"] == "dead" or card["maybe_posted"]] == []
        assert slack.unused() == {}

        for channel, pair in zip(channels, PAIRS, strict=True):
            slack.script("chat.update", channel, pair)
            assert office.click(OLGA_IN_SLACK, slack.messages(channel)[0]) == 200
        eventually(
            lambda: all("acknowledge_review" not in actions(slack.messages(c)[0]) for c in channels),
            within=SETTLED_WITHIN,
        )

        assert all("Reviewed by" in shown(slack.messages(channel)[0]) for channel in channels)
        assert {channel: len(slack.messages(channel)) for channel in channels} == dict.fromkeys(channels, 1)


def test_where_slack_cannot_be_asked_a_second_card_is_said_to_be_possible(tmp_path: Path) -> None:
    slack = ScriptedSlack(hang_seconds=1)
    scripts = [(mode,) for mode in FAILURES] + list(product(HIDING, HIDING))
    with storm_office(sqlite_in(tmp_path), tmp_path, split=False, channels=len(scripts), slack=slack) as (
        office,
        numbers,
    ):
        slack.scopes -= LOOKING
        channels = [f"C{number}" for number in numbers]
        for channel, modes in zip(channels, scripts, strict=True):
            slack.script("chat.postMessage", channel, modes)

        change(office, numbers)
        cards = settled(office, numbers)

        found = {
            modes: (len(slack.messages(channel)), cards[channel]["maybe_posted"], cards[channel]["state"])
            for channel, modes in zip(channels, scripts, strict=True)
        }
        assert found == {
            modes: (
                2 if modes[0] in HIDING else 1,
                modes[0] in UNKNOWN,
                "dead" if len(modes) > 1 else "posted",
            )
            for modes in scripts
        }
