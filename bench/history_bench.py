"""What the history page costs with ten thousand reviews in the database, and with a million.

    .venv/bin/python -m bench.history_bench [--rounds ROUNDS]

Each is a whole page, from the request to the response, in this process: session, database, charts, template.
On SQLite and on PostgreSQL, in one run on one machine, interleaved; compare within a row. The charts are what
grows: they count the reviews of the weeks that they show.
"""

from __future__ import annotations

import argparse
import re
import secrets
import time
from functools import partial
from typing import TYPE_CHECKING

from flask import Flask

from bench.list_bench import FEW, MANY, ROUNDS, ROUTES, addresses, measure, report
from bench.many_reviews import BUSY, BUSY_FOLDER, OWNER, RARE, fill, folder
from pages.acknowledge import acknowledge_page
from pages.browser import set_up_sessions
from pages.history.views import build_history_page
from pages.history.visitor import HistorySignInMethods
from pages.links import Links
from pages.sign_in_links import SignInAddresses
from reviews.answers.answers import Answers
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
    from flask.testing import FlaskClient

KEY = secrets.token_urlsafe(48)
# By the address that is opened; `{middle}` is the cursor of the review in the middle.
PAGES = {
    "the first page, with charts": "/reviews",
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
        app.register_blueprint(acknowledge_page(answers, Links(KEY, "")))
        app.register_blueprint(
            build_history_page(archive, links, addresses, sign_in_methods=HistorySignInMethods())
        )
        self._client: FlaskClient = app.test_client()
        link = links.create(ProvenPerson(name="Dana Ozola", identity=Identity.SLACK, addresses=(OWNER,)))
        self._sign_in(addresses.make_address(link.id))

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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    # `./dev bench` hands its arguments to every bench.
    rounds = parser.parse_known_args()[0].rounds
    for database in ("SQLite", "PostgreSQL"):
        with addresses(database) as made:
            now = get_utc_time()
            for address, reviews in zip(made, (FEW, MANY), strict=True):
                fill(address, reviews, until=now)
            readers = [
                SignedInReader(address, reviews) for address, reviews in zip(made, (FEW, MANY), strict=True)
            ]
            report(database, *measure(readers, rounds, PAGES), names=PAGES)


if __name__ == "__main__":
    main()
