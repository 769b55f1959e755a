"""Slack that stores a card or not, answers or not: one card in the end, or two and it is said so."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB
from tests.journeys.crash import storm_office
from tests.journeys.installation import eventually
from tests.journeys.office import sqlite_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.journeys.office import Office

FAILURES = (
    "500_before",
    "500_after",
    "drop_before",
    "drop_after",
    "hang",
    "hang_after",
    "429",
    "fatal_error",
)
HIDING = ("500_after", "drop_after", "hang_after")
LOOKING = {"channels:history", "groups:history"}
SETTLED_WITHIN = 90


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Office, list[int]]]:
    with storm_office(sqlite_in(tmp_path), tmp_path, split=False) as (opened, numbers):
        opened.slack.hang_seconds = 1
        yield opened, numbers


def change(opened: Office, numbers: list[int], *, count: int) -> None:
    for number in range(count):
        file = opened.portal.add_file(f"Hidden {number}.docx", numbers[number % len(numbers)], by=ALICE.id)
        opened.portal.save(file.id, by=BOB.id)
    assert all(outcome.delivered for outcome in opened.sender.flush(parallel=10))


def posted(opened: Office) -> bool:
    listed = opened.product.json("deliveries", "list")
    return all(card["state"] in {"posted", "dead"} for card in listed)


def cards(opened: Office, numbers: list[int]) -> list[str]:
    return [card["text"] for number in numbers for card in opened.slack.messages(f"C{number}")]


def test_whatever_slack_hides_there_is_one_card_of_each_change(opened: tuple[Office, list[int]]) -> None:
    office, numbers = opened
    for first, second in product(HIDING, FAILURES):
        office.slack.fail("chat.postMessage", first)
        office.slack.fail("chat.postMessage", second)

    change(office, numbers, count=60)
    eventually(lambda: len(set(cards(office, numbers))) == 60 and posted(office), within=SETTLED_WITHIN)

    assert len(cards(office, numbers)) == 60


def test_where_slack_cannot_be_asked_a_second_card_is_said_to_be_possible(
    opened: tuple[Office, list[int]],
) -> None:
    office, numbers = opened
    office.slack.scopes -= LOOKING
    for failure in FAILURES:
        office.slack.fail("chat.postMessage", failure)

    change(office, numbers, count=len(FAILURES))
    eventually(lambda: len(set(cards(office, numbers))) == len(FAILURES) and posted(office), within=40)

    listed = office.product.json("deliveries", "list")
    doubtful = [card for card in listed if card["maybe_posted"]]
    assert len(cards(office, numbers)) <= len(FAILURES) + len(doubtful)
    assert len(doubtful) <= len(FAILURES) - 1
