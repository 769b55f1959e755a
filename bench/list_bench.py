"""What a list of the command costs with ten thousand reviews in the database, and with a million.

    ./dev bench list [--rounds 30] [--reviews 1000000]

Each is a signed slash command, from the request to the response, against the door itself in this process:
signature, parser, database, drawing. On SQLite and on PostgreSQL, in one run on one machine, interleaved;
compare within a row. Slack is a stand-in that is asked once who a person is, before the clock runs.
"""

from __future__ import annotations

import logging
import statistics
import time
from collections import defaultdict
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlencode

import structlog
from flask import Flask
from rich.console import Console
from rich.progress import track
from rich.table import Table

import notifiers.slack
from bench.command_line import command_line, open_databases, positive_number
from bench.figures import Figure, hand_over
from bench.many_reviews import BUSY, BUSY_FOLDER, COMPLIANCE, OWNER, RARE, fill, folder, person
from bot.absences import ChatAbsences
from bot.campaigns import ChatCampaigns
from bot.command import Commands
from bot.digests import ChatDigests
from bot.slack.app import build_bolt, build_slack_blueprint
from bot.slack.dispatcher import SlackDispatcher
from bot.subscriptions import ChannelSubscriptions
from reviews.absences.declarations import AbsenceDeclarations
from reviews.answers.answers import Answers
from reviews.campaigns.campaign_lookup import CampaignLookup
from reviews.campaigns.starting import Campaigns
from reviews.digests.digest_commands import DigestCommands
from reviews.intake.review_opening import generate_review_id
from reviews.lists.receipts import ReviewReceipts
from reviews.people.docspace_accounts import AccountLookup
from reviews.people.identification import Directory
from reviews.ports.listing import format_cursor
from reviews.routes.route import Route, Routes, Target
from reviews.subscriptions.folder_search import FolderSearch
from reviews.subscriptions.subscriptions import SubscriptionCommands
from runtime.evidence.ledger_key import LedgerKeys
from runtime.evidence.receipt_source import ReceiptSource
from runtime.wiring.databases import get_utc_time
from store.engine import create_engine
from store.unit_of_work import SqlUnitOfWork
from tests.bot.chat_parts import make_home, make_use_cases
from tests.edge.fake_slack import FakeSlack
from tests.edge.slack_signing import signed
from tests.reviews.compared import make_change_pages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import sqlalchemy as sa
    from flask.testing import FlaskClient

    from bench.command_line import MadeDatabases
    from reviews.ports.unit_of_work import Transactions

FEW, MANY = 10_000, 1_000_000
ROUNDS = 30
MAX_GROWTH = 1.3
"""So much longer a list may take with a hundred times as many reviews."""
STATS = {"`stats 92d`": "stats 92d"}
LONGEST = 0.3  # seconds that a list may take
SECRET = "a-signing-secret"  # noqa: S105 - made up
ROUTES = Routes(
    [
        Route(name=name, watch=("2",), owners=(OWNER,), notify=(Target(notifier="slack", address="C1"),))
        for name in (COMPLIANCE, "legal")
    ]
)
# By what is typed; `{middle}` is the cursor of the review in the middle.
LISTS = {
    "recent": "recent 20",
    "recent, the page in the middle": "recent 20 before {middle}",
    "recent, of a week": "recent 20 since 7d",
    "recent on a route with most of it": f"recent 20 in {COMPLIANCE}",
    "recent in a folder": f"recent 20 in {folder(7)}",
    # The small one has twenty reviews of a folder, of which ten are before the middle.
    "recent in a folder, in the middle": f"recent 10 in {folder(7)} before {{middle}}",
    "recent of a kind": "recent 20 kind moved_out",
    "recent of a kind that never was": "recent 20 kind restored",
    "recent by a person with 3 changes": f"recent 20 by {RARE}",
    "recent by a busy person": f"recent 20 by {BUSY}",
    "a kind and a folder that never meet": f"recent 20 in {folder(7)} kind moved_out",
    "a person and a folder that never meet": f"recent 20 in {folder(7)} by {person(3)}",
    "a rare person and a busy folder": f"recent 20 in {BUSY_FOLDER} by {RARE}",
    "a busy person and a busy folder that never meet": f"recent 20 in {BUSY_FOLDER} by {BUSY}",
    "pending": "pending",
    "pending, the page in the middle": "pending all after {middle}",
    "pending mine": "pending mine",
    "overdue": "overdue",
    "overdue, the page in the middle": "overdue after {middle}",
    "mine": "mine",
    "stats 30d": "stats 30d",
    "stats 92d": "stats 92d",
    "show": "show 5000",
}


