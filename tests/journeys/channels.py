"""Many channels, which wait for no other: each folder has a route and channels of its own."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, cycle, repeat
from typing import TYPE_CHECKING

import requests

from demo import ALICE, BOB, COMPLIANCE, OLGA
from tests.journeys.installation import SERVE
from tests.journeys.processes import eventually
from tests.journeys.running_installation import RunningInstallation, actions, run_installation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from demo import DemoPortal
    from tests.edge.fake_slack import FakeSlack
    from tests.edge.slack_state import Json

CHANNELS = 8
"""So many for what needs several, and not the usual thirty."""
FOLDERS = 30
FIRST_FOLDER = 700_000


@dataclass(frozen=True, kw_only=True)
class ManyChannels(RunningInstallation):
    """Folders that have as many channels `each`; in a channel one card a second may be posted."""

    folders: Sequence[int]
    each: int

    def change(self, title: str, folder: int) -> list[str]:
        """Have Bob save a new file; the change event is not sent yet. Return the folder's channels."""
        file = self.portal.add_file(title, folder, by=ALICE.id)
        self.portal.save(file.id, by=BOB.id)
        return channels_of(folder, self.each)

    def change_all(self, title: str, count: int) -> None:
        """Have so many new files saved, spread over the folders, and their change events accepted."""
        for number, folder in zip(range(count), cycle(self.folders), strict=False):
            self.change(f"{title} {number}.docx", folder)
        self.deliver()

    def deliver(self) -> None:
        """Send what the portal has emitted, ten at once; all of it has to be accepted."""
        outcomes = self.sender.flush(parallel=10)
        assert [outcome.error for outcome in outcomes if not outcome.delivered] == []

    def cards_in(self, folder: int) -> list[Json]:
        channels = channels_of(folder, self.each)
        return [card for channel in channels for card in self.slack.messages(channel)]

    def all_cards(self) -> list[Json]:
        return [card for folder in self.folders for card in self.cards_in(folder)]

    def come_to_rest(self, within: float) -> None:
        """Wait until the product is at rest; AssertionError also if a process has ended meanwhile."""
        eventually(self.is_at_rest, within=within, every=0.25)
        assert self.product.processes.ended() == []

    def is_at_rest(self) -> bool:
        """Whether the product says that nothing accepted waits and no card is owed."""
        backlog = self.backlog()
        return (backlog.get("events"), backlog.get("cards")) == (0, 0)

    def backlog(self) -> Json:
        """Return what the product says of what waits; nothing where it can't be asked."""
        try:
            health = requests.get(f"{self.product.url}/healthz", timeout=60).json()
        except requests.RequestException:
            return {}
        backlog: Json = health["parts"].get("backlog", {})
        return backlog

    def deliveries(self) -> list[Json]:
        """Return the cards as the command line lists them."""
        listed: list[Json] = self.product.json("deliveries", "list", "--limit", "10000")
        return listed


def channels_of(folder: int, count: int) -> list[str]:
    return [f"C{folder}X{number}" for number in range(count)]


def review_of(card: Json) -> str:
    return str(card["metadata"]["event_payload"]["review_id"])


def is_open(card: Json) -> bool:
    """Whether the card as it stands can be answered."""
    return "acknowledge_review" in actions(card)


@contextmanager
def many_channels(
    database_url: str,
    place: Path,
    *,
    count: int = FOLDERS,
    each: int = 1,
    names: Sequence[str] = SERVE,
    quiet_periods: Sequence[str] = ("0s",),
    bulk: str = "",
    settings: Mapping[str, str | None] | None = None,
) -> Iterator[ManyChannels]:
    """Open an installation of `count` folders, `each` with so many channels.

    Their routes take turns with the quiet periods; `bulk` is the line of that key in each.
    """
    folders = range(FIRST_FOLDER, FIRST_FOLDER + count)
    routes = "".join(
        f'[[route]]\nname = "r{folder}"\nwatch = ["{folder}"]\nowners = ["{OLGA.email}"]\n'
        f"notify = {[f'slack:{channel}' for channel in channels_of(folder, each)]}\n"
        f'quiet_period = "{quiet}"\nshow_changes = "{show_changes}"\n{bulk}'
        for folder, quiet, show_changes in zip(
            folders, cycle(quiet_periods), chain(["ask"], repeat("off")), strict=False
        )
    )

    def prepare(portal: DemoPortal, slack: FakeSlack) -> None:
        slack.rate_limit = True
        for folder in folders:
            portal.add_folder(f"Folder {folder}", COMPLIANCE, folder_id=folder)
            for channel in channels_of(folder, each):
                slack.add_channel(channel)

    quietly = {"LOG_LEVEL": "warning", **(settings or {})}
    with run_installation(
        database_url, place, names=names, routes=routes, settings=quietly, prepare=prepare
    ) as opened:
        yield ManyChannels(**vars(opened), folders=folders, each=each)


def assert_each_has_one_card(opened: ManyChannels, *, count: int, within: float) -> None:
    opened.come_to_rest(within=within)
    reviews = opened.product.json("reviews", "list", "--limit", "10000")
    assert len({review["title"] for review in reviews}) == count
    assert Counter(map(review_of, opened.all_cards())) == Counter(review["id"] for review in reviews)
    assert {card["state"] for card in opened.deliveries()} == {"posted"}
