"""Whether the time of an answer says whom a code is mailed to, and what a flood leaves of it for an owner.

    ./dev bench code [--rounds 100]

A person asks for a code, and guesses one, with an owner's address and with a stranger's in turn, each time
in a new browser, with the hash, the threads and a mail server on this machine as in earnest. Then a thousand
browsers in as many networks ask without a link for the owner's code, and she asks with hers.
"""

from __future__ import annotations

import logging
import statistics
import time
from collections import defaultdict
from dataclasses import replace
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

import structlog
from rich.console import Console
from rich.progress import track
from rich.table import Table
from werkzeug.security import check_password_hash, generate_password_hash

from bench.command_line import command_line, open_databases, positive_number
from bench.figures import Figure, hand_over
from reviews.people.mailed_codes import CodeRequester, CodeRequestMethod, WaitNeeded
from reviews.ports.quotas import MAX_QUOTA_PERIOD, CodeQuotas, Quota
from runtime.web.background_jobs import BackgroundJobs
from store.engine import create_engine
from store.unit_of_work import SqlUnitOfWork
from tests.edge.smtp_server import MailServer
from tests.journeys.processes import eventually
from tests.pages.mailed_codes import STRANGER, ask_for_code, codes_of, use_code
from tests.pages.visitor import ADDRESS, ReviewPageVisitor
from tests.reviews.desk import Desk
from tests.reviews.samples import OWNER

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS, WARM_UP, FLOOD = 100, 5, 1000
ANY = Quota(10**6, MAX_QUOTA_PERIOD)
NO_LIMITS = CodeQuotas(
    requests_per_network=ANY, guesses_per_network=ANY, mails_per_address=ANY, mail_interval=ANY
)

Times = defaultdict[tuple[str, str], list[float]]


class CodePage:
    """The page of one review on one database, where codes are mailed as in earnest."""

    def __init__(self, address: str, server: MailServer) -> None:
        self.engine = create_engine(address, lock_timeout=2)
        desk = Desk(self.engine, partial(SqlUnitOfWork, self.engine))
        codes = codes_of(desk, server, run_later=BackgroundJobs(Event()))
        digests = replace(codes.digests, compute_hash=generate_password_hash, verify_hash=check_password_hash)
        self.codes = replace(codes, digests=digests)
        unlimited = replace(self.codes, limits=NO_LIMITS)
        self.server, self.person = server, ReviewPageVisitor(desk, unlimited)
        self.path = self.person.open()

    def measure(self, seconds_by_case: Times, address: str) -> None:
        """Ask for a code and guess it once; return when nothing goes on any more."""
        who = self.person.other()
        who.get(self.path)
        before = len(self.server.mails)
        began = time.perf_counter()
        ask_for_code(who, self.path, address)
        seconds_by_case["asked", address].append(time.perf_counter() - began)
        with who.client.session_transaction(base_url=ADDRESS) as session:
            browser = str(session["browser"])
        eventually(lambda: self._is_written(browser), every=0.002)
        eventually(lambda: address != OWNER or len(self.server.mails) > before, every=0.002)
        idle = Event()
        self.codes.run_later(f"mail {CodeRequestMethod.LINK}", idle.set)
        idle.wait()
        began = time.perf_counter()
        use_code(who, self.path, "00000000")
        seconds_by_case["guessed", address].append(time.perf_counter() - began)

    def _is_written(self, browser: str) -> bool:
        with SqlUnitOfWork(self.engine, reading=True) as work:
            return work.codes.find_newest(browser) is not None

    def flood(self) -> tuple[int, int, float]:
        """Return how many were refused, the mails of the flood, and the seconds until the owner had hers."""
        self.person.desk.clock.advance(hours=2)  # what was counted before is over
        before, refused = len(self.server.mails), 0
        for number in range(FLOOD):
            try:
                self.codes.request_code(OWNER, None, _asker(f"flood{number}", CodeRequestMethod.SIGN_IN))
            except WaitNeeded:
                refused += 1
        mailed = len(self.server.mails)
        began = time.perf_counter()
        self.codes.request_code(OWNER, self.person.review(), _asker("hers", CodeRequestMethod.LINK))
        eventually(lambda: self._is_written("hers") and len(self.server.mails) > mailed, every=0.002)
        return refused, mailed - before, time.perf_counter() - began


def _asker(name: str, method: CodeRequestMethod) -> CodeRequester:
    return CodeRequester(browser=name, network=name, method=method)


def list_figures(database: str, seconds_by_case: Times) -> Iterator[Figure]:
    owner, stranger = (
        statistics.median(seconds_by_case["asked", address][WARM_UP:]) * 1000 for address in (OWNER, STRANGER)
    )
    figure = Figure(row="asking for a code, as an owner", value=owner, unit="ms", database=database)
    yield replace(figure, beside="as a stranger", reference=stranger)


def report(name: str, seconds_by_case: Times) -> None:
    table = Table(name, "owner ms", "stranger ms", "difference ms", "p10 of both ms", box=None)
    for what in ("asked", "guessed"):
        owner, stranger = (seconds_by_case[what, address][WARM_UP:] for address in (OWNER, STRANGER))
        medians = [statistics.median(times) * 1000 for times in (owner, stranger)]
        fast = (f"{sorted(times)[len(times) // 10] * 1000:.1f}" for times in (owner, stranger))
        figures = (*(f"{each:.1f}" for each in medians), f"{medians[0] - medians[1]:+.1f}", " / ".join(fast))
        table.add_row(what, *figures)
    Console(width=120).print(table)


def main() -> None:
    parser = command_line("code", __doc__)
    parser.add_argument("--rounds", type=positive_number, default=ROUNDS, help="how often each is measured")
    arguments = parser.parse_args()
    rounds = WARM_UP + max(arguments.rounds, 2)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    figures: list[Figure] = []
    with open_databases(arguments) as databases, MailServer() as server:
        for name, made in databases.items():
            place, took = CodePage(made.new(), server), Times(list)
            for number in track(range(rounds), description=name, transient=True):
                # Each goes first as often as the other.
                for typed in (OWNER, STRANGER)[:: 1 if number % 2 else -1]:
                    place.measure(took, typed)
            report(name, took)
            figures += list_figures(name, took)
            refused, mailed, seconds = place.flood()
            print(
                f"{FLOOD} asked without a link: {refused} were refused, {mailed} mails came of it meanwhile; "
                f"the owner had hers {seconds:.2f} s after she had asked with her link\n"
            )
            place.engine.dispose()
    hand_over(arguments, figures)


if __name__ == "__main__":
    main()
