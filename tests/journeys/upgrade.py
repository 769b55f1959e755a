"""An upgrade from an earlier release and the way back, with real processes of both.

    git worktree add /tmp/earlier COMMIT
    .venv/bin/python -m tests.journeys.upgrade /tmp/earlier --database sqlite

The earlier release gets a change and an answer, and is backed up. This release takes over its database, reads
and verifies all of it, and takes the click on a card of before. Then the earlier release must refuse the new
tables, and run again on the backup, where the gap sweep finds what changed meanwhile. `--python` names the
earlier release's own interpreter, where this one's packages do not fit it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demo import ALICE, BOB, DEEP, OLGA, DemoPortal, PortalFile, Sender, run_portal
from tests.databases import postgres_databases
from tests.edge.fake_slack import FakeSlack
from tests.edge.slack_person import SlackSide
from tests.edge.slack_send import over_http
from tests.edge.slack_state import PATIENT_TRIGGER_SECONDS
from tests.journeys.installation import LEDGER_KEY, SIGNING_SECRET, WEBHOOK_SECRET, free_port
from tests.journeys.processes import eventually
from tests.journeys.releases import Release, back_up, restore
from tests.journeys.running_installation import (
    CHANNEL,
    OLGA_IN_SLACK,
    PACE,
    make_missing_sqlite_address,
    person_with,
    read_text,
    route,
)
from tests.journeys.running_installation import CROWD as OTHER_OWNERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.edge.slack_state import Json

THIS_RELEASE = Path(__file__).parents[2]
WITHIN = 300.0
UNUSABLE = 2
"""The exit code of unusable arguments, settings and databases (docs/commands.md)."""
REFUSAL = "the database belongs to a newer version of docspace-review: run that one"
SWEEP_EVERY, SWEEP_WITHIN = 10.0, 900.0
EXPECTED = {
    "Answered before.docx",
    "Open before.docx",
    "After.docx",
    "Changed meanwhile.docx",
    "After the way back.docx",
}
REFUSED = (("serve",), ("worker",), ("migrate",), ("reviews", "list"), ("ledger", "verify"))


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """The portal, Slack and the people, who stay the same whichever release runs."""

    portal: DemoPortal
    sender: Sender
    slack: FakeSlack
    side: SlackSide
    url: str

    def register(self) -> None:
        """Register the webhook, for which a receiver has to run."""
        self.sender.register(f"{self.url}/docspace/webhook", secret=WEBHOOK_SECRET)

    def change(self, title: str) -> PortalFile:
        """Have Bob save a new file, and wait for its card."""
        file = self.portal.add_file(title, DEEP, by=ALICE.id)
        self.portal.save(file.id, by=BOB.id)
        outcomes = self.sender.flush()
        assert [outcome.status for outcome in outcomes] == [202]
        self.wait_for_card(title)
        return file

    def change_unheard(self, title: str) -> None:
        """Have Bob save a new file of which no delivery arrives, as while no release runs."""
        file = self.portal.add_file(title, DEEP, by=ALICE.id)
        self.portal.save(file.id, by=BOB.id)
        self.sender.flush()

    def answer(self, title: str) -> None:
        """Have Olga acknowledge the card of this title, and wait until the card says so."""
        assert self.side.click(OLGA_IN_SLACK, self.wait_for_card(title), "acknowledge_review").status == 200
        self.wait_for_card(title, "Reviewed by")

    def wait_for_card(self, *words: str) -> Json:
        def find() -> Json | None:
            cards = (card for card in self.slack.messages(CHANNEL) if "thread_ts" not in card)
            return next((card for card in cards if all(word in read_text(card) for word in words)), None)

        return eventually(find, within=WITHIN)


def verify(release: Release, *, title: str) -> list[tuple[str, str]]:
    """Return the reviews that a release lists; AssertionError if the ledger does not hold."""
    verdict = release.read("ledger", "verify")
    assert verdict["intact"], verdict
    reviews = sorted((each["title"], each["state"]) for each in release.read("reviews", "list"))
    say(title, f"the ledger is intact, {verdict['checked']} entries; {reviews}")
    return reviews


def export_entries(release: Release) -> list[str]:
    done = release.run("ledger", "export")
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def refuse(earlier: Release) -> None:
    for arguments in REFUSED:
        done = earlier.run(*arguments)
        assert (done.returncode, REFUSAL in done.stderr) == (UNUSABLE, True), (arguments, done)
    lines = ", ".join(" ".join(arguments) for arguments in REFUSED)
    say("the earlier release on the new tables", f"exit code 2 of {lines}: {REFUSAL}")


def try_upgrade(earlier: Release, current: Release, around: Surroundings, backup: Path) -> None:
    """Run the earlier release, back it up, and have this one take over."""
    address = earlier.environment["DATABASE_URL"]
    if address.startswith("postgresql"):
        assert earlier.run("migrate").returncode == 0
    with earlier.serve():
        around.register()
        sweep(earlier)  # else the backup may be of before the baseline, which opens no review
        around.change("Answered before.docx")
        around.answer("Answered before.docx")
        around.change("Open before.docx")
    before, entries = verify(earlier, title="the earlier release"), export_entries(earlier)
    back_up(address, backup)
    if address.startswith("postgresql"):
        assert current.run("migrate").returncode == 0
    with current.serve():
        assert verify(current, title="this release") == before
        assert export_entries(current)[: len(entries)] == entries
        around.answer("Open before.docx")
        around.change("After.docx")
        verify(current, title="this release, after an answer and a change")


def try_way_back(earlier: Release, around: Surroundings, backup: Path, restored: str) -> None:
    """Run the earlier release on the restored backup: it has what was backed up, and finds what it missed."""
    earlier = replace(earlier, environment={**earlier.environment, "DATABASE_URL": restored})
    verify(earlier, title=f"the earlier release on {backup.name}, before it starts")
    with earlier.serve():
        around.change("After the way back.docx")
        eventually(lambda: sweep(earlier) >= EXPECTED, within=SWEEP_WITHIN, every=SWEEP_EVERY)
    verify(earlier, title="the earlier release, after its sweep")


def sweep(release: Release) -> set[str]:
    """Sweep once and return the titles of all reviews.

    What happened within two minutes is left to a later sweep.
    """
    assert release.run("sweep").returncode == 0
    return {each["title"] for each in release.read("reviews", "list")}


def say(title: str, text: Any) -> None:
    print(f"{title}: {text}", flush=True)  # noqa: T201 - what was seen is what it is run for


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("earlier", type=Path, help="a checkout of the earlier release")
    parser.add_argument("--python", default=sys.executable, help="its interpreter")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        made = stack.enter_context(postgres_databases()) if asked.database == "postgresql" else None
        address = made.empty() if made else make_missing_sqlite_address(folder)
        portal = DemoPortal(lambda: datetime.now(UTC))
        sender = Sender(portal, wait_factor=PACE)
        portal_address = stack.enter_context(run_portal(portal, sender))
        slack = stack.enter_context(FakeSlack(rate_limit=False, trigger_seconds=PATIENT_TRIGGER_SECONDS))
        slack.add_channel(CHANNEL, "compliance")
        slack.add_person(OLGA_IN_SLACK, "Olga Owner", OLGA.email)
        add_people(portal, OTHER_OWNERS.values())
        (folder / "routes.toml").write_text(route())
        port = free_port()
        environment = {
            "PATH": os.defpath,
            "HOME": str(folder),
            "PORT": str(port),
            "DATABASE_URL": address,
            "DOCSPACE_API_HOST": portal_address,
            "DOCSPACE_API_KEY": portal.api_key,
            "DOCSPACE_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.token,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "SLACK_TEAM_ID": slack.team_id,
            **({"LEDGER_KEY": LEDGER_KEY} if made else {}),
        }
        url = f"http://127.0.0.1:{port}"
        around = Surroundings(
            portal=portal,
            sender=sender,
            slack=slack,
            side=SlackSide(slack, SIGNING_SECRET, over_http(url, timeout=60)),
            url=url,
        )
        current = Release(
            name="current",
            checkout=THIS_RELEASE,
            python=sys.executable,
            folder=folder,
            environment=environment,
        )
        earlier = replace(current, name="earlier", checkout=asked.earlier.resolve(), python=asked.python)
        backup = folder / "backup"
        try_upgrade(earlier, current, around, backup)
        refuse(earlier)
        around.change_unheard("Changed meanwhile.docx")
        try_way_back(earlier, around, backup, restore(backup, address, made))


def add_people(portal: DemoPortal, addresses: Iterable[str]) -> None:
    for address in addresses:
        portal.add_person(person_with(address))


if __name__ == "__main__":
    main()
