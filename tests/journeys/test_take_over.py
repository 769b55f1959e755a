"""Workers that die for good, and releases in the middle of work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo import ALICE, BOB, OLGA
from tests.journeys.crash import storm_office
from tests.journeys.installation import eventually

if TYPE_CHECKING:
    from pathlib import Path

    from tests.databases import PostgresDatabases
    from tests.journeys.office import Office

TAKEN_OVER_WITHIN = 60
CHANGES = 45


def change(opened: Office, numbers: list[int], *, count: int) -> None:
    for number in range(count):
        file = opened.portal.add_file(f"Change {number}.docx", numbers[number % len(numbers)], by=ALICE.id)
        opened.portal.save(file.id, by=BOB.id)
    outcomes = opened.sender.flush(parallel=10)
    assert all(outcome.delivered for outcome in outcomes)


def cards(opened: Office, numbers: list[int]) -> list[str]:
    return [card["text"] for number in numbers for card in opened.slack.messages(f"C{number}")]


def assert_each_has_one_card(opened: Office, numbers: list[int], *, count: int, within: float) -> None:
    eventually(lambda: len(set(cards(opened, numbers))) == count, within=within)
    eventually(
        lambda: all(card["state"] == "posted" for card in opened.product.json("deliveries", "list")),
        within=within,
    )
    assert len(cards(opened, numbers)) == count


def test_the_work_of_a_worker_that_died_for_good_is_taken_over_by_the_other(
    tmp_path: Path, postgres_databases: PostgresDatabases
) -> None:
    with storm_office(postgres_databases.new(), tmp_path, split=True) as (opened, numbers):
        opened.slack.hang_seconds = 2
        opened.slack.fail("chat.postMessage", "hang_after", times=8)
        change(opened, numbers, count=20)
        eventually(lambda: len(opened.slack.calls("chat.postMessage")) >= 4)
        opened.product.start_one("worker-2")

        opened.product.kill_one("worker")

        assert_each_has_one_card(opened, numbers, count=20, within=TAKEN_OVER_WITHIN)


def test_a_release_in_the_middle_of_work_loses_nothing_and_repeats_nothing(
    tmp_path: Path, postgres_databases: PostgresDatabases
) -> None:
    with storm_office(postgres_databases.new(), tmp_path, split=True) as (opened, numbers):
        waiting = (tmp_path / "given-routes.toml").read_text().replace('"0s"', '"2s"', len(numbers) // 2)
        (tmp_path / "given-routes.toml").write_text(waiting)
        opened.product.stop()
        opened.product.start()
        change(opened, numbers, count=CHANGES)
        eventually(lambda: len(cards(opened, numbers)) >= 10)

        opened.product.stop()
        opened.product.start()

        assert_each_has_one_card(opened, numbers, count=CHANGES, within=90)
        states = {event["state"] for event in opened.product.json("events", "list", "--limit", "500")}
        assert states == {"done"}
        assert OLGA.email in opened.product.json("reviews", "list")[0]["owners"]
