"""What a click takes until Slack has its answer, recorded and committed; beside it, one that does nothing.

    ./dev bench click [--clicks 500] [--reviews 0]

Cards of as many reviews are acknowledged one after the other, in one process without a server around it, and
so is a card of a Bolt app that only answers. That app looks every 10 milliseconds whether its listener is
done, as Bolt does by itself; ours does not, and may be sooner (decision 53). Processor time is that of this
process: with what is done after the answer and Slack's side of it, without PostgreSQL's server. Interleaved
in one run on one machine; compare rows, not runs.

With `--reviews`, as many old reviews are in each database.
"""

from __future__ import annotations

import logging
import statistics
import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask, request
from rich.console import Console
from rich.progress import track
from rich.table import Table
from slack_bolt import Ack, App
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult

from bench.command_line import command_line, open_databases, positive_number
from bench.figures import Figure, hand_over
from bench.many_reviews import Span, fill_span
from reviews.delivery.pace import Pace
from reviews.ledger.hash_chain import EntryType
from reviews.routes.route import MayAcknowledge, Routes
from store.engine import create_engine
from store.unit_of_work import SqlUnitOfWork
from tests.bot.slack_installation import (
    CHANNEL,
    DANA,
    SECRET,
    STRANGER,
    SlackInstallation,
    office_routes,
)
from tests.edge.fake_slack import FakeSlack
from tests.edge.slack_person import SlackSide
from tests.edge.slack_send import through_flask
from tests.reviews.deliveries import deliver_card
from tests.reviews.samples import START, event

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tests.edge.slack_send import AppAnswer, Send

CLICKS, WARM_UP = 500, 20
_OLD_FILES = 1_000_000_000  # the first file id of the old reviews, which no clicked card has
BARE = "answered, nothing done"

Card = dict[str, Any]


class Timed:
    """Sends what it is given, and keeps the seconds until the answer."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.durations: list[float] = []

    def __call__(self, path: str, body: bytes, headers: Mapping[str, str]) -> AppAnswer:
        began = time.perf_counter()
        answer = self._send(path, body, headers)
        self.durations.append(time.perf_counter() - began)
        return answer


@dataclass(frozen=True, kw_only=True)
class Clicker:
    """A person who clicks on each of these cards once."""

    timed: Timed
    side: SlackSide
    person: str
    cards: Sequence[Card]
    cpu_times: list[float] = field(default_factory=list)
    """Seconds of the processor for each click, until nothing of it goes on."""

    def click(self, number: int) -> None:
        began = time.process_time()
        answer = self.side.click(self.person, self.cards[number], "acknowledge_review")
        self.cpu_times.append(time.process_time() - began)
        if answer.status != HTTPStatus.OK:
            raise SystemExit(f"a click was answered {answer.status}: {answer.text}")


def open_installation(
    stack: ExitStack, address: str, count: int, *, old_reviews: int
) -> tuple[SlackInstallation, list[Card]]:
    """Return our side, and so many cards in the channel, each of a review of its own beside the old ones."""
    if old_reviews:
        fill_span(address, Span(reviews=old_reviews, until=START, first_file=_OLD_FILES))
    engine = create_engine(address)
    stack.callback(engine.dispose)
    slack = stack.enter_context(FakeSlack(rate_limit=False))
    rules = Routes([replace(rule, bulk=None) for rule in office_routes(MayAcknowledge.OWNERS).all])
    made = SlackInstallation(slack, engine, partial(SqlUnitOfWork, engine), rules=rules)
    unpaced = Pace(sleep=lambda _seconds: None)  # this Slack has no rate limit
    made.desk.delivery = replace(made.desk.delivery, pace=unpaced)
    stack.callback(made.close)
    posted = [_posted(made, number) for number in track(range(count), description="Cards", transient=True)]
    standing = {card["ts"]: card for card in slack.messages(CHANNEL)}
    return made, [standing[message_id] for message_id in posted]


def _posted(made: SlackInstallation, number: int) -> str:
    """Open a review and post its card; return what Slack calls the message."""
    file = _file(number)
    review = made.desk.open(event(file_id=file, delivery_key=f"d-{file}", semantic_key=f"s-{file}"))
    while wait := deliver_card(made.desk.delivery, review.cards[0].id, "bench"):
        made.desk.clock.advance(seconds=wait)
    return str(made.desk.latest(file).cards[0].message_id)


def _file(number: int) -> str:
    return str(1000 + number)


def clicker(made: SlackInstallation, cards: Sequence[Card], person: str) -> Clicker:
    timed = Timed(through_flask(made.client))
    side = SlackSide(made.slack, SECRET, made.settling(timed, made.bolt))
    return Clicker(timed=timed, side=side, person=person, cards=cards)


def bare(stack: ExitStack, cards: Sequence[Card]) -> Clicker:
    """Return who clicks where a Bolt app checks the signature, answers, and does nothing."""
    slack = stack.enter_context(FakeSlack(rate_limit=False))
    slack.add_person(DANA, "Dana Ozola", "dana@example.com")
    slack.add_channel(str(cards[0]["channel"]), "compliance")
    authorized = AuthorizeResult(enterprise_id=None, team_id=slack.team_id, bot_token=slack.token)
    app = App(name="bare", signing_secret=SECRET, token=None, authorize=lambda: authorized)

    @app.action("acknowledge_review")
    def nothing(ack: Ack) -> None:
        ack()

    flask, handler = Flask("bare"), SlackRequestHandler(app)
    flask.add_url_rule("/slack/events", view_func=lambda: handler.handle(request), methods=["POST"])
    timed = Timed(through_flask(flask.test_client()))
    return Clicker(timed=timed, side=SlackSide(slack, SECRET, timed), person=DANA, cards=cards)


def measure(clickers: dict[str, Clicker], count: int) -> None:
    """Have all click in turn, so that noise on the machine meets all of them."""
    for number in track(range(WARM_UP + count), description="Clicks", transient=True):
        for each in clickers.values():
            each.click(number)


def report(clickers: dict[str, Clicker], answers: dict[str, int]) -> None:
    base = statistics.median(clickers[BARE].cpu_times[WARM_UP:])
    columns = ("a click", "p50 ms", "p99 ms", "processor ms", "of one that does nothing", "answers recorded")
    table = Table(*columns, box=None)
    for name, each in clickers.items():
        took, computed = measured_times(each)
        table.add_row(
            name,
            f"{statistics.median(took) * 1000:.1f}",
            f"{percentile(took):.1f}",
            f"{statistics.median(computed) * 1000:.1f}",
            f"{statistics.median(computed) / base:.1f}",
            f"{answers[name]:,} of {len(each.cards):,}" if name in answers else "",
        )
    Console(width=120).print(table)


def measured_times(clicker: Clicker) -> tuple[list[float], list[float]]:
    """Return the seconds of each click after the warm-up, in ascending order, and those of the processor."""
    return sorted(clicker.timed.durations[WARM_UP:]), clicker.cpu_times[WARM_UP:]


def percentile(ascending: list[float]) -> float:
    """Return the time of the slowest of a hundred, in milliseconds."""
    return ascending[len(ascending) * 99 // 100] * 1000


def recorded(made: SlackInstallation, cards: Sequence[Card]) -> int:
    """Return how many of the cards' reviews have an answer in the ledger."""
    ids = {made.desk.latest(_file(number)).id for number in range(len(cards))}
    return sum(
        e["review_id"] in ids and e["type"] == EntryType.REVIEW_ACKNOWLEDGED for e in made.desk.entries()
    )


