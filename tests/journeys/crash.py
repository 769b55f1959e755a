"""A storm of deliveries and clicks while processes are killed with -9: what must hold afterwards.

.venv/bin/python -m tests.journeys.crash --seconds 600 --deliveries 1000 --database sqlite
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from demo import ALICE, BOB, COMPLIANCE, OLGA
from demo.errors import PortalError
from tests.databases import postgres_databases
from tests.journeys.installation import eventually
from tests.journeys.office import OLGA_IN_SLACK, Office, office, sqlite_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from demo.webhooks import Delivery

CHANNELS = 30
PACE = 0.05
SETTLE_SECONDS = 180
QUIET = {"LOG_LEVEL": "warning"}


@dataclass
class Figures:
    """What was done, and what was found afterwards."""

    kills: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    clicked: set[str] = field(default_factory=set, repr=False)
    settled_after: float = 0
    reviews: int = 0
    cards: int = 0
    reported_twice: int = 0
    answers: int = 0


@contextmanager
def storm_office(database_url: str, folder: Path, *, split: bool) -> Iterator[tuple[Office, list[int]]]:
    """Open an office with a folder, a route and a channel of its own for each of `CHANNELS`."""
    numbers = [700_000 + number for number in range(CHANNELS)]
    routes = "".join(
        f'[[route]]\nname = "r{number}"\nwatch = ["{number}"]\nowners = ["{OLGA.email}"]\n'
        f'notify = ["slack:C{number}"]\nquiet_period = "0s"\n'
        for number in numbers
    )
    with office(database_url, folder, split=split, routes=routes, settings=QUIET) as opened:
        opened.slack.rate_limit = True
        for number in numbers:
            opened.slack.add_channel(f"C{number}", f"c{number}")
            opened.portal.add_folder(f"Folder {number}", COMPLIANCE, folder_id=number)
        yield opened, numbers


def storm(opened: Office, numbers: list[int], *, seconds: float, deliveries: int, seed: int = 1) -> Figures:
    """Send and click while killing; return when all has come to rest and what must hold was checked."""
    figures = Figures()
    dice = random.Random(seed)  # noqa: S311 - a storm that can be repeated
    over = threading.Event()
    killer = threading.Thread(target=_kill, args=(opened, figures, over, random.Random(seed)))  # noqa: S311
    clicker = threading.Thread(target=_click, args=(opened, numbers, figures, over))
    started = time.monotonic()
    killer.start()
    clicker.start()
    for number in range(deliveries):
        title = f"Storm {number:05}.docx"
        file = opened.portal.add_file(title, numbers[number % CHANNELS], by=ALICE.id)
        opened.portal.save(file.id, by=BOB.id)
        if number % 20 == 19:
            _send(opened, dice, figures)
            time.sleep(max(0.0, seconds * number / deliveries - (time.monotonic() - started)))
    _send(opened, dice, figures)
    time.sleep(max(0.0, seconds - (time.monotonic() - started)))
    over.set()
    killer.join()
    rest = time.monotonic()
    eventually(lambda: _at_rest(opened, deliveries), within=SETTLE_SECONDS)
    figures.settled_after = time.monotonic() - rest
    clicker.join()
    _check(opened, numbers, figures, deliveries)
    return figures


def _send(opened: Office, dice: random.Random, figures: Figures) -> None:
    """Deliver what waits, some of it twice; what DocSpace has given up is retried by hand."""
    batch = opened.sender.pending()
    again = dice.sample(batch, k=len(batch) // 4)
    outcomes = opened.sender.flush(shuffle=dice, parallel=10)
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(opened.sender.send, again))
    figures.sent += len(outcomes) + len(again)
    failed = [outcome.delivery for outcome in outcomes if not outcome.delivered]
    while failed:
        failed = [delivery for delivery in failed if not _retried(opened, delivery)]
        figures.sent += len(failed)


def _retried(opened: Office, delivery: Delivery) -> bool:
    try:
        opened.sender.retry(delivery.id)
    except PortalError:
        return False
    return all(outcome.delivered for outcome in opened.sender.flush())


def _kill(opened: Office, figures: Figures, over: threading.Event, dice: random.Random) -> None:
    """Kill one process about every second; with a single process, once it has come up again."""
    while not over.is_set():
        name = dice.choice(opened.product.names)
        if not opened.product.split:
            eventually(opened.product.is_healthy, within=30)
        over.wait(dice.uniform(0.2, 1.8))
        opened.product.kill_one(name)
        figures.kills[name] += 1
        opened.product.start_one(name)


def _click(opened: Office, numbers: list[int], figures: Figures, over: threading.Event) -> None:
    """Acknowledge every other card, again and again until Slack gets its 200."""
    while True:
        last = over.is_set()
        for number in numbers:
            for card in opened.slack.messages(f"C{number}")[::2]:
                value = _button(card)
                if value is None or value in figures.clicked:
                    continue
                try:
                    if opened.click(OLGA_IN_SLACK, card) == 200:
                        figures.clicked.add(value)
                except requests.RequestException:
                    time.sleep(0.2)
        if last:
            return
        time.sleep(0.1)


def _button(card: dict[str, Any]) -> str | None:
    buttons = [each for block in card["blocks"] if block["type"] == "actions" for each in block["elements"]]
    return next((each["value"] for each in buttons if each["action_id"] == "acknowledge_review"), None)


def _at_rest(opened: Office, deliveries: int) -> bool:
    try:
        health = requests.get(f"{opened.product.url}/healthz", timeout=5).json()
    except requests.RequestException:
        return False
    backlog = health["parts"].get("backlog", {})
    return (backlog.get("events"), backlog.get("cards")) == (0, 0) and deliveries > 0


def _check(opened: Office, numbers: list[int], figures: Figures, deliveries: int) -> None:
    """Every change one review, every review one card a channel, every click one answer, the chain whole."""
    reviews = opened.product.json("reviews", "list", "--limit", "10000")
    twice = {
        card["review_id"]
        for card in opened.product.json("deliveries", "list", "--limit", "10000")
        if card["maybe_posted"]
    }
    titles = Counter(review["title"] for review in reviews)
    assert titles == Counter(f"Storm {number:05}.docx" for number in range(deliveries))
    posted = Counter(
        message["metadata"]["event_payload"]["review_id"]
        for number in numbers
        for message in opened.slack.messages(f"C{number}")
    )
    assert {review["id"] for review in reviews} == set(posted)
    assert [review for review, count in posted.items() if count > 1 and review not in twice] == []
    answered = {review["id"]: len(review["answers"]) for review in reviews}
    clicked = {value.partition(".")[0] for value in figures.clicked}
    assert [review for review in clicked if answered[review] != 1] == []
    verdict = opened.product.json("ledger", "verify")
    figures.answers = sum(answered.values())
    assert (verdict["intact"], verdict["checked"]) == (True, deliveries + figures.answers)
    states = Counter(event["state"] for event in opened.product.json("events", "list", "--limit", "10000"))
    assert states == Counter(done=deliveries)
    figures.reviews, figures.cards, figures.reported_twice = len(reviews), sum(posted.values()), len(twice)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--deliveries", type=int, default=1000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        wanted = {"seconds": asked.seconds, "deliveries": asked.deliveries, "seed": asked.seed}
        if asked.database == "sqlite":
            with storm_office(sqlite_in(place), place, split=False) as (opened, numbers):
                print(storm(opened, numbers, **wanted))  # noqa: T201 - the figures are what it is run for
            return
        with (
            postgres_databases() as databases,
            storm_office(databases.new(), place, split=True) as (opened, numbers),
        ):
            print(storm(opened, numbers, **wanted))  # noqa: T201


if __name__ == "__main__":
    main()
