"""What the processes cost until they work, and while nothing happens: processor time and memory of each role.

    .venv/bin/python -m bench.idle_bench [--seconds 60] [--events 0] [--slack] [--postgresql]

`serve` runs on SQLite; with `--postgresql`, the web and worker lines of the Procfile on PostgreSQL too. The
start lasts until /healthz answers 200, for the worker until it beats. With `--events`, reviews of as many
files are opened, and the idle processes are measured again. Cards go to the log, with `--slack` to Slack.
DocSpace and Slack are stand-ins in this process, which is not counted. Memory is as in `bench.processes`.
"""

from __future__ import annotations

import argparse
import secrets
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import requests
from rich.console import Console
from rich.table import Table

from bench.event_bench import list_durations, wait_for
from bench.processes import usage
from bench.servers import running_installation
from demo import BOB, COMPLIANCE, OLGA, DemoPortal, RequestLimits, Sender, run_portal
from demo.serve import run_sender
from store.engine import create_engine
from store.workers import WorkerRegistry
from tests.databases import SqliteDatabases, postgres_databases
from tests.edge.fake_slack import FakeSlack

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from bench.servers import Installed

SETTLE_SECONDS = 5
POLL_SECONDS = 0.02
CHANNEL = "C0IDLE"
WEBHOOK_SECRET = "Compl1ance!Bench"  # noqa: S105 - made up
HEADS = ("role", "events before", "processor s to start", "% of a core", "MB", "processes")


@dataclass(frozen=True, kw_only=True)
class Run:
    """What is measured: for how many seconds, after how many events, and whether the cards go to Slack."""

    seconds: float
    events: int
    slack: bool


def measure(address: str, folder: Path, run: Run) -> Iterator[list[str]]:
    """Yield a row for each role of an installation on this database, and one more after the events."""
    portal = DemoPortal(lambda: datetime.now(UTC), limits=RequestLimits(per_minute=10**9))
    files = [portal.add_file(f"Paper {each}.docx", COMPLIANCE, by=OLGA.id).id for each in range(run.events)]
    sender = Sender(portal)
    engine = create_engine(address)
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        settings = {
            "DATABASE_URL": address,
            "DOCSPACE_API_HOST": stack.enter_context(run_portal(portal, sender)),
            "DOCSPACE_API_KEY": portal.api_key,
            "DOCSPACE_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "SECRET_KEY": secrets.token_urlsafe(48),
            "ROUTES": _write_route(f"slack:{CHANNEL}" if run.slack else "console"),
            "LOG_LEVEL": "warning",
            **(stack.enter_context(_run_slack()) if run.slack else {}),
        }
        installed = stack.enter_context(running_installation(settings, folder))
        roles = ("serve",) if len(installed.sessions) == 1 else ("web", "worker")
        starts = [f"{each:.2f}" for each in _measure_starts(installed, engine)]
        for role, start, figures in zip(roles, starts, _measure_idleness(installed, run), strict=True):
            yield [role, "0", start, *figures]
        if not files:
            return
        sender.register(f"{installed.url}/docspace/webhook", secret=WEBHOOK_SECRET)
        stack.enter_context(run_sender(sender, interval_seconds=0.05))
        for file_id in files:
            portal.save(file_id, by=BOB.id)
        wait_for(lambda: len(list_durations(engine)) >= len(files))
        for role, figures in zip(roles, _measure_idleness(installed, run), strict=True):
            yield [role, str(len(files)), "", *figures]


def _write_route(target: str) -> str:
    return (
        f'[[route]]\nname = "idle"\nwatch = ["{COMPLIANCE}"]\nowners = ["{OLGA.email}"]\n'
        f'notify = ["{target}"]\nquiet_period = "0s"\nbulk = "off"\nidentity = "link"\n'
        'segregation_of_duties = "off"\n'
    )


@contextmanager
def _run_slack() -> Iterator[dict[str, str]]:
    """Run Slack's stand-in; yield the settings for it."""
    with FakeSlack(rate_limit=False) as slack:
        slack.add_channel(CHANNEL, "idle")
        slack.add_person("U0OLGA", "Olga", OLGA.email)
        yield {
            "SLACK_BOT_TOKEN": slack.token,
            "SLACK_SIGNING_SECRET": "bench",
            "SLACK_API_URL": slack.api_url,
        }


def _measure_starts(installed: Installed, engine: sa.Engine) -> list[float]:
    """Return the processor time of each role until it works; the worker comes last."""
    starts: dict[int, float] = {}
    web, worker = installed.sessions[0], installed.sessions[-1]

    def has_started() -> bool:
        if worker not in starts and worker != web and WorkerRegistry(engine).list_names():
            starts[worker] = usage(worker).seconds
        if web not in starts and requests.get(f"{installed.url}/healthz", timeout=30).ok:
            starts[web] = usage(web).seconds
        return len(starts) == len(installed.sessions)

    wait_for(has_started, interval=POLL_SECONDS)
    return [starts[each] for each in installed.sessions]


def _measure_idleness(installed: Installed, run: Run) -> Iterator[list[str]]:
    """Yield the figures of each role, all measured at the same time."""
    time.sleep(SETTLE_SECONDS)
    before, began = [usage(each) for each in installed.sessions], time.monotonic()
    time.sleep(run.seconds)
    after, lasted = [usage(each) for each in installed.sessions], time.monotonic() - began
    for first, last in zip(before, after, strict=True):
        percent = 100 * (last.seconds - first.seconds) / lasted
        yield [f"{percent:.2f}", f"{last.megabytes:.1f}", str(last.processes)]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--events", type=int, default=0)
    parser.add_argument("--slack", action="store_true")
    parser.add_argument("--postgresql", action="store_true")
    # `./dev bench` hands its arguments to every bench.
    asked = parser.parse_known_args()[0]
    run = Run(seconds=asked.seconds, events=asked.events, slack=asked.slack)
    table = Table(*HEADS, box=None)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        places = [SqliteDatabases(Path(folder)).new()]
        if asked.postgresql:
            places.append(stack.enter_context(postgres_databases()).new())
        for address in places:
            for row in measure(address, Path(folder), run):
                table.add_row(*row)
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
