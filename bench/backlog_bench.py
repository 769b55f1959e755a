"""How fast a backlog of saves becomes posted cards, with one worker and with two.

    ./dev bench backlog [--events 5000] [--rounds 2]

Each event is a save of a file of its own. All are received before a worker runs; the channel is the console.
One worker and two take turns, each on a new database of a durable PostgreSQL. The stand-in portal is a
process of its own, and has no limit of requests; nor have these workers (`bench.unpaced_worker`): with
DocSpace's limit, which they share, two would be as fast as one. What is measured begins when all workers
have registered: a start takes a second or two of a core.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from bench.command_line import command_line, positive_number
from bench.event_bench import read_server_seconds
from bench.figures import POSTGRESQL, Figure, hand_over
from bench.installation import build_settings, write_route
from bench.patience import PATIENCE, wait_for
from bench.portal_process import PortalProcess, run_portal_process
from bench.processes import read_seconds, usage
from bench.servers import running_module
from reviews.intake.intake import receive_events
from store.engine import create_engine, read_only
from store.schema import cards, workers
from store.unit_of_work import SqlUnitOfWork
from tests.databases import postgres_databases
from webhook.payload import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

EVENTS, ROUNDS, FOLDERS = 5000, 2, 20
RECEIVED_AT_ONCE = 100
AT_ONCE = 'quiet_period = "0s"\nbulk = "off"'
CARD_MARK = "Acknowledge review or request changes"


def receive_all(engine: sa.Engine, bodies: Sequence[bytes]) -> None:
    events = [parse(body) for body in bodies]
    for start in range(0, len(events), RECEIVED_AT_ONCE):
        receive_events(partial(SqlUnitOfWork, engine), events[start : start + RECEIVED_AT_ONCE])


def count_posted(engine: sa.Engine) -> int:
    query = sa.select(sa.func.count()).where(cards.c.posted_at.is_not(None))
    with read_only(engine).connect() as connection:
        return connection.execute(query).scalar_one()


def count_workers(engine: sa.Engine) -> int:
    with read_only(engine).connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(workers)).scalar_one()


def measure(address: str, folder: Path, portal: PortalProcess, *, processes: int) -> tuple[float, list[str]]:
    """Return how many cards are posted a second, and a line of figures."""
    engine = create_engine(address)
    receive_all(engine, portal.bodies)
    routes = (
        write_route(f"r{number}", folder, "console", more=AT_ONCE)
        for number, folder in enumerate(portal.folder_ids)
    )
    settings = build_settings(address, portal, portal.address, ROUTES="".join(routes), SWEEP_MINUTES="0")
    logs = [folder / f"worker-{number}.log" for number in range(processes)]
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        sessions = [
            stack.enter_context(running_module("bench.unpaced_worker", settings, log=log)) for log in logs
        ]

        def read_all_seconds() -> list[float]:
            of_workers = sum(usage(session).seconds for session in sessions)
            return [of_workers, read_server_seconds(engine), read_seconds(portal.pid)]

        wait_for(lambda: count_workers(engine) == processes, f"{processes} workers beat", interval=0.05)
        posted, started_at, before = count_posted(engine), time.monotonic(), read_all_seconds()
        total = len(portal.bodies)
        wait_for(
            lambda: count_posted(engine) == total, f"{total} cards are posted", patience=PATIENCE + total
        )
        span = time.monotonic() - started_at
        spent = [now - earlier for now, earlier in zip(read_all_seconds(), before, strict=True)]
    count = total - posted
    shares = (log.read_text().count(CARD_MARK) / total for log in logs)
    texts = [" ".join(f"{share:.2f}" for share in shares), *(f"{each / count * 1000:.1f}" for each in spent)]
    return count / span, [f"{span:.1f}", f"{count / span:.1f}", *texts, f"{sum(spent) / span:.2f}"]


def main() -> None:
    parser = command_line("backlog", __doc__, databases=False)
    parser.add_argument("--events", type=positive_number, default=EVENTS, help="saves of files")
    parser.add_argument("--rounds", type=positive_number, default=ROUNDS, help="how often each is measured")
    arguments = parser.parse_args()
    heads = ("seconds", "events a second", "share of each", "ms of processor an event", "of the server")
    table = Table("workers", *heads, "of the portal", "cores busy", box=None)
    rates: defaultdict[int, list[float]] = defaultdict(list)
    with (
        tempfile.TemporaryDirectory() as folder,
        postgres_databases(durable=True) as databases,
        run_portal_process(files=arguments.events, folders=FOLDERS) as portal,
    ):
        for processes in (1, 2) * arguments.rounds:
            rate, figures = measure(databases.new(), Path(folder), portal, processes=processes)
            rates[processes].append(rate)
            table.add_row(str(processes), *figures)
    Console(width=140).print(table)
    one, two = (statistics.median(rates[processes]) for processes in (1, 2))
    figure = Figure(row="a backlog, two workers", value=two, unit="events a second", database=POSTGRESQL)
    print(f"two beside one: {two / one:.2f}")
    hand_over(arguments, [replace(figure, beside="one worker", reference=one)])


if __name__ == "__main__":
    main()
