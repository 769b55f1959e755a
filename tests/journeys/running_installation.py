"""Everything around an installation: the portal with its sender, Slack with its people, files to change."""

from __future__ import annotations

import atexit
import contextlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_DNS, uuid5

from demo import ALICE, BOB, COMPLIANCE, DEEP, OLGA, OTHER, DemoPortal, PortalFile, Sender, run_portal
from demo.entries import PortalPerson
from tests import databases
from tests.edge.fake_slack import FakeSlack
from tests.edge.slack_person import SlackSide
from tests.edge.slack_send import over_http
from tests.edge.slack_state import PATIENT_TRIGGER_SECONDS
from tests.journeys.installation import SERVE, SIGNING_SECRET, WEBHOOK_SECRET, Installation
from tests.journeys.processes import eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tests.edge.slack_state import Json

DATABASE = "docspace-review.db"
CHANNEL = "C0COMPLIANCE"
OPERATORS = "C0OPERATORS"
OLGA_IN_SLACK, BOB_IN_SLACK, DANA_IN_SLACK = "U0OLGA", "U0BOB", "U0DANA"
CROWD = {f"U0OWNER{number}": f"owner.{number}@example.com" for number in range(8)}
"""Eight owners of the folder OTHER, by their ids in Slack."""

PACE = 0.02
"""The portal's retries come after 20, 40, 80 ... ms instead of seconds."""


COMPARED_WITHIN = 180.0
"""Seconds until a document is compared on a busy machine: comparisons let events go first for a minute."""


@dataclass(frozen=True, kw_only=True)
class RunningInstallation:
    """One running installation and the stand-ins it talks to."""

    product: Installation
    portal: DemoPortal
    sender: Sender
    slack: FakeSlack
    side: SlackSide

    def file(self, title: str, folder: int = DEEP) -> PortalFile:
        """Put a file in place that the product has not heard of yet."""
        return self.portal.add_file(title, folder, by=ALICE.id)

    def sent(self) -> list[int | None]:
        """Deliver what the portal has emitted; return the statuses it got."""
        return [outcome.status for outcome in self.sender.flush()]

    def save(self, title: str, *, by: str = BOB.id, folder: int = DEEP) -> PortalFile:
        """Have a person save a new file; its change event is accepted when this returns."""
        file = self.portal.save(self.file(title, folder).id, by=by)
        assert self.sent() == [202]
        return file

    def cards(self, title: str) -> list[Json]:
        """Return the cards in the channel that show this title, as they stand now."""
        messages = self.slack.messages(CHANNEL)
        return [card for card in messages if title in read_text(card) and "thread_ts" not in card]

    def wait_for_message(self, card: Json, *saying: str, within: float = 60) -> Json:
        """Wait for the only message in a card's thread that says all these words, and return it."""
        [message] = eventually(lambda: self._in_thread(card, saying), within=within)
        return message

    def thread(self, card: Json) -> list[Json]:
        """Return what stands in a card's thread, in its order."""
        return [each for each in self.slack.messages(CHANNEL) if each.get("thread_ts") == card["ts"]]

    def _in_thread(self, card: Json, saying: Sequence[str]) -> list[Json]:
        return [each for each in self.thread(card) if all(words in read_text(each) for words in saying)]

    def card(self, title: str, *saying: str, within: float = 60) -> Json:
        """Wait for the only card of this title to say all these words, and return it."""
        [card] = eventually(lambda: _if_all_say(self.cards(title), saying), within=within)
        return card

    def click(self, who: str, card: Json, action: str = "acknowledge_review") -> int:
        return self.side.click(who, card, action).status

    def click_in_vain(self, who: str, card: Json) -> str:
        """Click, and return the one private reply to it."""
        before = len(self.replies(who))
        assert self.click(who, card) == 200
        [reply] = self.slack.wait_for(lambda: self.replies(who)[before:])
        return reply

    def replies(self, who: str) -> list[str]:
        """Return what this person was told privately, as text."""
        return [read_text(reply) for reply in self.slack.private_replies(who)]

    def reviews(self, file: PortalFile) -> list[Json]:
        """Return the reviews of a file as the command line lists them."""
        listed: list[Json] = self.product.json("reviews", "list")
        return [review for review in listed if review["file_id"] == str(file.id)]

    def wait_until_compared(self, file: PortalFile) -> Json:
        """Wait until a worker has read the document of a file's only review; return that review."""
        return eventually(
            lambda: next((each for each in self.reviews(file) if each["sha256"]), None),
            within=COMPARED_WITHIN,
        )

    def wait_until_settled(self) -> None:
        """Wait until all that was saved and answered so far is worked off.

        No event is to be processed, no card to be posted or drawn again, no document to be compared.
        """
        eventually(self._is_settled, within=COMPARED_WITHIN)

    def _is_settled(self) -> bool:
        return (
            all(event["state"] != "received" for event in self.product.json("events", "list"))
            and all(
                review["sha256"] or review["not_read"]
                for review in self.product.json("reviews", "list")
                if review["kind"] in {"content", "created"}
            )
            and all(
                card["state"] == "dead" or card["drawn"] == card["wanted"]
                for card in self.product.json("deliveries", "list")
            )
        )

    def events(self, file: PortalFile) -> list[Json]:
        listed: list[Json] = self.product.json("events", "list")
        return [event for event in listed if event["file_id"] == str(file.id)]


