"""What a year of changes does to an installation: the same day's work on a new one and on one a year old.

    ./dev bench year [--days 365] [--events 10000] [--day EVENTS] [--database sqlite]

The year is written in bulk, as the product would have written it, and retention removes of it what is past
its time. The new installation has the reviews that are open after that year and nothing else, so that both
list as much. Then a real day passes in both at once: signed deliveries over HTTP, real processes that keep to
DocSpace's limits, a stand-in portal, a Slack. Figures are medians, interleaved in one run on one machine;
compare within a row. `ledger verify` counts by the entry, since a year has more of them; `stats 30d` is shown
alone, since it counts what there was in thirty days. It fails where PostgreSQL had to end a deadlock.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.command_line import command_line, open_databases, positive_number
from bench.figures import Figure, hand_over
from bench.many_reviews import OPEN_ONE_OF
from bench.processes import usage
from bench.retention_bench import LARGE, show_size, sizes_now
from bench.year_data import Past, write_open_reviews, write_past
from bench.year_installation import (
    DEPARTMENTS,
    FILES,
    FIRST_DEPARTMENT,
    FIRST_FILE,
    YearInstallation,
    channel_of_department,
    open_office,
    route_of,
    run_on_all,
)
from demo import OLGA
from runtime.ledger_verification.ledger_check import check_ledger
from runtime.observe.health import Health
from runtime.settings.settings import parse_settings
from runtime.wiring.databases import get_utc_time
from runtime.wiring.sweeps import build_manual_sweep, build_worker_sweep
from runtime.wiring.wiring import Wiring
from runtime.worker.retention_rounds import build_rules
from runtime.worker.worker import POLL_SECONDS
from store.engine import create_engine

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

HOURS = 20
"""Into so many parts a day's work falls; each is measured on both installations in turn."""
TIMED = 10  # changes of an hour whose cards and clicks are timed
A_SECOND = 1.0  # of a document that is saved twice within one, DocSpace tells once
CALLS_AGAIN = 10.0
"""Seconds after which sweeps may ask DocSpace again; else waiting for their turn would be timed."""
HEALTH_CHECKS = 100
LISTS = ("recent 20", "pending", "mine", "overdue", "stats 30d")
KEEP_EVENTS = timedelta(days=90)
GROWS = {"ledger verify, all of it", "/reviews stats 30d"}
"""What has more to do: a record that is longer, the figures of thirty days in which there was something."""
MOST = 1.3
"""So much longer anything may take after a year, or so much more memory after a day."""


@dataclass(kw_only=True)
class YearFigures:
    """What was measured of one installation: seconds by what was done, and megabytes after each hour."""

    durations: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    megabytes: list[float] = field(default_factory=list)


