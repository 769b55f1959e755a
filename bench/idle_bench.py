"""What the processes cost until they work, and while nothing happens: processor time and memory of each role.

    ./dev bench idle [--seconds 60] [--events 2000 50000] [--slack] [--database sqlite]

`serve` runs on SQLite, the web and worker lines of the Procfile on PostgreSQL. The start lasts until
/healthz answers 200, for the worker until it beats. With `--events`, files are saved until there were as many
events, each a review, and the idle processes are measured again; 50,000 take an hour or more for each
database. Cards go to the log, with `--slack` to Slack. DocSpace and Slack are stand-ins in this process,
which is not counted. Memory is as in `bench.processes`.
"""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import requests
import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from bench.command_line import command_line, open_databases, positive_number
from bench.figures import Figure, hand_over
from bench.installation import BY_LINK, build_settings, sending, slack_settings, write_route
from bench.patience import wait_for
from bench.processes import usage
from bench.servers import running_installation
from demo import BOB, COMPLIANCE, OLGA, DemoPortal, RequestLimits, Sender, run_portal
from store.engine import create_engine, read_only
from store.schema import cards
from store.workers import WorkerRegistry
from tests.edge.fake_slack import FakeSlack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.servers import Installed

SETTLE_SECONDS = 5
POLL_SECONDS = 0.02
FOLDERS, PORTION = 100, 500  # of the files; how many are saved at a time
CHANNEL = "C0IDLE"
AT_ONCE = f'quiet_period = "0s"\nbulk = "off"\n{BY_LINK}'
HEADS = ("role", "events before", "processor s to start", "% of a core", "MB", "processes")
GOALS = {"serve": 100.0, "web": 80.0, "worker": 90.0}
"""Megabytes of a role."""
MAX_START, MAX_IDLE = 1.5, 1.0


@dataclass(frozen=True, kw_only=True)
class Run:
    """What is measured: for how many seconds, after how many events, and whether the cards go to Slack."""

    seconds: float
    events: tuple[int, ...]
    slack: bool


def measure(address: str, folder: Path, run: Run) -> Iterator[list[str]]:
    """Yield a row for each role of an installation on this database, and more after each number of events."""
    portal = DemoPortal(lambda: datetime.now(UTC), limits=RequestLimits(per_minute=10**9))
    folders = [portal.add_folder(f"Folder {number}", COMPLIANCE).id for number in range(FOLDERS)]
    files = [
        portal.add_file(f"Paper {number}.docx", folders[number % FOLDERS], by=OLGA.id).id
        for number in range(max(run.events, default=0))
    ]
    sender = Sender(portal)
    engine = create_engine(address)
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        portal_address = stack.enter_context(run_portal(portal, sender))
        target = f"slack:{CHANNEL}" if run.slack else "console"
        others = {"ROUTES": write_route("idle", COMPLIANCE, target, more=AT_ONCE)}
        others |= stack.enter_context(_run_slack()) if run.slack else {}
        settings = build_settings(address, portal, portal_address, **others)
        installed = stack.enter_context(running_installation(settings, folder))
        roles = ("serve",) if len(installed.sessions) == 1 else ("web", "worker")
        starts = [f"{each:.2f}" for each in _measure_starts(installed, engine)]
        for role, start, figures in zip(roles, starts, _measure_idleness(installed, run), strict=True):
            yield [role, "0", start, *figures]
        stack.enter_context(sending(sender, installed.url))
        done = 0
        for count in run.events:
            save_and_wait(portal, engine, files[done:count])
            done = count
            for role, figures in zip(roles, _measure_idleness(installed, run), strict=True):
                yield [role, str(count), "", *figures]


def save_and_wait(portal: DemoPortal, engine: sa.Engine, file_ids: list[int | str]) -> None:
    """Save files, each one event, some at a time; wait until each has a card."""
    for start_at in range(0, len(file_ids), PORTION):
        portion = file_ids[start_at : start_at + PORTION]
        posted = _count_posted(engine) + len(portion)
        for file_id in portion:
            portal.save(file_id, by=BOB.id)
        wait_for(partial(_are_posted, engine, posted), f"{posted} cards are posted")


def _are_posted(engine: sa.Engine, count: int) -> bool:
    return _count_posted(engine) >= count


def _count_posted(engine: sa.Engine) -> int:
    posted = sa.select(sa.func.count()).where(cards.c.posted_at.is_not(None))
    with read_only(engine).connect() as connection:
        return connection.execute(posted).scalar_one()


@contextmanager
def _run_slack() -> Iterator[dict[str, str]]:
    """Run Slack's stand-in; yield the settings for it."""
    with FakeSlack(rate_limit=False) as slack:
        slack.add_channel(CHANNEL, "idle")
        slack.add_person("U0OLGA", "Olga", OLGA.email)
        yield slack_settings(slack)


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

    wait_for(has_started, "each process has started", interval=POLL_SECONDS)
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


def list_figures(database: str, lines: list[list[str]]) -> Iterator[Figure]:
    """Return the figures of each role; memory is that of the last measurement, after the events if any."""
    for role, _, start, idle, megabytes, _ in lines:
        for row, text, unit, most in (
            (f"start of `{role}`", start, "s", MAX_START),
            (f"idle `{role}`", idle, "% of a core", MAX_IDLE),
            (f"memory of `{role}`", megabytes, "MB", GOALS[role]),
        ):
            if text:
                figure = Figure(row=row, value=float(text), unit=unit, database=database)
                yield replace(figure, beside="at most", reference=most)


def main() -> None:
    parser = command_line("idle", __doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long to measure")
    parser.add_argument("--events", type=positive_number, nargs="*", default=[], help="saves of files")
    parser.add_argument("--slack", action="store_true")
    arguments = parser.parse_args()
    run = Run(seconds=arguments.seconds, events=tuple(sorted(arguments.events)), slack=arguments.slack)
    table = Table(*HEADS, box=None)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder, open_databases(arguments) as databases:
        for database, made in databases.items():
            lines = list(measure(made.new(), Path(folder), run))
            figures += list_figures(database, lines)
            for line in lines:
                table.add_row(*line)
    Console(width=120).print(table)
    hand_over(arguments, figures)


if __name__ == "__main__":
    main()