def list_figures(clickers: dict[str, Clicker], databases: Iterable[str]) -> Iterator[Figure]:
    bare_took, _ = measured_times(clickers[BARE])
    for database in databases:
        took, computed = measured_times(clickers[f"acknowledged, {database}"])
        slowest = Figure(row="the slowest of a hundred clicks", value=percentile(took), unit="ms")
        yield replace(slowest, database=database, beside="at most", reference=15.0)
        usual = Figure(row="a click", value=statistics.median(took) * 1000, unit="ms", database=database)
        yield replace(usual, beside=BARE, reference=statistics.median(bare_took) * 1000)
        processor = Figure(row="processor time of a click", value=statistics.median(computed) * 1000)
        yield replace(processor, unit="ms", database=database)


def main() -> None:
    parser = command_line("click", __doc__)
    parser.add_argument("--clicks", type=positive_number, default=CLICKS, help="clicks on each")
    parser.add_argument("--reviews", type=int, default=0, help="old reviews beside those that are clicked")
    arguments = parser.parse_args()
    count = max(arguments.clicks, 1)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with open_databases(arguments) as databases, ExitStack() as stack:
        installations = {
            name: open_installation(stack, made.new(), WARM_UP + count, old_reviews=arguments.reviews)
            for name, made in databases.items()
        }
        cards = next(iter(installations.values()))[1]
        clickers = {BARE: bare(stack, cards)}
        for name, (made, standing) in installations.items():
            clickers[f"refused, {name}"] = clicker(made, standing, STRANGER)
            clickers[f"acknowledged, {name}"] = clicker(made, standing, DANA)
        measure(clickers, count)
        answers = {f"acknowledged, {name}": recorded(*opened) for name, opened in installations.items()}
        report(clickers, answers)
    hand_over(arguments, list_figures(clickers, databases))


if __name__ == "__main__":
    main()