def _nowhere(transactions: Transactions) -> ChannelSubscriptions:
    """Return what has to do with subscriptions where no channel can subscribe."""
    case = SubscriptionCommands(
        transactions=transactions,
        routes=ROUTES,
        folders=FolderSearch(transactions=transactions, routes=ROUTES),
        conversations={},
        clock=get_utc_time,
    )
    return ChannelSubscriptions(subscription_commands=case)


def _make_absences(transactions: Transactions) -> ChatAbsences:
    accounts = AccountLookup(
        transactions=transactions, clock=get_utc_time, find_account=lambda _address: None
    )
    return ChatAbsences(
        declarations=AbsenceDeclarations(
            transactions=transactions, routes=ROUTES, clock=get_utc_time, accounts=accounts
        )
    )


def _make_digests(transactions: Transactions) -> ChatDigests:
    commands = DigestCommands(
        transactions=transactions, routes=ROUTES, clock=get_utc_time, direct_message_channels=()
    )
    return ChatDigests(digest_commands=commands)


def _make_campaigns(transactions: Transactions) -> ChatCampaigns:
    return ChatCampaigns(
        campaigns=Campaigns(
            transactions=transactions, routes=ROUTES, clock=get_utc_time, new_id=generate_review_id
        ),
        lookup=CampaignLookup(transactions=transactions, routes=ROUTES),
        folders=FolderSearch(transactions=transactions, routes=ROUTES),
    )


def _make_receipts(engine: sa.Engine) -> ReviewReceipts:
    source = ReceiptSource(engine, LedgerKeys)
    return ReviewReceipts(
        transactions=partial(SqlUnitOfWork, engine),
        routes=ROUTES,
        clock=get_utc_time,
        prepare=source.prepare_receipt,
    )


