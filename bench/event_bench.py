"""What an event costs from its delivery to the posted card: processor time of the product and of PostgreSQL.

    .venv/bin/python -m bench.event_bench [--events 120] [--postgresql]

Saves of different files, each a review of its own with a card in one of twenty channels. DocSpace and Slack
are stand-ins in this process, which is not counted; the work of an idle installation is. On SQLite it is
`serve`, on PostgreSQL the Procfile: web and worker.
"""

from __future__ import annotations

import argparse
import secrets
import statistics
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from bench.processes import TICKS, usage
from bench.servers import running_installation
from demo import BOB, COMPLIANCE, OLGA, DemoPortal, RequestLimits, Sender, run_portal
from demo.serve import run_sender
from store.engine import create_engine, read_only
from store.schema import cards
from tests.databases import SqliteDatabases, postgres_databases
from tests.edge.fake_slack import FakeSlack

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EVENTS, WARM_UP = 120, 20
PATIENCE = 600.0
CHANNELS = 20
WEBHOOK_SECRET = "Compl1ance!Bench"  # noqa: S105 - made up
PARENT, USER_TICKS, SYSTEM_TICKS = 1, 11, 12  # places in /proc/PID/stat after the program's name


def name_channel(number: int) -> str:
    return f"C0EVENTS{number:03}"


def write_routes(folders: Sequence[int | str]) -> str:
    """Return a routing file in which each folder has a route and a channel of its own."""
    return "".join(
        f'[[route]]\nname = "r{number}"\nwatch = ["{folder}"]\nowners = ["{OLGA.email}"]\n'
        f'notify = ["slack:{name_channel(number)}"]\nquiet_period = "0s"\nbulk = "off"\n'
        for number, folder in enumerate(folders)
    )


def read_server_seconds(engine: sa.Engine) -> float:
    """Return the processor time of PostgreSQL's processes that run, in seconds; 0 for SQLite."""
    if engine.dialect.name == "sqlite":
        return 0.0
    with engine.connect() as connection:
        backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    stats = {path.parent.name: _read_stat(path) for path in Path("/proc").glob("[0-9]*/stat")}
    postmaster = stats[str(backend)][PARENT]
    ticks = (
        int(stat[USER_TICKS]) + int(stat[SYSTEM_TICKS])
        for pid, stat in stats.items()
        if stat and (pid == postmaster or stat[PARENT] == postmaster)
    )
    return sum(ticks) / TICKS


def _read_stat(path: Path) -> list[str]:
    try:
        return path.read_text().rpartition(")")[2].split()
    except OSError:
        return []  # it has ended meanwhile


def list_durations(engine: sa.Engine) -> list[float]:
    """Return the seconds from event to card of each posted card, in their order."""
    query = sa.select(cards.c.posted_at, cards.c.caused_at).where(cards.c.posted_at.is_not(None))
    with read_only(engine).connect() as connection:
        rows = connection.execute(query.order_by(cards.c.id)).all()
    return [(row.posted_at - row.caused_at).total_seconds() for row in rows]


def wait_for(condition: Callable[[], bool], *, interval: float = 0.2) -> None:
    """Look every `interval` seconds whether a condition holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(interval)


def measure(address: str, folder: Path, count: int) -> list[str]:
    portal = DemoPortal(lambda: datetime.now(UTC), limits=RequestLimits(per_minute=10**9))
    folders = [portal.add_folder(f"Folder {number}", COMPLIANCE).id for number in range(CHANNELS)]
    files = [
        portal.add_file(f"Paper {number}.docx", folders[number % CHANNELS], by=OLGA.id).id
        for number in range(count + WARM_UP)
    ]
    sender = Sender(portal)
    with ExitStack() as stack:
        slack = stack.enter_context(FakeSlack(rate_limit=False))
        for number in range(CHANNELS):
            slack.add_channel(name_channel(number), f"events-{number}")
        slack.add_person("U0OLGA", "Olga", OLGA.email)
        settings = {
            "DATABASE_URL": address,
            "DOCSPACE_API_HOST": stack.enter_context(run_portal(portal, sender)),
            "DOCSPACE_API_KEY": portal.api_key,
            "DOCSPACE_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "SECRET_KEY": secrets.token_urlsafe(48),
            "ROUTES": write_routes(folders),
            "SLACK_BOT_TOKEN": slack.token,
            "SLACK_SIGNING_SECRET": "bench",
            "SLACK_API_URL": slack.api_url,
            "SWEEP_MINUTES": "0",
            "LOG_LEVEL": "warning",
        }
        installed = stack.enter_context(running_installation(settings, folder))
        engine = create_engine(address)
        stack.callback(engine.dispose)
        sender.register(f"{installed.url}/docspace/webhook", secret=WEBHOOK_SECRET)
        stack.enter_context(run_sender(sender, interval_seconds=0.05))

        def save(file_ids: list[int | str]) -> None:
            posted = len(list_durations(engine)) + len(file_ids)
            for file_id in file_ids:
                portal.save(file_id, by=BOB.id)
            wait_for(lambda: len(list_durations(engine)) >= posted)

        save(files[:WARM_UP])
        before, server = sum(usage(each).seconds for each in installed.sessions), read_server_seconds(engine)
        started = time.monotonic()
        save(files[WARM_UP:])
        seconds = time.monotonic() - started
        spent = sum(usage(each).seconds for each in installed.sessions) - before
        server = read_server_seconds(engine) - server
        durations = list_durations(engine)[WARM_UP:]
    figures = (spent / len(durations) * 1000, server / len(durations) * 1000, seconds)
    return [str(len(durations)), *(f"{each:.1f}" for each in figures), f"{statistics.median(durations):.2f}"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--postgresql", action="store_true")
    # `./dev bench` hands its arguments to every bench.
    asked = parser.parse_known_args()[0]
    heads = (
        "events",
        "ms of processor an event",
        "of the server",
        "seconds in all",
        "event to card, median s",
    )
    table = Table(*heads, box=None)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        databases = (
            stack.enter_context(postgres_databases()) if asked.postgresql else SqliteDatabases(Path(folder))
        )
        table.add_row(*measure(databases.new(), Path(folder), asked.events))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
