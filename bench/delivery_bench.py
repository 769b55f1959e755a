"""How fast cards that are due leave: to twenty channels of Slack, to one of them that hangs, to the console.

    ./dev bench delivery [--cards 400] [--database postgresql]

The cards are owed before the worker starts, each of a review of its own. Slack is a strict stand-in in this
process that takes one post a second in each channel, so the share of that pace is what the worker reaches.
The processor time is that of the product's processes.
"""

from __future__ import annotations

import statistics
import tempfile
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from bench.command_line import command_line, open_databases, positive_number
from bench.figures import Figure, hand_over
from bench.installation import BY_LINK, build_settings, slack_settings, write_route
from bench.patience import PATIENCE, wait_for
from bench.processes import usage
from bench.servers import running_installation
from demo import COMPLIANCE, DemoPortal, add_documents, run_portal
from reviews.kinds import CardState
from store.engine import create_engine, read_only
from store.schema import cards
from store.unit_of_work import SqlUnitOfWork
from tests.edge.fake_slack import FakeSlack
from tests.reviews.samples import review

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CARDS, CHANNELS = 400, 20
PACED, BESIDE_HANGING = f"Slack, {CHANNELS} channels", f"Slack, {CHANNELS} channels beside one that hangs"
CONSOLE = "console"
ROWS = {
    PACED: "cards over 20 channels, of one a second",
    BESIDE_HANGING: "the same beside one that hangs",
    CONSOLE: "cards to the console",
}
CONSOLE_CARDS = 1000  # fewer are posted while the worker still starts
HANGING = "C0HANGING01"
HANG_SECONDS = 600.0
FIRST_SECOND = 1.0


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


@dataclass(frozen=True, kw_only=True)
class Posted:
    """How cards left: how many a second, milliseconds of processor time for each, and each channel's pace."""

    cards: int
    rate: float
    milliseconds: float
    paces: list[float]
    """Cards a second, of each channel of Slack that answers."""


def measure(address: str, folder: Path, targets: Sequence[tuple[str, str]]) -> Posted:
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
        portal_address = stack.enter_context(run_portal(portal))
        target = f"{notifier}:{targets[-1][1]}" if targets[-1][1] else notifier
        others = {"ROUTES": write_route("compliance", COMPLIANCE, target, more=BY_LINK)}
        others |= {"SWEEP_MINUTES": "0", **slack_settings(slack)}
        settings = build_settings(address, portal, portal_address, **others)
        installed = stack.enter_context(running_installation(settings, folder))
        worker = installed.sessions[-1]
        before = usage(worker).seconds
        wait_for(
            lambda: len(list_posted(engine, notifier)) >= count,
            f"{count} cards are posted to {notifier}",
            patience=PATIENCE + count,
            interval=0.5,
        )
        seconds = usage(worker).seconds - before
        posted = list_posted(engine, notifier)
        times_by_channel: dict[str, list[float]] = defaultdict(list)
        for channel in sorted({address for name, address in targets if name == "slack"} - {HANGING}):
            times_by_channel[channel] = [float(each["ts"]) for each in slack.messages(channel)]
        slack.let_go()
    paces = [(len(times) - 1) / (max(times) - min(times)) for times in times_by_channel.values()]
    span = (posted[-1] - posted[0]).total_seconds()
    return Posted(
        cards=len(posted), rate=len(posted) / span, milliseconds=seconds / len(posted) * 1000, paces=paces
    )


def list_figures(run: str, posted: Posted, database: str) -> Iterator[Figure]:
    if posted.paces:
        share = Figure(row=ROWS[run], value=min(posted.paces), database=database)
        yield replace(share, beside="at least", reference=0.97)
        return
    rate = Figure(row=ROWS[run], value=posted.rate, unit="/s", database=database)
    yield replace(rate, beside="at least", reference=100.0)


def describe(posted: Posted) -> list[str]:
    paces = [f"{statistics.median(posted.paces):.3f}", f"{min(posted.paces):.3f}"] if posted.paces else []
    return [str(posted.cards), f"{posted.rate:.1f}", f"{posted.milliseconds:.1f}", *paces]


def name_runs(count: int) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield what is measured, and the places of its cards; the measured channel's come last."""
    paced = [("slack", name_channel(number % CHANNELS)) for number in range(count)]
    yield PACED, paced
    yield BESIDE_HANGING, [("slack", HANGING)] * CHANNELS + paced
    yield CONSOLE, [("console", "")] * max(count, CONSOLE_CARDS)


def main() -> None:
    parser = command_line("delivery", __doc__)
    parser.add_argument("--cards", type=positive_number, default=CARDS, help="cards over all channels")
    arguments = parser.parse_args()
    heads = ("cards", "cards a second", "ms of processor a card", "share of one a second, median", "least")
    table = Table("what", *heads, box=None)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder, open_databases(arguments) as databases:
        for database, made in databases.items():
            for what, targets in name_runs(arguments.cards):
                posted = measure(made.new(), Path(folder), targets)
                table.add_row(f"{what}, {database}", *describe(posted))
                figures += list_figures(what, posted, database)
    Console(width=140).print(table)
    hand_over(arguments, figures)


if __name__ == "__main__":
    main()
