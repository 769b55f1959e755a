"""Many uploads in a minute: how many cards they make, and how long another route's change takes meanwhile.

    ./dev bench flood [--uploads 10000] [--database sqlite] [--patience 3600]

`serve` runs with the stand-in portal as DocSpace and a strict stand-in for Slack, each in this process and
over sockets. One route watches the folder of the flood, another one another folder; each posts into a channel
of its own. Changes of the other route are timed before the flood and during it, from event to card, so the
ratio is of one run. That route takes each by itself: more than `bulk` of them would be a flood too.
DocSpace's limit of calls is kept as always: it decides how long a large flood takes.
"""

from __future__ import annotations

import statistics
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from bench.command_line import command_line, open_databases, positive_number
from bench.figures import Figure, hand_over
from bench.installation import build_settings, sending, slack_settings, write_route
from bench.patience import wait_for
from bench.servers import free_port, serve
from demo import BOB, COMPLIANCE, OLGA, OTHER, DemoPortal, Sender, add_documents, run_portal
from reviews.kinds import EventState
from store.engine import create_engine, read_only
from store.schema import bulk_reviews, cards, events, reviews
from tests.edge.fake_slack import FakeSlack

if TYPE_CHECKING:
    from collections.abc import Iterator

UPLOADS, PATIENCE = 10_000, 3600.0
CHANGES, MOST_CHANGES = 8, 100
FLOODED, CALM = "C0FLOODED01", "C0CALM00001"
ROUTES = write_route("flooded", COMPLIANCE, f"slack:{FLOODED}", more='quiet_period = "1s"') + write_route(
    "calm", OTHER, f"slack:{CALM}", more='quiet_period = "1s"\nbulk = "off"'
)


@dataclass(kw_only=True)
class FloodBench:
    portal: DemoPortal
    sender: Sender
    slack: FakeSlack
    engine: sa.Engine
    patience: float

    def change(self, number: int) -> None:
        """Upload a document of the other route, and wait until its card stands."""
        standing = len(self.slack.messages(CALM))
        title = f"Neighbour {number}.docx"
        self.portal.upload(title, OTHER, by=BOB.id)
        wait_for(
            lambda: len(self.slack.messages(CALM)) > standing,
            f"{title} has a card",
            patience=self.patience,
            interval=0.05,
        )

    def times(self) -> list[float]:
        """Return the seconds from event to card of each change of the other route, in their order."""
        query = sa.select(cards.c.posted_at, cards.c.caused_at).where(
            cards.c.target == CALM, cards.c.posted_at.is_not(None)
        )
        with read_only(self.engine).connect() as connection:
            rows = connection.execute(query.order_by(cards.c.id)).all()
        return [(row.posted_at - row.caused_at).total_seconds() for row in rows]

    def upload(self, count: int) -> None:
        for number in range(count):
            self.portal.upload(f"Flood {number}.docx", COMPLIANCE, by=BOB.id)

    def wait_for_card(self, began: float) -> float:
        """Return the seconds from a moment until the first card of the flood stood, by Slack's time of it."""
        wait_for(
            lambda: bool(self.slack.messages(FLOODED)),
            "the flood has a card",
            patience=self.patience,
            interval=0.1,
        )
        return min(float(each["ts"]) for each in self.slack.messages(FLOODED)) - began

    def is_flooded(self) -> bool:
        """Return whether anything is pending."""
        pending = sa.select(sa.func.count()).where(events.c.state == EventState.RECEIVED)
        with read_only(self.engine).connect() as connection:
            return bool(connection.execute(pending).scalar_one() or self.sender.pending())

    def wait_for_all(self, began: float) -> float:
        """Return the seconds until nothing is pending any more."""
        wait_for(lambda: not self.is_flooded(), "each event is handled", patience=self.patience, interval=0.5)
        return time.monotonic() - began

    def files(self) -> tuple[int, int]:
        """Return how many bulk reviews there are, and how many files are in them."""
        query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(bulk_reviews.c.count), 0))
        with read_only(self.engine).connect() as connection:
            count, total = connection.execute(query.select_from(bulk_reviews)).one()
        return count, total

    def reviews(self) -> int:
        query = sa.select(sa.func.count()).where(reviews.c.route == "flooded")
        with read_only(self.engine).connect() as connection:
            return connection.execute(query).scalar_one()


@contextmanager
def product(address: str, patience: float) -> Iterator[FloodBench]:
    """Run the product between the stand-ins."""
    portal = DemoPortal(lambda: datetime.now(UTC))
    add_documents(portal)
    sender = Sender(portal)
    with ExitStack() as stack:
        slack = stack.enter_context(FakeSlack(rate_limit=True))
        slack.add_channel(FLOODED, "flooded")
        slack.add_channel(CALM, "calm")
        slack.add_person("U0OLGA", "Olga", OLGA.email)
        portal_address = stack.enter_context(run_portal(portal, sender))
        port = free_port()
        others = {"PORT": str(port), "ROUTES": ROUTES, **slack_settings(slack)}
        stack.enter_context(serve(build_settings(address, portal, portal_address, **others)))
        stack.enter_context(sending(sender, f"http://127.0.0.1:{port}"))
        engine = create_engine(address)
        stack.callback(engine.dispose)
        yield FloodBench(portal=portal, sender=sender, slack=slack, engine=engine, patience=patience)


def measure(bench: FloodBench, uploads: int, database: str) -> tuple[Table, list[Figure]]:
    for number in range(CHANGES):
        bench.change(number)
    began, at = time.monotonic(), time.time()
    bench.upload(uploads)
    number = CHANGES
    while bench.is_flooded() and number < MOST_CHANGES:
        bench.change(number)
        number += 1
    to_card = bench.wait_for_card(at)
    to_end = bench.wait_for_all(began)
    count, files = bench.files()
    before, during = bench.times()[:CHANGES], bench.times()[CHANGES:]
    table = Table("what", database, box=None)
    table.add_row("uploads", f"{uploads:,}")
    table.add_row("messages in the flooded channel", str(len(bench.slack.messages(FLOODED))))
    summary = f"{bench.reviews()}; {count}; {files:,}"
    table.add_row("reviews of the flooded route; of many files; files in those", summary)
    table.add_row("first upload to the card", f"{to_card:.1f} s")
    table.add_row("first upload to the last one handled", f"{to_end:.1f} s")
    usual, flooded = statistics.median(before), statistics.median(during)
    table.add_row("another route, event to card, before", f"{usual:.2f} s (most {max(before):.2f})")
    table.add_row(
        "another route, event to card, during", f"{flooded:.2f} s (most {max(during):.2f}, of {len(during)})"
    )
    table.add_row("ratio", f"{flooded / usual:.2f}")
    figures = [
        Figure(row="uploads at once, until their card", value=to_card, unit="s", database=database),
        Figure(
            row="another route meanwhile, event to card",
            value=flooded,
            unit="s",
            database=database,
            beside="before",
            reference=usual,
        ),
    ]
    return table, figures


def main() -> None:
    parser = command_line("flood", __doc__)
    parser.add_argument(
        "--uploads", type=positive_number, default=UPLOADS, help="files that are uploaded at once"
    )
    parser.add_argument("--patience", type=float, default=PATIENCE, help="seconds to wait for anything")
    arguments = parser.parse_args()
    figures: list[Figure] = []
    with open_databases(arguments) as databases:
        for database, made in databases.items():
            with product(made.new(), arguments.patience) as bench:
                table, measured = measure(bench, arguments.uploads, database)
            Console(width=120).print(table, "")
            figures += measured
    hand_over(arguments, figures)


if __name__ == "__main__":
    main()
