"""How fast a change event is received: verified, parsed, committed, answered; beside it, empty views.

    .venv/bin/python -m bench.intake_bench [--requests 6000]

All rows come from one run on one machine, interleaved over several rounds; compare rows, not runs.
"""

from __future__ import annotations

import argparse
import itertools
import secrets
import statistics
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.load import LoadFigures, drive, request
from bench.servers import granian, gunicorn, procfile
from demo import ALICE, COMPLIANCE, DemoPortal, Sender
from demo.transport import HttpAnswer
from tests.databases import SqliteDatabases, postgres_databases

SECRET = "Compl1ance!Bench"  # noqa: S105 - made up
REQUESTS, ROUNDS = 6000, 3
BARE_GUNICORN = "bare view, gunicorn gthread"
BARE_GRANIAN = "bare view, granian"
SETTINGS = {
    "DOCSPACE_WEBHOOK_SECRET": SECRET,
    "SECRET_KEY": secrets.token_urlsafe(48),
    "COMPLIANCE_FOLDER_ID": str(COMPLIANCE),
    "DEPARTMENT_OWNER_EMAIL": "owner@company.com",
    "LOG_LEVEL": "warning",
}

Server = Callable[[], AbstractContextManager[tuple[str, int]]]


def signed_requests(count: int) -> list[bytes]:
    """Return so many different genuine deliveries; the clock goes on by a second for each."""
    seconds = itertools.count()
    start = datetime(2026, 3, 9, tzinfo=UTC)
    portal = DemoPortal(lambda: start + timedelta(seconds=next(seconds)))
    sender = Sender(portal, transport=lambda _: HttpAnswer(200))
    document = portal.add_file("AML Policy 2026.docx", COMPLIANCE, by=ALICE.id)
    sender.register("http://bench/docspace/webhook", secret=SECRET)
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


def measure(servers: dict[str, Server], requests: list[bytes]) -> dict[str, list[LoadFigures]]:
    """Run every server once a round, so that noise on the machine meets all of them."""
    figures: dict[str, list[LoadFigures]] = {name: [] for name in servers}
    for _ in track(range(ROUNDS), description="Rounds", transient=True):
        for name, server in servers.items():
            with server() as address:
                drive(address, requests[:200])
                figures[name].append(drive(address, requests[200:]))
    return figures


def report(figures: dict[str, list[LoadFigures]]) -> None:
    middle = {name: statistics.median(run.rate for run in runs) for name, runs in figures.items()}
    table = Table("", "requests/s", "of gunicorn", "of granian", "p50 ms", "p99 ms", "refused", box=None)
    for name, runs in figures.items():
        table.add_row(
            name,
            f"{middle[name]:,.0f}",
            f"{middle[name] / middle[BARE_GUNICORN]:.2f}",
            f"{middle[name] / middle[BARE_GRANIAN]:.2f}",
            f"{statistics.median(run.p50 for run in runs):.1f}",
            f"{statistics.median(run.p99 for run in runs):.1f}",
            str(sum(run.refused for run in runs)),
        )
    Console(width=120).print(table)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=REQUESTS)
    # `./dev bench` hands its arguments to every bench.
    count = parser.parse_known_args()[0].requests
    requests = signed_requests(count + 200)
    with tempfile.TemporaryDirectory() as folder, postgres_databases(durable=True) as postgres:
        sqlite = SqliteDatabases(Path(folder))
        servers: dict[str, Server] = {
            BARE_GUNICORN: lambda: gunicorn("bench.bare:app"),
            BARE_GRANIAN: lambda: granian("bench.bare:app"),
            "receiver, SQLite, FULL": receiver(sqlite.new),
            "receiver, PostgreSQL": receiver(postgres.new),
        }
        report(measure(servers, requests))


if __name__ == "__main__":
    main()
