"""What the history page costs with ten thousand reviews in the database, and with a million.

    ./dev bench history [--rounds 30] [--reviews 1000000]

Each is a whole page, from the request to the response, in this process: session, database, charts, template.
On SQLite and on PostgreSQL, in one run on one machine, interleaved; compare within a row. The charts are what
grows: they count the reviews of the weeks that they show.
"""

from __future__ import annotations

import re
import secrets
import statistics
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from flask import Flask

from bench.command_line import command_line, open_databases, positive_number
from bench.figures import Figure, hand_over
from bench.list_bench import FEW, MANY, ROUNDS, ROUTES, fill_two, measure, report
from bench.many_reviews import BUSY, BUSY_FOLDER, OWNER, RARE, folder
from pages.acknowledge import acknowledge_page
from pages.browser import set_up_sessions
from pages.document_links import build_document_links
from pages.history.views import build_history_page
from pages.history.visitor import HistorySignInMethods
from pages.links import Links
from pages.sign_in_links import SignInAddresses
from reviews.answers.answers import Answers
from reviews.answers.openings import Openings
from reviews.identity import Identity, ProvenPerson
from reviews.lists.archive import Archive
from reviews.people.docspace_accounts import AccountLookup
from reviews.people.sessions import BrowserSessions
from reviews.people.sign_in_links import SignInLinks
from reviews.ports.listing import format_cursor
from runtime.wiring.databases import get_utc_time
from store.engine import create_engine
from store.unit_of_work import SqlUnitOfWork

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

KEY = secrets.token_urlsafe(48)
# By the address that is opened; `{middle}` is the cursor of the review in the middle.
FIRST_PAGE = "the first page, with charts"
PAGES = {
    FIRST_PAGE: "/reviews",
    "the page in the middle": "/reviews?before={middle}",
    "open, with charts": "/reviews?state=open",
    "overdue, with charts": "/reviews?state=overdue",
    "acknowledged, with charts": "/reviews?state=acknowledged",
    "a folder, with charts": f"/reviews?folder={folder(7)}",
    "a person with 3 changes": f"/reviews?person={RARE}",
    "a busy person and a busy folder that never meet": f"/reviews?folder={BUSY_FOLDER}&person={BUSY}",
    "changes requested by a busy person": f"/reviews?state=changes_requested&person={BUSY}",
    "a year ago, with charts": "/reviews?to=2025-06-01",
    "one review": "/reviews/review-5000",
}


class SignedInReader:
    """A person who is signed in on the page of one database."""

    def __init__(self, address: str, reviews: int) -> None:
        self.median = format_cursor(reviews // 100 * 50)
        transactions = partial(SqlUnitOfWork, create_engine(address))
        links = SignInLinks(
            transactions=transactions, clock=get_utc_time, new_id=lambda: secrets.token_urlsafe(16)
        )
        addresses = SignInAddresses(KEY, "")
        archive = Archive(transactions=transactions, routes=ROUTES, clock=get_utc_time)
        accounts = AccountLookup(
            transactions=transactions, clock=get_utc_time, find_account=lambda _address: None
        )
        answers = Answers(transactions=transactions, routes=ROUTES, clock=get_utc_time, accounts=accounts)
        app = Flask(__name__, static_folder=None)
        sessions = BrowserSessions(transactions=transactions, clock=get_utc_time)
        set_up_sessions(app, KEY, secure=False, browser_sessions=sessions)
        review_links = Links(KEY, "")
        openings = Openings(transactions=transactions, routes=ROUTES, clock=get_utc_time)
        app.register_blueprint(acknowledge_page(answers, review_links, openings=openings))
        app.register_blueprint(build_document_links(answers, review_links, openings))
        app.register_blueprint(
            build_history_page(
                archive,
                links,
                addresses,
                sign_in_methods=HistorySignInMethods(),
                review_links=review_links,
                openings=openings,
            )
        )
        self._client: FlaskClient = app.test_client()
        link = links.create(ProvenPerson(name="Dana Ozola", identity=Identity.SLACK, addresses=(OWNER,)))
        self._sign_in(addresses.make_address(link))

    def _sign_in(self, path: str) -> None:
        match = re.search(r'name="csrf_token" value="([^"]+)"', self._client.get(path).text)
        token = match[1] if match else ""
        if self._client.post(path, data={"csrf_token": token}).status_code != 303:
            raise SystemExit("could not sign in")

    def ask(self, path: str) -> float:
        """Open a page and return how many seconds the response took."""
        started = time.perf_counter()
        answer = self._client.get(path.format(middle=self.median))
        took = time.perf_counter() - started
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status_code} {answer.text[:200]}")
        return took


def list_figures(
    database: str, few_times: dict[str, list[float]], many_times: dict[str, list[float]]
) -> Iterator[Figure]:
    few, many = (statistics.median(each[FIRST_PAGE]) * 1000 for each in (few_times, many_times))
    page = Figure(row="the history page, with charts", value=many, unit="ms", database=database)
    yield replace(page, beside=f"{FEW:,} reviews", reference=few)


def main() -> None:
    parser = command_line("history", __doc__)
    parser.add_argument("--rounds", type=positive_number, default=ROUNDS, help="how often each is measured")
    parser.add_argument("--reviews", type=positive_number, default=MANY, help="as many as that are many")
    arguments = parser.parse_args()
    figures: list[Figure] = []
    with open_databases(arguments) as databases:
        for database, made in databases.items():
            readers = [SignedInReader(*each) for each in fill_two(made, arguments.reviews)]
            times = measure(readers, arguments.rounds, PAGES)
            report(database, *times, many=arguments.reviews)
            figures += list_figures(database, *times)
    hand_over(arguments, figures)


if __name__ == "__main__":
    main()
