"""What a click takes until Slack has its answer, recorded and committed; beside it, one that does nothing.

    .venv/bin/python -m bench.click_bench [--clicks 500]

Cards of as many reviews are acknowledged one after the other, in one process without a server around it, and
so is a card of a Bolt app that only answers. Interleaved in one run on one machine; compare rows, not runs.
"""

from __future__ import annotations

import argparse
import logging
import statistics
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask, request
from rich.console import Console
from rich.progress import track
from rich.table import Table
from slack_bolt import Ack, App
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult

from store.engine import create_engine
from store.unit_of_work import UnitOfWork
from tests.bot.office import DANA, SECRET, STRANGER, Office
from tests.databases import SqliteDatabases, postgres_databases
from tests.edge.fake_slack import FakeSlack
from tests.edge.slack_person import SlackSide
from tests.edge.slack_send import through_flask

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CLICKS, WARM_UP = 500, 20
BARE = "answered, nothing done"

Card = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Clicker:
    """Somebody who clicks on each of these cards once."""

    side: SlackSide
    person: str
    cards: Sequence[Card]

    def click(self, number: int) -> float:
        """Return the seconds until Slack has its 200."""
        began = time.perf_counter()
        answer = self.side.click(self.person, self.cards[number], "acknowledge_review")
        took = time.perf_counter() - began
        if answer.status != HTTPStatus.OK:
            raise SystemExit(f"a click was answered {answer.status}: {answer.text}")
        return took


def office(stack: ExitStack, address: str, count: int) -> tuple[Office, list[Card]]:
    """Return our side and so many cards in the channel, each of a review of its own."""
    engine = create_engine(address)
    stack.callback(engine.dispose)
    slack = stack.enter_context(FakeSlack(rate_limit=False))
    made = Office(slack, engine, partial(UnitOfWork, engine))
    made.settles = False
    stack.callback(made.close)
    files = [str(1000 + number) for number in range(count)]
    cards = [
        made.card(file_id=file, delivery_key=f"key-{file}", semantic_key=f"meaning-{file}")
        for file in track(files, description="Cards", transient=True)
    ]
    return made, cards


def bare(stack: ExitStack, cards: Sequence[Card]) -> SlackSide:
    """Return the side of a Bolt app that checks the signature, answers, and does nothing."""
    slack = stack.enter_context(FakeSlack(rate_limit=False))
    slack.add_person(DANA, "Dana Ozola", "dana@example.com")
    slack.add_channel(str(cards[0]["channel"]), "compliance")
    known = AuthorizeResult(enterprise_id=None, team_id=slack.team_id, bot_token=slack.token)
    app = App(name="bare", signing_secret=SECRET, token=None, authorize=lambda: known)

    @app.action("acknowledge_review")
    def nothing(ack: Ack) -> None:
        ack()

    flask, handler = Flask("bare"), SlackRequestHandler(app)
    flask.add_url_rule("/slack/events", view_func=lambda: handler.handle(request), methods=["POST"])
    return SlackSide(slack, SECRET, through_flask(flask.test_client()))


def measure(clickers: dict[str, Clicker], count: int) -> dict[str, list[float]]:
    """Have all click in turn, so that noise on the machine meets all of them."""
    took: dict[str, list[float]] = {name: [] for name in clickers}
    for number in track(range(WARM_UP + count), description="Clicks", transient=True):
        for name, clicker in clickers.items():
            took[name].append(clicker.click(number))
    return {name: times[WARM_UP:] for name, times in took.items()}


def report(took: dict[str, list[float]], answers: dict[str, int]) -> None:
    base = statistics.median(took[BARE])
    table = Table("a click", "p50 ms", "p99 ms", "of one that does nothing", "answers recorded", box=None)
    for name, times in took.items():
        ordered = sorted(times)
        table.add_row(
            name,
            f"{statistics.median(ordered) * 1000:.1f}",
            f"{ordered[len(ordered) * 99 // 100] * 1000:.1f}",
            f"{statistics.median(ordered) / base:.1f}",
            f"{answers[name]:,}" if name in answers else "",
        )
    Console(width=120).print(table)


def recorded(made: Office, cards: Sequence[Card]) -> int:
    """Return how many answers stand in the record."""
    return sum(len(made.desk.latest(str(1000 + number)).answers) for number in range(len(cards)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--clicks", type=int, default=CLICKS)
    count = parser.parse_args().clicks
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with (
        tempfile.TemporaryDirectory(prefix="docspace-review-bench-") as folder,
        postgres_databases(durable=True) as postgres,
        ExitStack() as stack,
    ):
        new: dict[str, Callable[[], str]] = {
            "SQLite, FULL": SqliteDatabases(Path(folder)).new,
            "PostgreSQL": postgres.new,
        }
        offices = {name: office(stack, made(), WARM_UP + count) for name, made in new.items()}
        cards = next(iter(offices.values()))[1]
        clickers = {BARE: Clicker(side=bare(stack, cards), person=DANA, cards=cards)}
        for name, (made, standing) in offices.items():
            clickers[f"refused, {name}"] = Clicker(side=made.side, person=STRANGER, cards=standing)
            clickers[f"acknowledged, {name}"] = Clicker(side=made.side, person=DANA, cards=standing)
        took = measure(clickers, count)
        answers = {f"acknowledged, {name}": recorded(*opened) for name, opened in offices.items()}
        report(took, answers)


if __name__ == "__main__":
    main()
