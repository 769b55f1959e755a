"""What a scrape of `/metrics` costs with ten thousand reviews in the database, and with a million.

    .venv/bin/python -m bench.scrape_bench [--rounds ROUNDS] [--reviews MANY]

Each is a request to the page itself in this process, from the token to the text. On SQLite and on PostgreSQL,
in one run on one machine; compare within a row.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import defaultdict
from http import HTTPStatus
from pathlib import Path

from flask import Flask
from rich.console import Console
from rich.table import Table

from bench.many_reviews import fill
from runtime.observe.metrics import create_metrics_page
from runtime.wiring.databases import get_utc_time
from store.engine import create_engine
from tests.databases import SqliteDatabases, postgres_databases

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
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--reviews", type=int, default=MANY)
    # `./dev bench` hands its arguments to every bench.
    asked = parser.parse_known_args()[0]
    medians: defaultdict[str, list[float]] = defaultdict(list)
    with (
        tempfile.TemporaryDirectory(prefix="docspace-review-bench-") as folder,
        postgres_databases(durable=True) as postgres,
    ):
        sqlite = SqliteDatabases(Path(folder))
        for count in (FEW, asked.reviews):
            for name, databases in (("SQLite", sqlite), ("PostgreSQL", postgres)):
                address = databases.new()
                fill(address, count, until=get_utc_time())
                medians[name].append(scrape(address, asked.rounds))
    table = Table("a scrape", f"{FEW:,} reviews", f"{asked.reviews:,} reviews", "within the limit")
    for name, (few, many) in medians.items():
        within = "yes" if many <= LONGEST else "NO"
        table.add_row(name, f"{few * 1000:.1f} ms", f"{many * 1000:.1f} ms", within)
    Console().print(table)


if __name__ == "__main__":
    main()
