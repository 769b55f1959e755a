"""A storm of deliveries and clicks while processes are killed with -9: what must hold afterwards.

.venv/bin/python -m tests.journeys.crash --seconds 600 --changes 1000 --database sqlite
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import requests

from demo.errors import PortalError
from tests.databases import postgres_databases
from tests.journeys.channels import ManyChannels, is_open, many_channels, review_of
from tests.journeys.installation import SERVE, list_delivered
from tests.journeys.processes import eventually
from tests.journeys.running_installation import OLGA_IN_SLACK, make_sqlite_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from demo.webhooks import PortalDelivery

SEVERAL = ("web", "worker", "worker-2")
TWO_SERVERS = {"WEB_CONCURRENCY": "2"}
NO_FLOODS = 'bulk = "off"\n'
"""What was left while processes died would be one review for each folder."""
BATCH = 20
HIDING = ("500_after", "drop_after")
UNTIL_HEALTHY_EVERY = 3  # kills; a process that never comes up does no work that a kill could spoil
CHILD_ALONE = 1 / 4
KILLED_EVERY = 6  # seconds, at least; where a busy machine kills less often, the storm lasts longer
SETTLE_SECONDS = 400
"""On a busy machine hardly anything is done during the storm. DocSpace's limit lets five events a second be
handled, so a thousand take some three minutes."""


@dataclass
class CrashFigures:
    """What was done, and what was found afterwards."""

    kills: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    clicked: set[str] = field(default_factory=set, repr=False)
    clicked_in_storm: int = 0
    settled_after: float = 0
    reviews: int = 0
    cards: int = 0
    reported_twice: int = 0
    answers: int = 0


@contextmanager
def on_sqlite(folder: Path) -> Iterator[ManyChannels]:
    """Open an installation of one process, `serve`."""
    with many_channels(make_sqlite_address(folder), folder, names=SERVE, bulk=NO_FLOODS) as opened:
        yield opened


@contextmanager
def on_postgresql(database_url: str, folder: Path) -> Iterator[ManyChannels]:
    """Open an installation of two web servers and two workers."""
    with many_channels(database_url, folder, names=SEVERAL, settings=TWO_SERVERS, bulk=NO_FLOODS) as opened:
        yield opened


def storm(opened: ManyChannels, *, seconds: float, changes: int, seed: int = 1) -> CrashFigures:
    """Send and click while killing; return when all has come to rest and what must hold was checked."""
    figures = CrashFigures()
    dice = random.Random(seed)  # noqa: S311 - a storm that can be repeated
    over, done = threading.Event(), threading.Event()
    with ThreadPoolExecutor(2) as pool:
        try:
            least = seconds / KILLED_EVERY / len(opened.product.names)
            killer = pool.submit(_kill, opened, figures, over, random.Random(seed), least)  # noqa: S311
            clicker = pool.submit(_click, opened, figures, done)
            _change(opened, figures, dice, seconds=seconds, changes=changes)
            over.set()
            killer.result()
            figures.clicked_in_storm, rest = len(figures.clicked), time.monotonic()
            _come_to_rest(opened)
            figures.settled_after = time.monotonic() - rest
        finally:
            over.set()
            done.set()
        clicker.result()
    _come_to_rest(opened)
    _check(opened, figures, changes)
    return figures


def _change(
    opened: ManyChannels, figures: CrashFigures, dice: random.Random, *, seconds: float, changes: int
) -> None:
    """Save the files and send what DocSpace emits, in batches spread over the time."""
    started = time.monotonic()
    for number in range(changes):
        opened.change(_title(number), opened.folders[number % len(opened.folders)])
        if number % BATCH == BATCH - 1:
            _send(opened, dice, figures)
            time.sleep(max(0.0, seconds * number / changes - (time.monotonic() - started)))
    _send(opened, dice, figures)
    time.sleep(max(0.0, seconds - (time.monotonic() - started)))


def _come_to_rest(opened: ManyChannels) -> None:
    def is_at_rest() -> bool:
        opened.product.start_what_ended()
        return opened.is_at_rest()

    try:
        eventually(is_at_rest, within=SETTLE_SECONDS, every=0.25)
    except AssertionError as error:
        error.add_note(f"What still waits: {opened.backlog()}")
        raise


def _title(number: int) -> str:
    return f"Storm {number:05}.docx"


def _send(opened: ManyChannels, dice: random.Random, figures: CrashFigures) -> None:
    """Deliver what waits, some of it twice at once; what DocSpace has given up is retried by hand.

    Slack does the next card and the next redrawing without saying so.
    """
    opened.slack.fail("chat.postMessage", dice.choice(HIDING))
    opened.slack.fail("chat.update", dice.choice(HIDING))
    batch = opened.sender.pending()
    again = dice.sample(batch, k=len(batch) // 4)
    with ThreadPoolExecutor(5) as pool:
        repeated = pool.map(opened.sender.send, again)
        outcomes = opened.sender.flush(shuffle=dice, parallel=10)
    figures.sent += len(outcomes) + len(list(repeated))
    failed = [outcome.delivery for outcome in outcomes if not outcome.delivered]
    eventually(lambda: _are_retried(opened, failed, figures), within=SETTLE_SECONDS)


def _are_retried(opened: ManyChannels, failed: list[PortalDelivery], figures: CrashFigures) -> bool:
    """Retry what has failed; what fails once more stays in the list."""
    figures.sent += len(failed)
    failed[:] = [delivery for delivery in failed if not _is_retried(opened, delivery)]
    return not failed


def _is_retried(opened: ManyChannels, delivery: PortalDelivery) -> bool:
    try:
        opened.sender.retry(delivery.id)
    except PortalError:
        return False
    return all(outcome.delivered for outcome in opened.sender.flush())


def _kill(
    opened: ManyChannels, figures: CrashFigures, over: threading.Event, dice: random.Random, least: float
) -> None:
    """Kill a process about every second, whether or not it has come up; now and then only once all is well.

    It goes on until the storm is over and each process was killed at least so often. Killed is a process with
    all that it has started, or a child that it has to replace. A server that has lost two children in a row
    ends by itself, and so does one that still checks what it was given.
    """
    processes = opened.product.processes
    names = opened.product.names
    while not over.is_set() or min(figures.kills[name] for name in names) < least:
        opened.product.start_what_ended()
        if figures.kills.total() % UNTIL_HEALTHY_EVERY == 0:
            eventually(lambda: over.is_set() or _is_well(opened), within=SETTLE_SECONDS)
        time.sleep(dice.uniform(0.2, 1.8))
        name = dice.choice(names)
        if dice.random() < CHILD_ALONE and processes.kill_child(name):
            figures.kills[f"a child of {name}"] += 1
            continue
        processes.kill(name)
        figures.kills[name] += 1
        opened.product.start_one(name)


def _is_well(opened: ManyChannels) -> bool:
    opened.product.start_what_ended()
    return opened.product.is_healthy()


def _click(opened: ManyChannels, figures: CrashFigures, done: threading.Event) -> None:
    """Acknowledge every other card, again and again until Slack gets its 200."""
    while True:
        last = done.is_set()
        cards = [card for folder in opened.folders for card in opened.cards_in(folder)[::2]]
        for card in cards:
            if not is_open(card) or review_of(card) in figures.clicked:
                continue
            try:
                if opened.click(OLGA_IN_SLACK, card) == 200:
                    figures.clicked.add(review_of(card))
            except requests.RequestException:
                time.sleep(0.2)
        if last:
            return
        time.sleep(0.2)


def _check(opened: ManyChannels, figures: CrashFigures, changes: int) -> None:
    """Every change one review, every review one card a channel, every click one answer, the chain whole."""
    reviews = opened.product.json("reviews", "list", "--limit", "10000")
    twice = {card["review_id"] for card in opened.deliveries() if card["maybe_posted"]}
    counts, wanted = Counter(review["title"] for review in reviews), Counter(map(_title, range(changes)))
    assert counts == wanted, f"reviews too many: {counts - wanted}; reviews that lack: {wanted - counts}"
    posted = Counter(map(review_of, opened.all_cards()))
    assert {review["id"] for review in reviews} == set(posted)
    assert [review for review, count in posted.items() if count > 1 and review not in twice] == []
    answers = {review["id"]: len(review["answers"]) for review in reviews}
    assert [review for review in figures.clicked if answers[review] != 1] == []
    still_open = {review_of(card) for card in opened.all_cards() if is_open(card)}
    assert still_open & figures.clicked <= twice
    verdict = opened.product.json("ledger", "verify")
    figures.answers = sum(answers.values())
    assert (verdict["intact"], verdict["checked"]) == (True, changes + figures.answers)
    states = Counter(event["state"] for event in list_delivered(opened.product))
    assert states == Counter(done=changes)
    figures.reviews, figures.cards, figures.reported_twice = len(reviews), sum(posted.values()), len(twice)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--changes", type=int, default=1000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if asked.database == "sqlite":
            opened = stack.enter_context(on_sqlite(folder))
        else:
            databases = stack.enter_context(postgres_databases())
            opened = stack.enter_context(on_postgresql(databases.new(), folder))
        figures = storm(opened, seconds=asked.seconds, changes=asked.changes, seed=asked.seed)
        print(figures)  # noqa: T201 - the figures are what it is run for


if __name__ == "__main__":
    main()
