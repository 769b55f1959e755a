"""What an event costs from its delivery to the posted card: processor time of the product and of PostgreSQL.

    ./dev bench event [--events 120] [--rounds 3] [--database postgresql]

Saves of different files, each a review of its own with a card in one of twenty channels. DocSpace and Slack
are stand-ins in this process, which is not counted; the work of an idle installation is. On SQLite it is
`serve`, on PostgreSQL the Procfile: web and worker.

How soon the cards stand, in the median, is measured beside an installation that compares no documents, in
turn. A few saves come before the burst. It begins when some of their documents are compared and others wait;
in both, when all calls to DocSpace that are free at once are there again.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.command_line import command_line, open_databases, positive_number
from bench.figures import POSTGRESQL, SQLITE, Figure, hand_over
from bench.installation import build_settings, sending, slack_settings, write_route
from bench.patience import PATIENCE, wait_for
from bench.processes import TICKS, usage
from bench.servers import running_installation
from demo import BOB, COMPLIANCE, OLGA, DemoPortal, RequestLimits, Sender, run_portal
from reviews.comparison import ComparisonState
from runtime.call_limits.call_allowance import TOTAL_RATE
from store.engine import create_engine, read_only
from store.schema import cards, comparisons
from store.unit_of_work import SqlUnitOfWork
from tests.edge.fake_slack import FakeSlack

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EVENTS, WARM_UP = 120, 20
ROUNDS = 3
COMPARED = 3
"""How many documents of the warm-up are compared before the burst."""
CHANNELS = 20
ONE_BY_ONE = 'quiet_period = "0s"\nbulk = "off"'
WITHOUT_COMPARISONS = f'{ONE_BY_ONE}\nshow_changes = "off"'
GOALS = {SQLITE: (8.0,), POSTGRESQL: (10.0, 3.0)}
"""Milliseconds of the product, and of the server."""
PARENT, USER_TICKS, SYSTEM_TICKS = 1, 11, 12  # places in /proc/PID/stat after the program's name


def name_channel(number: int) -> str:
    return f"C0EVENTS{number:03}"


def write_routes(folders: Sequence[int | str], *, more: str) -> str:
    """Return a routing file in which each folder has a route and a channel of its own, and `more` keys."""
    return "".join(
        write_route(f"r{number}", folder, f"slack:{name_channel(number)}", more=more)
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


def count_compared(engine: sa.Engine) -> int:
    compared = sa.select(sa.func.count()).where(comparisons.c.state == ComparisonState.COMPARED)
    with read_only(engine).connect() as connection:
        return connection.execute(compared).scalar_one()


def are_calls_free(engine: sa.Engine) -> bool:
    """Return whether all calls to DocSpace that may be made at once are free."""
    now = datetime.now(UTC)
    with SqlUnitOfWork(engine, reading=True) as work:
        return work.gates.find_next_slot(TOTAL_RATE.gate, now) <= now


@dataclass(frozen=True, kw_only=True)
class EventCost:
    """What an event took: milliseconds of processor time, and seconds from the event to its card."""

    events: int
    product: float
    server: float
    seconds: float
    median: float


def measure(address: str, folder: Path, count: int, *, more: str) -> EventCost:
    """Measure a burst of `count` saves; each route has `more` keys."""
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
        portal_address = stack.enter_context(run_portal(portal, sender))
        others = {"ROUTES": write_routes(folders, more=more), "SWEEP_MINUTES": "0", **slack_settings(slack)}
        settings = build_settings(address, portal, portal_address, **others)
        installed = stack.enter_context(running_installation(settings, folder))
        engine = create_engine(address)
        stack.callback(engine.dispose)
        stack.enter_context(sending(sender, installed.url))

        def save(file_ids: list[int | str]) -> None:
            posted = len(list_durations(engine)) + len(file_ids)
            for file_id in file_ids:
                portal.save(file_id, by=BOB.id)
            wait_for(
                lambda: len(list_durations(engine)) >= posted,
                f"{posted} cards are posted",
                patience=PATIENCE + len(file_ids),
            )

        save(files[:WARM_UP])
        compared = 0 if more == WITHOUT_COMPARISONS else COMPARED
        wait_for(lambda: count_compared(engine) >= compared, f"{compared} documents are compared")
        wait_for(lambda: are_calls_free(engine), "all calls to DocSpace are free")
        before, server = sum(usage(each).seconds for each in installed.sessions), read_server_seconds(engine)
        started = time.monotonic()
        save(files[WARM_UP:])
        seconds = time.monotonic() - started
        spent = sum(usage(each).seconds for each in installed.sessions) - before
        server = read_server_seconds(engine) - server
        durations = list_durations(engine)[WARM_UP:]
    return EventCost(
        events=len(durations),
        product=spent / len(durations) * 1000,
        server=server / len(durations) * 1000,
        seconds=seconds,
        median=statistics.median(durations),
    )


def take_medians(costs: Sequence[EventCost]) -> EventCost:
    """Return the median of each figure."""
    return EventCost(
        events=costs[0].events,
        product=statistics.median(each.product for each in costs),
        server=statistics.median(each.server for each in costs),
        seconds=statistics.median(each.seconds for each in costs),
        median=statistics.median(each.median for each in costs),
    )


def list_figures(database: str, cost: EventCost, without: EventCost) -> Iterator[Figure]:
    goals = GOALS[database]
    product = Figure(row="processor time of an event", value=cost.product, unit="ms", database=database)
    yield replace(product, beside="at most", reference=goals[0])
    if len(goals) > 1:
        server = Figure(row="of PostgreSQL's server", value=cost.server, unit="ms", database=database)
        yield replace(server, beside="at most", reference=goals[1])
    card = Figure(row="event to card", value=cost.median, unit="s", database=database)
    yield replace(card, beside="without comparisons", reference=without.median)


def main() -> None:
    parser = command_line("event", __doc__)
    parser.add_argument("--events", type=positive_number, default=EVENTS, help="saves of files")
    parser.add_argument("--rounds", type=positive_number, default=ROUNDS, help="bursts with and without")
    arguments = parser.parse_args()
    heads = ("events", "ms of processor an event", "of the server", "seconds in all")
    medians = ("event to card, s", "without comparisons, s")
    table = Table("", *heads, *medians, box=None)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder, open_databases(arguments) as databases:
        for database, made in databases.items():
            costs: dict[str, list[EventCost]] = {ONE_BY_ONE: [], WITHOUT_COMPARISONS: []}
            for _ in track(range(arguments.rounds), description=f"Rounds, {database}", transient=True):
                for more, of_these in costs.items():
                    of_these.append(measure(made.new(), Path(folder), arguments.events, more=more))
            cost, without = (take_medians(each) for each in costs.values())
            texts = (f"{each:.1f}" for each in (cost.product, cost.server, cost.seconds))
            table.add_row(database, str(cost.events), *texts, f"{cost.median:.2f}", f"{without.median:.2f}")
            figures += list_figures(database, cost, without)
    Console(width=120).print(table)
    hand_over(arguments, figures)


if __name__ == "__main__":
    main()
