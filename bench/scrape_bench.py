"""What a scrape of `/metrics` costs with ten thousand reviews in the database, and with a million.

    ./dev bench scrape [--rounds 30] [--reviews 1000000]

Each is a request to the page itself in this process, from the token to the text. On SQLite and on PostgreSQL,
in one run on one machine; compare within a row.
"""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from dataclasses import replace
from http import HTTPStatus

from flask import Flask
from rich.console import Console
from rich.table import Table

from bench.command_line import command_line, open_databases, positive_number
from bench.figures import Figure, hand_over
from bench.many_reviews import fill
from runtime.observe.metrics import create_metrics_page
from runtime.wiring.databases import get_utc_time
from store.engine import create_engine

FEW, MANY = 10_000, 1_000_000
ROUNDS = 30
LONGEST = 0.1  # seconds that a scrape may take
TOKEN = "a-token-of-the-monitor"  # noqa: S105 - made up
SHOWN = {"Authorization": f"Bearer {TOKEN}"}


def scrape(address: str, rounds: int) -> float:
    """Return the median of so many scrapes, in seconds."""
    engine = create_engine(address)
    app = Flask(__name__)
    app.register_blueprint(create_metrics_page(engine, TOKEN))
    took = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        answer = app.test_client().get("/metrics", headers=SHOWN)
        took.append(time.perf_counter() - began)
        if answer.status_code != HTTPStatus.OK:
            raise SystemExit(answer.get_data(as_text=True))
    engine.dispose()
    return statistics.median(took[1:])


def main() -> None:
    parser = command_line("scrape", __doc__)
    parser.add_argument("--rounds", type=positive_number, default=ROUNDS, help="how often each is measured")
    parser.add_argument("--reviews", type=positive_number, default=MANY, help="reviews in the database")
    arguments = parser.parse_args()
    medians: defaultdict[str, list[float]] = defaultdict(list)
    with open_databases(arguments) as databases:
        for count in (FEW, arguments.reviews):
            for name, made in databases.items():
                address = made.new()
                fill(address, count, until=get_utc_time())
                medians[name].append(scrape(address, arguments.rounds) * 1000)
    table = Table("a scrape", f"{FEW:,} reviews", f"{arguments.reviews:,} reviews", "within the limit")
    figures = []
    for name, (few, many) in medians.items():
        table.add_row(name, f"{few:.1f} ms", f"{many:.1f} ms", "yes" if many <= LONGEST * 1000 else "NO")
        figure = Figure(row="a scrape of `/metrics`", value=many, unit="ms", database=name)
        figures.append(replace(figure, beside=f"{FEW:,} reviews", reference=few))
    Console().print(table)
    hand_over(arguments, figures)


if __name__ == "__main__":
    main()
