"""What the clock costs with a thousand open reviews, and with a hundred thousand.

    ./dev bench clock [--rounds 200] [--reviews 100000]

A look at which nothing is due is what every worker does all day; one at which twenty reviews are due takes a
step of each one's ladder, with its entry, its card's update and the message. On SQLite and on PostgreSQL, in
one run on one machine; compare within a row.
"""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from bench.command_line import command_line, open_databases, positive_number
from bench.figures import Figure, hand_over
from bench.many_reviews import COMPLIANCE, LEGAL, OPEN_ONE_OF, OWNER, Span, analyze, fill_span, review_id
from reviews.ladder.reminders import MAX_REVIEWS_AT_ONCE, Reminders
from reviews.routes.route import Route, Routes, Target
from reviews.routes.working_time import WorkingHours
from runtime.wiring.databases import get_utc_time
from store.engine import create_engine
from store.schema import reviews
from store.unit_of_work import SqlUnitOfWork

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

FEW, MANY = 1000, 100_000
ROUNDS = 200
STEP_ROUNDS = 20
DAY_AND_NIGHT = WorkingHours.parse("Mon-Sun 00:00-23:59", ZoneInfo("UTC"))


@dataclass(frozen=True, kw_only=True)
class Medians:
    """Times of a look, in seconds: with nothing due, and with `MAX_REVIEWS_AT_ONCE` steps."""

    nothing_due: float
    steps_due: float


def measure(address: str, count: int, *, rounds: int) -> Medians:
    """Return the medians with so many open reviews."""
    now = get_utc_time()
    fill_span(address, Span(reviews=count * OPEN_ONE_OF, until=now, only_open=True))
    engine = create_engine(address)
    with engine.begin() as connection:
        later = now + timedelta(days=30)
        connection.execute(sa.update(reviews).values(remind_at=later, due_at=now - timedelta(hours=1)))
    analyze(engine)
    clock = Reminders(
        transactions=partial(SqlUnitOfWork, engine),
        routes=Routes([_make_route(COMPLIANCE), _make_route(LEGAL)]),
        clock=lambda: now,
        direct_message_channels=frozenset({"slack"}),
    )
    nothing_due = [_time_look(clock, due=0) for _ in range(rounds + 1)]
    steps_due = []
    for number in range(min(STEP_ROUNDS, count // MAX_REVIEWS_AT_ONCE)):
        _make_due(engine, number, at=now - timedelta(seconds=1))
        steps_due.append(_time_look(clock, due=MAX_REVIEWS_AT_ONCE))
    engine.dispose()
    return Medians(nothing_due=statistics.median(nothing_due[1:]), steps_due=statistics.median(steps_due[1:]))


def _make_route(name: str) -> Route:
    return Route(
        name=name,
        watch=(name,),
        owners=(OWNER,),
        deputies=("deputy@example.com",),
        notify=(Target(notifier="slack", address="C1"),),
        due=timedelta(hours=8),
        working_hours=DAY_AND_NIGHT,
    )


def _make_due(engine: sa.Engine, number: int, *, at: datetime) -> None:
    """Let the next reviews be due that no look has taken."""
    first = number * MAX_REVIEWS_AT_ONCE + 1
    ids = [review_id(each * OPEN_ONE_OF) for each in range(first, first + MAX_REVIEWS_AT_ONCE)]
    with engine.begin() as connection:
        connection.execute(sa.update(reviews).where(reviews.c.id.in_(ids)).values(remind_at=at))


def _time_look(clock: Reminders, *, due: int) -> float:
    began = time.perf_counter()
    processed = clock.process_due_reviews()
    if processed:
        clock.process_due_reviews()  # nothing is due any more, so the messages are written
    took = time.perf_counter() - began
    if processed != due:
        raise SystemExit(f"{processed} reviews were due, not {due}")
    return took


def _list_rows(medians: Mapping[str, list[Medians]]) -> list[tuple[str, dict[str, list[float]]]]:
    """Return the rows of the table, each with the milliseconds of each database."""
    nothing_due = {name: [each.nothing_due * 1000 for each in some] for name, some in medians.items()}
    steps_due = {name: [each.steps_due * 1000 for each in some] for name, some in medians.items()}
    return [("the clock, nothing due", nothing_due), ("the clock, twenty steps", steps_due)]


def main() -> None:
    parser = command_line("clock", __doc__)
    parser.add_argument("--rounds", type=positive_number, default=ROUNDS, help="looks with nothing due")
    parser.add_argument("--reviews", type=positive_number, default=MANY, help="open reviews, 40 or more")
    arguments = parser.parse_args()
    medians: defaultdict[str, list[Medians]] = defaultdict(list)
    few = min(FEW, arguments.reviews)
    with open_databases(arguments) as databases:
        for count in (few, arguments.reviews):
            for name, made in databases.items():
                medians[name].append(measure(made.new(), count, rounds=arguments.rounds))
    table = Table("a look of the clock", "on", f"{few:,} open", f"{arguments.reviews:,} open")
    figures = []
    for row, times in _list_rows(medians):
        for name, (less, more) in times.items():
            table.add_row(row, name, f"{less:.2f} ms", f"{more:.2f} ms")
            figure = Figure(row=row, value=more, unit="ms", database=name)
            figures.append(replace(figure, beside=f"{few:,} open reviews", reference=less))
    Console().print(table)
    hand_over(arguments, figures)


if __name__ == "__main__":
    main()