@contextlib.contextmanager
def run_installation(
    database_url: str,
    folder: Path,
    *,
    names: Sequence[str] = SERVE,
    routes: str | None = None,
    in_chat: bool = True,
    settings: Mapping[str, str | None] | None = None,
    loaded: bool = True,
    prepare: Callable[[DemoPortal, FakeSlack], None] = lambda _portal, _slack: None,
) -> Iterator[RunningInstallation]:
    """Open for business: the product runs and the portal has registered it. On exit nothing is left.

    `names` are the product's processes, and `loaded` says how `serve` starts. Without `in_chat` it knows
    nothing of Slack. What there is before the product's first look is up to `prepare`.
    """
    with (
        prepare_installation(
            database_url,
            folder,
            names=names,
            routes=routes,
            in_chat=in_chat,
            settings=settings,
            loaded=loaded,
            prepare=prepare,
        ) as opened,
        opened.product as product,
    ):
        opened.sender.register(f"{product.url}/docspace/webhook", secret=WEBHOOK_SECRET)
        yield opened


@contextlib.contextmanager
def prepare_installation(
    database_url: str,
    folder: Path,
    *,
    names: Sequence[str] = SERVE,
    routes: str | None = None,
    in_chat: bool = True,
    settings: Mapping[str, str | None] | None = None,
    loaded: bool = True,
    prepare: Callable[[DemoPortal, FakeSlack], None] = lambda _portal, _slack: None,
) -> Iterator[RunningInstallation]:
    """Start the remote services of an installation that is not started yet, without a webhook."""
    portal = DemoPortal(lambda: datetime.now(UTC))
    sender = Sender(portal, wait_factor=PACE)
    fake = FakeSlack(rate_limit=False, trigger_seconds=PATIENT_TRIGGER_SECONDS)
    with run_portal(portal, sender) as address, fake as slack:
        slack.add_channel(CHANNEL, "compliance")
        slack.add_channel(OPERATORS, "operators")
        slack.add_person(OLGA_IN_SLACK, "Olga Owner", OLGA.email)
        slack.add_person(BOB_IN_SLACK, "Bob Chen", BOB.email)
        slack.add_person(DANA_IN_SLACK, "Dana Ozola", "dana.ozola@example.com")
        for user, email in CROWD.items():
            slack.add_person(user, user.removeprefix("U0").title(), email)
            portal.add_person(person_with(email))
        prepare(portal, slack)
        product = Installation(
            database_url,
            address,
            portal.api_key,
            slack if in_chat else None,
            routes or route(),
            folder=folder,
            names=names,
            settings=settings,
            loaded=loaded,
        )
        side = SlackSide(slack, SIGNING_SECRET, over_http(product.url, timeout=60))
        yield RunningInstallation(product=product, portal=portal, sender=sender, slack=slack, side=side)


def person_with(email: str) -> PortalPerson:
    """Return an account of the portal with an address."""
    return PortalPerson(id=str(uuid5(NAMESPACE_DNS, email)), display_name=email, email=email, user_name=email)


def route(*, notify: str = f"slack:{CHANNEL}", more: str = "") -> str:
    """Return routes.toml: Olga answers for the compliance folder, the crowd for the other one.

    Neither waits for further edits; `more` is added to the first route. On the console the link suffices.
    """
    page = 'identity = "link"\nsegregation_of_duties = "off"\n' if notify == "console" else ""
    crowd = ", ".join(f'"{email}"' for email in CROWD.values())
    return "\n".join(
        f'[[route]]\nname = "{name}"\nwatch = ["{folder}"]\nowners = [{owners}]\n'
        f'notify = ["{notify}"]\nquiet_period = "0s"\n{page}{rest}'
        for name, folder, owners, rest in (
            ("compliance", COMPLIANCE, f'"{OLGA.email}"', more),
            ("other", OTHER, crowd, ""),
        )
    )


def make_sqlite_address(folder: Path) -> str:
    """Return the address of a new database in which a start has nothing to migrate."""
    shutil.copy(_migrated(), folder / DATABASE)
    return make_missing_sqlite_address(folder)


def make_missing_sqlite_address(folder: Path) -> str:
    """Return the address of a database that does not exist yet."""
    return f"sqlite:///{folder / DATABASE}"


@cache
def _migrated() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="docspace-review-template-"))
    atexit.register(shutil.rmtree, folder)
    databases.migrate_new(make_missing_sqlite_address(folder))
    return folder / DATABASE


def read_text(message: Mapping[str, Any]) -> str:
    """Return all text of a message that a person sees, block by block."""
    return "\n".join([str(message.get("text", "")), *_texts(message.get("blocks", []))])


def actions(message: Json) -> list[str]:
    """Return the ids of a message's buttons."""
    blocks = [block for block in message["blocks"] if block["type"] == "actions"]
    return [element["action_id"] for block in blocks for element in block["elements"]]


def omit_changes(message: Json) -> Json:
    """Return a card without what a comparison adds to it, at a time that no test waits for."""
    blocks = [
        block
        for block in message["blocks"]
        if block.get("accessory", {}).get("action_id") != "show_changes"
        and not block.get("text", {}).get("text", "").startswith("What changed: ")
    ]
    return {**message, "blocks": blocks}


def fields(message: Json) -> dict[str, str]:
    """Return the card's facts by their labels."""
    texts = [field["text"] for block in message["blocks"] for field in block.get("fields", [])]
    return {label.strip("*"): value for label, _, value in (text.partition("\n") for text in texts)}


def _if_all_say(cards: list[Json], words: tuple[str, ...]) -> list[Json]:
    return cards if all(word in read_text(card) for card in cards for word in words) else []


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def assert_recorded_once(opened: RunningInstallation, review_id: str) -> None:
    exported = opened.product.run("ledger", "export").stdout.splitlines()
    types = [entry["type"] for entry in map(json.loads, exported) if entry["review_id"] == review_id]
    assert types == ["review:opened", "review:acknowledged"]
