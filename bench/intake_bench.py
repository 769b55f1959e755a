"""How fast a change event is received: verified, parsed, committed, answered; beside it, empty views.

    ./dev bench intake [--requests 6000] [--rounds 5]

All rows come from one run on one machine, interleaved over several rounds, with the same requests; compare
rows, not runs. Each round first sends as many as the server takes, over 16 connections, then a thousand a
second, which all servers can do: the second table. `us` is the processor time of the server's processes for
one request, without the database's, and `load` the share of a core that the load generator takes meanwhile.
"""

from __future__ import annotations

import itertools
import secrets
import statistics
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.command_line import command_line, open_databases, positive_number
from bench.figures import POSTGRESQL, SQLITE, Figure, hand_over
from bench.installation import WEBHOOK_SECRET
from bench.load import LoadFigures, drive, request
from bench.processes import usage
from bench.servers import Listening, granian, gunicorn, procfile
from demo import ALICE, COMPLIANCE, DemoPortal, RequestLimits, Sender
from demo.transport import HttpAnswer

REQUESTS, ROUNDS, WARM_UP = 6000, 5, 200
STEADY, STEADY_RATE = 2000, 1000.0  # requests, and how many of them a second
BARE_GUNICORN = "bare view, gunicorn gthread"
BARE_GRANIAN = "bare view, granian"
_SHARES = ("of gunicorn", "of granian")
SETTINGS = {
    "DOCSPACE_WEBHOOK_SECRET": WEBHOOK_SECRET,
    "SECRET_KEY": secrets.token_urlsafe(48),
    "COMPLIANCE_FOLDER_ID": str(COMPLIANCE),
    "DEPARTMENT_OWNER_EMAIL": "owner@company.com",
    "LOG_LEVEL": "warning",
}

Server = Callable[[], AbstractContextManager[Listening]]


@dataclass(frozen=True)
class Round:
    """What one server did in one round; `processor` is in microseconds for a request."""

    most: LoadFigures
    processor: float
    steady: LoadFigures


def make_portal() -> DemoPortal:
    """Return a portal whose clock goes on by a second whenever it is read, so that no two saves are alike."""
    seconds = itertools.count()
    start = datetime(2026, 3, 9, tzinfo=UTC)
    return DemoPortal(
        lambda: start + timedelta(seconds=next(seconds)), limits=RequestLimits(per_minute=10**9)
    )


def signed_requests(count: int, portal: DemoPortal | None = None) -> list[bytes]:
    """Return so many different genuine deliveries: saves of one document of a portal."""
    portal = portal or make_portal()
    sender = Sender(portal, transport=lambda _: HttpAnswer(200))
    document = portal.add_file("AML Policy 2026.docx", COMPLIANCE, by=ALICE.id)
    sender.register("http://bench/docspace/webhook", secret=WEBHOOK_SECRET)
    requests = []
    for _ in range(count):
        portal.save(document.id, by=ALICE.id)
        made = sender.request(sender.pending()[-1])
        headers = {name: value for name, value in made.headers.items() if name != "Host"}
        requests.append(request("/docspace/webhook", made.body, headers))
        sender.lose_queue()
    return requests


def receiver(database: Callable[[], str]) -> Server:
    """Return our receiver on a new database."""
    return lambda: procfile({**SETTINGS, "DATABASE_URL": database()})


def measure(servers: dict[str, Server], requests: list[bytes], rounds: int) -> dict[str, list[Round]]:
    """Run every server once a round, so that noise on the machine meets all of them."""
    figures: dict[str, list[Round]] = {name: [] for name in servers}
    for _ in track(range(rounds), description="Rounds", transient=True):
        for name, start in servers.items():
            with start() as server:
                figures[name].append(_measure_round(server, requests))
    return figures


def _measure_round(server: Listening, requests: list[bytes]) -> Round:
    warm_up, steady, many = requests[:WARM_UP], requests[WARM_UP:][:STEADY], requests[WARM_UP + STEADY :]
    drive(server.address, warm_up)
    before = usage(server.session).seconds
    most = drive(server.address, many)
    processor = (usage(server.session).seconds - before) / len(many) * 1e6
    return Round(most, processor, drive(server.address, steady, rate=STEADY_RATE))


def report(rounds: dict[str, list[Round]]) -> None:
    console = Console(width=120)
    table = Table("as many as it takes", "requests/s", *_SHARES, "p50 ms", "p99 ms", "us", "load", box=None)
    for name, runs in rounds.items():
        shares = (f"{_find_share(runs, rounds[peer]):.2f}" for peer in (BARE_GUNICORN, BARE_GRANIAN))
        processor = statistics.median(run.processor for run in runs)
        load = statistics.median(run.most.generator for run in runs)
        rate = statistics.median(run.most.rate for run in runs)
        latencies = _format_latencies([run.most for run in runs])
        table.add_row(name, f"{rate:,.0f}", *shares, *latencies, f"{processor:.0f}", f"{load:.2f}")
    console.print(table, "")
    table = Table(f"{STEADY_RATE:,.0f} a second", "p50 ms", "p99 ms", "refused in all", box=None)
    for name, runs in rounds.items():
        refused = sum(run.most.refused + run.steady.refused for run in runs)
        table.add_row(name, *_format_latencies([run.steady for run in runs]), str(refused))
    console.print(table)


def _find_share(runs: list[Round], peers: list[Round]) -> float:
    """Return the median, over the rounds, of a server's rate as a share of another's in the same round."""
    pairs = zip(runs, peers, strict=True)
    return statistics.median(run.most.rate / peer.most.rate for run, peer in pairs)


def _format_latencies(figures: list[LoadFigures]) -> tuple[str, str]:
    """Return the medians of p50 and p99."""
    middle, late = (
        statistics.median(values) for values in zip(*((run.p50, run.p99) for run in figures), strict=True)
    )
    return f"{middle:.1f}", f"{late:.1f}"


def list_figures(rounds: dict[str, list[Round]]) -> Iterator[Figure]:
    rates = {name: statistics.median(run.most.rate for run in runs) for name, runs in rounds.items()}
    slowest = {name: statistics.median(run.steady.p99 for run in runs) for name, runs in rounds.items()}
    for database in sorted(rounds.keys() & {SQLITE, POSTGRESQL}, reverse=True):
        rate = Figure(row="deliveries a second", value=rates[database], unit="/s", database=database)
        yield replace(rate, beside=BARE_GRANIAN, reference=rates[BARE_GRANIAN])
        late = Figure(row="the slowest of a hundred deliveries", value=slowest[database], unit="ms")
        yield replace(late, database=database, beside=BARE_GUNICORN, reference=slowest[BARE_GUNICORN])


def main() -> None:
    parser = command_line("intake", __doc__)
    parser.add_argument("--requests", type=positive_number, default=REQUESTS, help="deliveries of each round")
    parser.add_argument("--rounds", type=positive_number, default=ROUNDS, help="how often each is measured")
    arguments = parser.parse_args()
    requests = signed_requests(WARM_UP + STEADY + arguments.requests)
    with open_databases(arguments) as databases:
        servers: dict[str, Server] = {
            BARE_GUNICORN: lambda: gunicorn("bench.peers.bare:app"),
            BARE_GRANIAN: lambda: granian("bench.peers.bare:app"),
            **{name: receiver(made.new) for name, made in databases.items()},
        }
        figures = measure(servers, requests, arguments.rounds)
    report(figures)
    hand_over(arguments, list_figures(figures))


if __name__ == "__main__":
    main()
