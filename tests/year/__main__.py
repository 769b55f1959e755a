"""Live a whole year on both databases: `.venv/bin/python -m tests.year --reviews 2000`."""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from pathlib import Path

from rich.console import Console

from store.engine import create_engine
from tests.databases import SqliteDatabases, postgres_databases
from tests.year.life import live_year


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.year", description=__doc__)
    parser.add_argument("--reviews", type=int, default=2000, help="documents that change in the year")
    parser.add_argument("--looks", type=int, default=12_000, help="how often the clock looks")
    parser.add_argument("--seed", type=int, default=1, help="what happens and when follows from it")
    arguments = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as folder, postgres_databases() as postgres:
        for name, databases in (("SQLite", SqliteDatabases(Path(folder))), ("PostgreSQL", postgres)):
            engine = create_engine(databases.new())
            outcome = live_year(engine, seed=arguments.seed, reviews=arguments.reviews, looks=arguments.looks)
            engine.dispose()
            counts = Counter(act.what for act in outcome.acts)
            console.print(f"{name}: {outcome.reviews:,} reviews, {dict(counts)}, {outcome.deaths} deaths")
            states = Counter(standing.state for standing in outcome.standings)
            console.print(f"{outcome.messages:,} messages; of campaigns {dict(states)}")
            for label, acts in (("missing", outcome.missing), ("unexpected", outcome.unexpected)):
                console.print(f"{label}: {len(acts)}", *acts[:10])
            if outcome.missing or outcome.unexpected or not outcome.intact:
                raise SystemExit(f"{name}: the year is not the one that the model predicts")


if __name__ == "__main__":
    main()