class Door:
    """The door for Slack in front of one database."""

    def __init__(self, slack: FakeSlack, address: str, reviews: int) -> None:
        self.slack, self.median = slack, format_cursor(reviews // 100 * 50)
        engine = create_engine(address)
        transactions = partial(SqlUnitOfWork, engine)
        commands = Commands(
            transactions=transactions,
            routes=ROUTES,
            clock=get_utc_time,
            subscriptions=_nowhere(transactions),
            absences=_make_absences(transactions),
            digests=_make_digests(transactions),
            campaigns=_make_campaigns(transactions),
            change_pages=make_change_pages(transactions, ROUTES, get_utc_time),
            receipts=_make_receipts(engine),
        )
        accounts = AccountLookup(
            transactions=transactions, clock=get_utc_time, find_account=lambda _address: None
        )
        answers = Answers(transactions=transactions, routes=ROUTES, clock=commands.clock, accounts=accounts)
        directory = Directory(transactions=transactions, clock=commands.clock)
        use_cases = make_use_cases(answers, commands, directory)
        web = notifiers.slack.make_client(slack.token, slack.api_url)
        bolt = build_bolt(
            client=web,
            signing_secret=SECRET,
            command_name="/reviews",
            use_cases=use_cases,
            home=make_home(web, use_cases),
        )
        app = Flask(__name__)
        app.register_blueprint(
            build_slack_blueprint(bolt, SlackDispatcher(directory=directory, team_id=slack.team_id))
        )
        self._client: FlaskClient = app.test_client()

    def ask(self, text: str) -> float:
        """Type a command and return how many seconds the response took."""
        form = {
            "command": "/reviews",
            "text": text.format(middle=self.median),
            "user_id": "U1",
            "team_id": self.slack.team_id,
            "team_domain": "fake",
            "channel_id": "C1",
            "response_url": self.slack.new_response_url("U1", "C1"),
        }
        body, headers = signed(urlencode(form).encode(), secret=SECRET, now=time.time())
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.perf_counter()
        answer = self._client.post("/slack/events", data=body, headers=headers)
        took = time.perf_counter() - started
        if answer.status_code != 200 or "could not be looked up" in answer.text:
            raise SystemExit(f"{text}: {answer.status_code} {answer.text[:200]}")
        return took


class Measurement(Protocol):
    """What is measured in front of one database."""

    def ask(self, text: str) -> float:
        """Ask, and return how many seconds it took."""
        ...


def measure(
    clients: Sequence[Measurement], rounds: int, lists: Mapping[str, str]
) -> list[dict[str, list[float]]]:
    """Ask each in turn, so that noise on the machine meets all of them."""
    measured: list[dict[str, list[float]]] = [defaultdict(list) for _ in clients]
    for text in lists.values():
        for door in clients:
            door.ask(text)
        time.sleep(0.05)
    for _ in track(range(rounds), description="Asking", transient=True):
        for name, text in lists.items():
            for door, times in zip(clients, measured, strict=True):
                times[name].append(door.ask(text))
    return measured


def report(
    database: str,
    few_times: dict[str, list[float]],
    many_times: dict[str, list[float]],
    *,
    many: int,
) -> None:
    sizes = f"{FEW:,} : {many:,}"
    table = Table(database, f"median ms, {sizes}", "ratio", f"worst ms, {sizes}", "", box=None)
    for name in few_times:
        medians = [1000 * statistics.median(each[name]) for each in (few_times, many_times)]
        worst = [1000 * max(each[name]) for each in (few_times, many_times)]
        table.add_row(
            name,
            f"{medians[0]:.1f} : {medians[1]:.1f}",
            f"{medians[1] / medians[0]:.2f}",
            f"{worst[0]:.1f} : {worst[1]:.1f}",
            "too slow" if worst[1] > 1000 * LONGEST else "",
        )
    console = Console(width=130)
    console.print(table, "")
    console.file.flush()


def fill_two(made: MadeDatabases, many: int) -> Iterator[tuple[str, int]]:
    """Yield the addresses of a database with few reviews and of one with many, and how many."""
    for reviews in (FEW, many):
        address = made.new()
        fill(address, reviews, until=get_utc_time())
        yield address, reviews


def list_figures(
    database: str, few_times: dict[str, list[float]], many_times: dict[str, list[float]]
) -> Iterator[Figure]:
    few, many = (
        {name: statistics.median(times) for name, times in each.items()} for each in (few_times, many_times)
    )
    growing = sum(many[name] > few[name] * MAX_GROWTH for name in many)
    lists = Figure(row="lists that grow", value=growing, database=database)
    yield replace(lists, beside=f"of {len(many)}: at most", reference=0)
    for row, name in STATS.items():
        figures = Figure(row=row, value=many[name] * 1000, unit="ms", database=database)
        yield replace(figures, beside=f"{FEW:,} reviews", reference=few[name] * 1000)


def main() -> None:
    parser = command_line("list", __doc__)
    parser.add_argument("--rounds", type=positive_number, default=ROUNDS, help="how often each is measured")
    parser.add_argument("--reviews", type=positive_number, default=MANY, help="as many as that are many")
    arguments = parser.parse_args()
    figures: list[Figure] = []
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with open_databases(arguments) as databases:
        for database, made in databases.items():
            with FakeSlack() as slack:
                slack.add_person("U1", "Dana Ozola", OWNER)
                slack.add_channel("C1", "compliance")
                doors = [
                    Door(slack, address, reviews) for address, reviews in fill_two(made, arguments.reviews)
                ]
                for door in doors:
                    door.ask("pending mine")  # Slack is asked once who that is
                times = measure(doors, arguments.rounds, LISTS)
            report(database, *times, many=arguments.reviews)
            figures += list_figures(database, *times)
    hand_over(arguments, figures)


if __name__ == "__main__":
    main()