def live_a_day(installations: list[YearInstallation], events: int) -> list[YearFigures]:
    """Have the same day pass in all; the first hour warms up and is not counted."""
    days = [YearFigures() for _ in installations]
    numbers = iter(range(10 * events))
    for hour in track(range(HOURS + 1), description="A day", transient=True):
        counted = days if hour else [YearFigures() for _ in installations]
        _time_changes(installations, counted, numbers)
        _time_reads(installations, counted)
        more = max(events // HOURS - TIMED, 0)
        chosen = [next(numbers) for _ in range(more)]
        run_on_all(partial(_work, numbers=chosen), installations)
        for installation, figures in zip(installations, counted, strict=True):
            figures.megabytes.append(sum(usage(each).megabytes for each in installation.product.sessions))
    return days


def _time_changes(
    installations: list[YearInstallation], results: list[YearFigures], numbers: Iterator[int]
) -> None:
    """Time changes of documents that were reviewed before: the new review takes the earlier one's place."""
    chosen = [_spread(next(numbers)) for _ in range(TIMED)]
    for installation in installations:
        for number in chosen:
            _, card = installation.time_card(number)
            installation.time_click(card)
        installation.wait_until_idle()
    time.sleep(A_SECOND)
    for number in chosen:
        for installation, figures in zip(installations, results, strict=True):
            # A worker looks four times a second: at which moment of that a change comes decides on its time.
            time.sleep(random.uniform(0, POLL_SECONDS))  # noqa: S311 - no secret
            took, card = installation.time_card(number)
            figures.durations["event to card"].append(took)
            figures.durations["click"].append(installation.time_click(card))


def _time_reads(installations: list[YearInstallation], results: list[YearFigures]) -> None:
    for _ in range(3):
        for installation, figures in zip(installations, results, strict=True):
            for text in LISTS:
                figures.durations[f"/reviews {text}"].append(installation.time_list(text))
            figures.durations["/healthz"].append(installation.time_health())


def _work(installation: YearInstallation, *, numbers: list[int]) -> None:
    """Have the documents of these numbers saved, several of them twice, and wait until all is done."""
    for number in numbers:
        installation.save(_spread(number * 2 // 3))
    installation.deliver()
    installation.wait_until_idle()


def _spread(number: int) -> int:
    """Return a document in another department than the one before, of which no review of the past is open.

    One of fifty is: a change would revise it, which is less work than the new one that the new installation
    opens.
    """
    place = number * 1009 % (FILES - FILES // OPEN_ONE_OF)
    return place + place // (OPEN_ONE_OF - 1) + 1


def count_deadlocks(engine: sa.Engine) -> int:
    """Return how often PostgreSQL ended one of two that waited for each other; SQLite has no such thing."""
    if engine.dialect.name != "postgresql":
        return 0
    query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    with engine.connect() as connection:
        count: int = connection.exec_driver_sql(query).scalar_one()
        return count


def time_record(figures: YearFigures, engine: sa.Engine) -> None:
    """Verify the ledger; keep the seconds for each of its entries."""
    began = time.perf_counter()
    verdict = check_ledger(engine)
    if verdict.problem is not None:
        raise SystemExit(f"the record does not hold: {verdict.problem}")
    figures.durations["ledger verify, an entry"].append((time.perf_counter() - began) / verdict.checked)
    figures.durations["ledger verify, all of it"].append(time.perf_counter() - began)


class Statements:
    """Counts the seconds in which an engine waits for the database, of one thread."""

    def __init__(self, engine: sa.Engine) -> None:
        self.seconds = self._began = 0.0
        sa.event.listen(engine, "before_cursor_execute", self._begin)
        sa.event.listen(engine, "after_cursor_execute", self._end)

    def _begin(self, *_: object) -> None:
        self._began = time.perf_counter()

    def _end(self, *_: object) -> None:
        self.seconds += time.perf_counter() - self._began


def time_health(installations: list[YearInstallation], results: list[YearFigures]) -> None:
    """Time what `/healthz` asks the database, without the way there, and the database's part of that."""
    wirings = [build_wiring(installation) for installation in installations]
    watched = [Health(engine=each.engine, clock=each.clock, routes=each.routes) for each in wirings]
    asked = [Statements(each.engine) for each in wirings]
    for _ in range(HEALTH_CHECKS):
        for health, statements, figures in zip(watched, asked, results, strict=True):
            before, began = statements.seconds, time.perf_counter()
            parts = health.check_parts()
            figures.durations["/healthz, its questions alone"].append(time.perf_counter() - began)
            figures.durations["/healthz, the database alone"].append(statements.seconds - before)
            if "backlog" not in parts:
                raise SystemExit(f"/healthz could not ask: {parts}")


def time_sweeps(installations: list[YearInstallation], results: list[YearFigures]) -> None:
    """Sweep departments that nothing happened to since the last sweep, as workers do and as by hand.

    What happened in the last minutes is looked at again each time: so both are swept at the same time.
    """
    wirings = [build_wiring(installation) for installation in installations]
    steady = [build_worker_sweep(wiring, wait=time.sleep, stopping=lambda: False) for wiring in wirings]
    by_hand = [build_manual_sweep(wiring, wait=time.sleep) for wiring in wirings]
    tops = [str(FIRST_DEPARTMENT + number) for number in range(DEPARTMENTS)]
    for sweep in by_hand:
        sweep.run(tops)
    time.sleep(CALLS_AGAIN)
    swept = list(zip(wirings, steady, by_hand, results, strict=True))
    for folder in tops:
        swept.reverse()
        for wiring, sweep, _, figures in swept:
            began = time.perf_counter()
            done = sweep.sweep_due_folder(folder, started_at=wiring.clock())
            figures.durations["sweep of 1,000 files, nothing new"].append(time.perf_counter() - began)
            if done is None or done.new_events or done.stopped_by:
                raise SystemExit(f"a sweep did not find what it should: {done}")
    time.sleep(CALLS_AGAIN)
    for folder in tops:
        swept.reverse()
        for _, _, sweep, figures in swept:
            began = time.perf_counter()
            sweep.run([folder])
            figures.durations["sweep of 1,000 files by hand"].append(time.perf_counter() - began)


def build_wiring(installation: YearInstallation) -> Wiring:
    return Wiring(parse_settings({name.lower(): text for name, text in installation.settings.items()}))


def retain(engine: sa.Engine) -> dict[str, list[float]]:
    """Do all that retention has to do; return the seconds of its steps by table."""
    rules = build_rules(engine, keep_events=KEEP_EVENTS, keep_reviews=None)
    durations = {}
    for name, rule in rules.items():
        took: list[float] = []
        after = rule.start
        while after is not None:
            began = time.perf_counter()
            after = rule.step(after, get_utc_time()).after
            took.append(time.perf_counter() - began)
        durations[name] = took
    return durations


def report_retention(times: dict[str, list[float]]) -> None:
    table = Table("retention of", "steps", "seconds", "median step, ms", "longest step, ms", box=None)
    for name, took in times.items():
        middle, most = statistics.median(took) * 1000, max(took) * 1000
        table.add_row(name, f"{len(took):,}", f"{sum(took):.1f}", f"{middle:.1f}", f"{most:.0f}")
    Console(width=110).print(table, "")


def report_sizes(engine: sa.Engine) -> None:
    """Show how much room the year takes, for holding it against the table in docs/retention.md."""
    sizes = sizes_now(engine)
    whole = sum(sizes.values())
    large = {name: size for name, size in sizes.items() if size >= whole * LARGE}
    table = Table("kept of a year", "size", box=None)
    for name, size in sorted(large.items(), key=lambda each: -each[1]):
        table.add_row(name, show_size(size))
    table.add_row("others", show_size(whole - sum(large.values())))
    table.add_row("all", show_size(whole))
    Console().print(table, "")


def report(database: str, new_figures: YearFigures, year_old: YearFigures) -> None:
    """Show what was measured, what takes too long after a year, and too much memory after a day."""
    table = Table(database, "new, ms", "a year old, ms", "ratio", "90th percentile", "", box=None)
    for name in new_figures.durations:
        before, after = (statistics.median(each.durations[name]) for each in (new_figures, year_old))
        late, later = (_percentile(each.durations[name]) for each in (new_figures, year_old))
        slow = after > MOST * before and name not in GROWS
        table.add_row(
            name,
            f"{before * 1000:,.3g}",
            f"{after * 1000:,.3g}",
            f"{after / before:.2f}",
            f"{late * 1000:,.3g} : {later * 1000:,.3g}",
            "too slow" if slow else "",
        )
    for name, figures in (("new", new_figures), ("a year old", year_old)):
        first, last = (statistics.median(each) for each in (figures.megabytes[:3], figures.megabytes[-3:]))
        table.add_row(
            f"memory, {name}: MB, morning and evening",
            f"{first:.0f}",
            f"{last:.0f}",
            f"{last / first:.2f}",
            "",
            "grows" if last > MOST * first else "",
        )
    Console(width=130).print(table, "")


def _percentile(times: list[float]) -> float:
    return sorted(times)[len(times) * 9 // 10]


def write_year(addresses: list[str], arguments: Namespace) -> None:
    """Write the year, let retention go over it, and show both."""
    past = Past(
        days=arguments.days,
        events_a_day=arguments.events,
        files=FILES,
        first_file=FIRST_FILE,
        routes=tuple(map(route_of, range(DEPARTMENTS))),
        channels=tuple(map(channel_of_department, range(DEPARTMENTS))),
        owner=OLGA.email,
        until=datetime.now(UTC),
    )
    began = time.perf_counter()
    write_open_reviews(addresses[0], past)
    write_past(addresses[1], past)
    seconds = time.perf_counter() - began
    Console().print(f"{past.events:,} events, {past.reviews:,} reviews written in {seconds:,.0f} s")
    past_engine = create_engine(addresses[1])
    report_retention(retain(past_engine))
    report_sizes(past_engine)
    past_engine.dispose()


def measure(addresses: list[str], arguments: Namespace) -> list[YearFigures]:
    """Have the same day pass in an installation on each of the databases; say what is wrong with them."""
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="docspace-review-year-")))
        installations = []
        for number, address in enumerate(addresses):
            inside = folder / str(number)
            inside.mkdir()
            installations.append(opened.enter_context(open_office(address, inside)))
        run_on_all(lambda installation: installation.wait_until_looked_at(), installations)
        days = live_a_day(installations, arguments.day or arguments.events)
        for installation in installations:
            installation.stop()  # or its own sweeps would take calls from those that are timed
        time_health(installations, days)
        time_sweeps(installations, days)
        for installation in installations:
            for refused in installation.refused:
                Console(width=130).print(f"a click was refused, and clicked again: {refused}")
    for address, figures in zip(addresses, days, strict=True):
        time_record(figures, create_engine(address))
    return days


def list_figures(database: str, new_figures: YearFigures, year_old: YearFigures) -> Iterator[Figure]:
    for row, name in (("event to card, after a year", "event to card"), ("a click, after a year", "click")):
        before, after = (statistics.median(each.durations[name]) * 1000 for each in (new_figures, year_old))
        figure = Figure(row=row, value=after, unit="ms", database=database)
        yield replace(figure, beside="a new installation", reference=before)


def main() -> None:
    parser = command_line("year", __doc__)
    parser.add_argument("--days", type=positive_number, default=365, help="days of the past")
    parser.add_argument("--events", type=positive_number, default=10_000, help="a day")
    parser.add_argument(
        "--day", type=positive_number, help="events of the day that is measured; as many if not given"
    )
    arguments = parser.parse_args()
    figures: list[Figure] = []
    deadlocks = 0
    with open_databases(arguments) as databases:
        for database, made in databases.items():
            addresses = [made.new(), made.new()]
            write_year(addresses, arguments)
            days = measure(addresses, arguments)
            report(database, *days)
            figures += list_figures(database, *days)
            deadlocks += sum(count_deadlocks(create_engine(address)) for address in addresses)
    hand_over(arguments, figures)
    if deadlocks:
        raise SystemExit(f"PostgreSQL ended {deadlocks} deadlocks")


if __name__ == "__main__":
    main()
