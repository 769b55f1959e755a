"""How fast cards that are due leave: to twenty channels of Slack, to one of them that hangs, to the console.

    .venv/bin/python -m bench.delivery_bench [--cards 400] [--postgresql]

The cards are owed before the worker starts, each of a review of its own. Slack is a strict stand-in in this
process that takes one post a second in each channel, so the share of that pace is what the worker reaches.
The processor time is that of the product's processes.
"""

from __future__ import annotations

import argparse
import secrets
import statistics
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from bench.processes import usage
from bench.servers import running_installation
from demo import COMPLIANCE, OLGA, DemoPortal, add_documents, run_portal
from reviews.kinds import CardState
from store.engine import create_engine, read_only
from store.schema import cards
from store.unit_of_work import SqlUnitOfWork
from tests.databases import SqliteDatabases, postgres_databases
from tests.edge.fake_slack import FakeSlack
from tests.reviews.samples import review

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CARDS, CHANNELS = 400, 20
CONSOLE_CARDS = 1000  # fewer are posted while the worker still starts
HANGING = "C0HANGING01"
HANG_SECONDS, PATIENCE = 600.0, 900.0
FIRST_SECOND = 1.0
WEBHOOK_SECRET = "Compl1ance!Bench"  # noqa: S105 - made up


def name_channel(number: int) -> str:
    return f"C0CHANNEL{number:02}"


def owe_cards(engine: sa.Engine, targets: Sequence[tuple[str, str]]) -> None:
    """Owe a card of a new review to each of these places."""
    with SqlUnitOfWork(engine) as work:
        for number, target in enumerate(targets):
            work.reviews.add(review(id=f"rev-{number:06}", file_id=f"file-{number}"))
            work.cards.owe(f"rev-{number:06}", [target])
        work.commit()


def list_posted(engine: sa.Engine, notifier: str) -> list[datetime]:
    """Return when the cards of a channel were posted, in that order."""
    query = sa.select(cards.c.posted_at).where(
        cards.c.notifier == notifier, cards.c.state == CardState.POSTED, cards.c.posted_at.is_not(None)
    )
    with read_only(engine).connect() as connection:
        return sorted(connection.execute(query).scalars())


def wait_for(engine: sa.Engine, notifier: str, count: int) -> list[datetime]:
    deadline = time.monotonic() + PATIENCE
    while len(posted := list_posted(engine, notifier)) < count and time.monotonic() < deadline:
        time.sleep(0.5)
    return posted


def measure(address: str, folder: Path, targets: Sequence[tuple[str, str]]) -> tuple[list[float], list[str]]:
    """Post the cards; return the pace of each channel of Slack in cards a second, and a line of figures."""
    portal = DemoPortal(lambda: datetime.now(UTC))
    add_documents(portal)
    engine = create_engine(address)
    owe_cards(engine, targets)
    notifier = targets[-1][0]
    count = sum(target[0] == notifier and target[1] != HANGING for target in targets)
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        slack = stack.enter_context(FakeSlack(rate_limit=True, hang_seconds=HANG_SECONDS))
        for channel in {address for name, address in targets if name == "slack"}:
            slack.add_channel(channel, channel.lower())
        if ("slack", HANGING) in targets:
            slack.fail("chat.postMessage", "hang_alive", times=len(targets), channel=HANGING)
        settings = {
            "DATABASE_URL": address,
            "DOCSPACE_API_HOST": stack.enter_context(run_portal(portal)),
            "DOCSPACE_API_KEY": portal.api_key,
            "DOCSPACE_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "SECRET_KEY": secrets.token_urlsafe(48),
            "COMPLIANCE_FOLDER_ID": str(COMPLIANCE),
            "DEPARTMENT_OWNER_EMAIL": OLGA.email,
            "NOTIFY": f"{notifier}:{targets[-1][1]}" if targets[-1][1] else notifier,
            "SLACK_BOT_TOKEN": slack.token,
            "SLACK_SIGNING_SECRET": "bench",
            "SLACK_API_URL": slack.api_url,
            "SWEEP_MINUTES": "0",
            "LOG_LEVEL": "warning",
        }
        installed = stack.enter_context(running_installation(settings, folder))
        worker = installed.sessions[-1]
        before = usage(worker).seconds
        posted = wait_for(engine, notifier, count)
        seconds = usage(worker).seconds - before
        times_by_channel: dict[str, list[float]] = defaultdict(list)
        for channel in sorted({address for name, address in targets if name == "slack"} - {HANGING}):
            times_by_channel[channel] = [float(each["ts"]) for each in slack.messages(channel)]
        slack.let_go()
    paces = [(len(times) - 1) / (max(times) - min(times)) for times in times_by_channel.values()]
    span = (posted[-1] - posted[0]).total_seconds()
    return paces, [f"{len(posted)}", f"{len(posted) / span:.1f}", f"{seconds / len(posted) * 1000:.1f}"]


def name_runs(count: int) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield what is measured, and the places of its cards; the measured channel's come last."""
    paced = [("slack", name_channel(number % CHANNELS)) for number in range(count)]
    yield f"Slack, {CHANNELS} channels", paced
    yield f"Slack, {CHANNELS} channels beside one that hangs", [("slack", HANGING)] * CHANNELS + paced
    yield "console", [("console", "")] * max(count, CONSOLE_CARDS)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cards", type=int, default=CARDS)
    parser.add_argument("--postgresql", action="store_true")
    # `./dev bench` hands its arguments to every bench.
    asked = parser.parse_known_args()[0]
    heads = ("cards", "cards a second", "ms of processor a card", "share of one a second, median", "least")
    table = Table("what", *heads, box=None)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        databases = (
            stack.enter_context(postgres_databases()) if asked.postgresql else SqliteDatabases(Path(folder))
        )
        for what, targets in name_runs(asked.cards):
            paces, figures = measure(databases.new(), Path(folder), targets)
            shares = [f"{statistics.median(paces):.3f}", f"{min(paces):.3f}"] if paces else ["", ""]
            table.add_row(what, *figures, *shares)
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
