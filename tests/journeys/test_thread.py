"""What is told beside a card, with real processes: in its thread, to one person, by the clock.

What the clock reminds of at one time is one list for each person; else it stands in the thread. On a busy
machine a look of the clock may come after the deadline, with no reminder before it. So one route has no
deadline, and the others are held against what the ledger says that the clock did.
"""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, COMPLIANCE, OLGA, OTHER, ROOM
from tests.journeys.processes import eventually
from tests.journeys.running_installation import (
    BOB_IN_SLACK,
    CHANNEL,
    DANA_IN_SLACK,
    OLGA_IN_SLACK,
    RunningInstallation,
    make_sqlite_address,
    read_text,
    run_installation,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from concurrent.futures import Future
    from pathlib import Path

    from tests.databases import PostgresDatabases
    from tests.edge.slack_state import Json

DEPUTY = "dana.ozola@example.com"
QUICK, SLOW, FORGOTTEN, PATIENT = "Quick.docx", "Slow.docx", "Forgotten.docx", "Patient.docx"


def always_working() -> str:
    """Return working hours whose next end is half a day away, in the zone where it is noon now."""
    ahead = 12 - datetime.now(UTC).hour  # hours; the names of these zones have the opposite sign
    zone = f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"
    return f'working_hours = "Mon-Sun 00:00-23:59"\ntimezone = "{zone}"\n'


def routes(clocked: str) -> str:
    """One folder whose threads the channel sees and whose contributors hear the outcome; two with a clock."""
    common = f'owners = ["{OLGA.email}"]\ndeputies = ["{DEPUTY}"]\nnotify = ["slack:{CHANNEL}"]\n'
    loud = 'thread = "broadcast"\ntell_contributors = true\n'
    return "".join(
        f'[[route]]\nname = "{name}"\nwatch = ["{folder}"]\nquiet_period = "0s"\n{common}{more}'
        for name, folder, more in (
            ("loud", COMPLIANCE, loud),
            ("clocked", OTHER, always_working() + clocked),
            ("patient", ROOM, f'{always_working()}remind = "2s"\n'),
        )
    )


@dataclass(frozen=True, kw_only=True)
class Reminded:
    """What was recorded of some changes, by title, whom it was told, and whether the ledger holds."""

    verified: int
    recorded: Mapping[str, list[Json]]
    owners: Mapping[str, list[str]]
    deputies: Mapping[str, list[str]]


@pytest.fixture(scope="module")
def by_two_workers(
    postgres_databases: PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Future[Reminded]]:
    """Begin what two workers remind of; most of the time it waits."""
    url, folder = postgres_databases.new(), tmp_path_factory.mktemp("two-workers")
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(remind_with_two_workers, url, folder)


@pytest.fixture(scope="module")
def opened(
    by_two_workers: Future[Reminded], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningInstallation]:
    """Open an installation where a clock runs for two files, and the review of a third is answered.

    What two workers do is under way at the same time.
    """
    assert by_two_workers
    folder = tmp_path_factory.mktemp("thread")
    clocked = 'remind = "2s"\ndue = "7s"\n'
    with run_installation(make_sqlite_address(folder), folder, routes=routes(clocked)) as opened:
        opened.slack.add_person("U0ALICE", "Alice Moreau", str(ALICE.email))
        for title in (QUICK, SLOW, FORGOTTEN):
            opened.save(title, folder=OTHER)
        assert opened.click(OLGA_IN_SLACK, opened.card(QUICK)) == 200
        yield opened


def entries(opened: RunningInstallation, title: str) -> list[Json]:
    lines = opened.product.run("ledger", "export").stdout.splitlines()
    return [entry for entry in map(json.loads, lines) if entry["title"] == title]


def request_changes(opened: RunningInstallation, card: Json, note: str) -> None:
    assert opened.click(OLGA_IN_SLACK, card, "request_changes") == 200
    [modal] = eventually(lambda: opened.slack.modals(OLGA_IN_SLACK))
    [block] = [each for each in modal["blocks"] if each["type"] == "input"]
    typed = {block["block_id"]: {block["element"]["action_id"]: note}}
    assert opened.side.submit_view(OLGA_IN_SLACK, modal, typed).status == 200


def test_a_revision_is_told_in_the_thread_and_the_channel_sees_it(opened: RunningInstallation) -> None:
    file = opened.save("Revised.docx")
    card = opened.card("Revised.docx")
    opened.portal.save(file.id, by=ALICE.id)  # two saves by one person in one second may be one event
    opened.sent()

    message = opened.wait_for_message(card, "changed Revised.docx again", "revision 2")

    assert message["subtype"] == "thread_broadcast"
    assert "<@" not in read_text(message)


def test_a_request_for_changes_is_told_with_its_note_and_the_contributor_alone(
    opened: RunningInstallation,
) -> None:
    opened.save("Returned.docx")
    card = opened.card("Returned.docx")
    request_changes(opened, card, "Section <4> is old.")

    message = opened.wait_for_message(card, "Olga Owner requested changes to Returned.docx.")
    alone = eventually(lambda: alone_with(opened, BOB_IN_SLACK, "Returned.docx"))

    assert "> Section &lt;4&gt; is old." in read_text(message)
    assert f"<@{BOB_IN_SLACK}>" not in read_text(message)
    assert len(alone) == 1
    assert "requested changes to Returned.docx, which you changed." in alone[0]
    assert "> Section &lt;4&gt; is old." in alone[0]


def test_a_contributor_whom_slack_does_not_know_is_told_in_the_thread(opened: RunningInstallation) -> None:
    opened.save("Unknown.docx", by=ALICE.id)
    card = opened.card("Unknown.docx")
    opened.slack.people.pop("U0ALICE")
    assert opened.click(OLGA_IN_SLACK, card) == 200

    message = opened.wait_for_message(card, "Olga Owner reviewed Unknown.docx, which you changed.")

    assert str(ALICE.email) in read_text(message)


def test_the_clock_reminds_until_there_is_an_answer(opened: RunningInstallation) -> None:
    opened.save(PATIENT, folder=ROOM)
    card = opened.card(PATIENT)

    eventually(lambda: list_told(opened, OLGA_IN_SLACK, PATIENT))
    assert opened.click(OLGA_IN_SLACK, card) == 200
    opened.card(PATIENT, "Reviewed by")

    opening, *reminded, answered = [entry["type"] for entry in entries(opened, PATIENT)]
    assert (opening, set(reminded), answered) == (
        "review:opened",
        {"review:reminded"},
        "review:acknowledged",
    )


def test_the_clock_tells_the_deputies_that_it_is_overdue(opened: RunningInstallation) -> None:
    for_deputy = wait_until_overdue(opened, FORGOTTEN)
    eventually(lambda: not owed(opened))  # a channel takes one message a second
    for_owner = list_told(opened, OLGA_IN_SLACK, FORGOTTEN)
    types = [entry["type"] for entry in entries(opened, FORGOTTEN)]
    reminded = types.count("review:reminded")

    assert len(for_deputy) == len(list_told(opened, DANA_IN_SLACK, FORGOTTEN)) == 1
    assert any(is_overdue(text, FORGOTTEN) for text in for_owner)
    assert len(for_owner) <= reminded + 1
    assert types == ["review:opened", *["review:reminded"] * reminded, "review:escalated", "review:lapsed"]
    assert all("subtype" not in each for each in opened.thread(opened.card(FORGOTTEN)))
    assert opened.product.run("ledger", "verify").returncode == 0


def test_an_answered_review_is_not_reminded_of(opened: RunningInstallation) -> None:
    opened.card(QUICK, "Reviewed by")

    wait_until_overdue(opened, SLOW)
    eventually(lambda: not owed(opened))

    *before, last = [entry["type"] for entry in entries(opened, QUICK)]
    assert last == "review:acknowledged"
    types = ("review:reminded", "review:escalated")  # on a busy machine the answer may come late
    assert len(list_told(opened, OLGA_IN_SLACK, QUICK)) <= sum(each in types for each in before)


def test_what_is_told_beside_cards_stands_among_the_deliveries(opened: RunningInstallation) -> None:
    wait_until_overdue(opened, FORGOTTEN)

    causes = [each["cause"] for each in opened.product.json("deliveries", "list") if each["cause"]]

    assert any(cause.startswith(("overdue:", "reminder_list:")) for cause in causes)


def test_two_workers_send_each_reminder_once(by_two_workers: Future[Reminded]) -> None:
    reminded = by_two_workers.result()

    assert reminded.verified == 0
    assert len(reminded.recorded) == 3
    for title, recorded in reminded.recorded.items():
        types = Counter(entry["type"] for entry in recorded)
        assert types["review:escalated"] == types["review:lapsed"] == len(reminded.deputies[title]) == 1
        assert 1 <= len(reminded.owners[title]) <= types["review:reminded"] + 1


def remind_with_two_workers(url: str, folder: Path) -> Reminded:
    """Let the clock run for three changes, until all that is to be told of them is told."""
    names = ("web", "worker", "worker-2")
    titles = [f"Shared {number}.docx" for number in range(3)]
    clocked = routes('remind = "2s"\ndue = "8s"\n')
    with run_installation(url, folder, names=names, routes=clocked) as opened:
        for title in titles:
            opened.save(title, folder=OTHER)
        for title in titles:
            opened.card(title, within=60)  # one message a second
        for title in titles:
            wait_until_overdue(opened, title)
        eventually(lambda: not owed(opened))  # a channel takes one message a second
        return Reminded(
            verified=opened.product.run("ledger", "verify").returncode,
            recorded={title: entries(opened, title) for title in titles},
            owners={title: list_told(opened, OLGA_IN_SLACK, title) for title in titles},
            deputies={title: list_told(opened, DANA_IN_SLACK, title) for title in titles},
        )


def wait_until_overdue(opened: RunningInstallation, title: str) -> list[str]:
    """Wait until the deputy is told that a review is overdue; return what they were told of it."""

    def list_overdue() -> list[str]:
        return [text for text in list_told(opened, DANA_IN_SLACK, title) if is_overdue(text, title)]

    return eventually(list_overdue)


def list_told(opened: RunningInstallation, user: str, title: str) -> list[str]:
    """Return what a person was told of a document, in the thread of its card and alone."""
    in_thread = [read_text(each) for card in opened.cards(title) for each in opened.thread(card)]
    return [text for text in in_thread if f"<@{user}>" in text] + alone_with(opened, user, title)


def is_overdue(text: str, title: str) -> bool:
    return f"The review of {title} is overdue." in text or f"{title}>*\n*Overdue since" in text


def owed(opened: RunningInstallation) -> list[object]:
    """Return what is still to be posted."""
    return [each for each in opened.product.json("deliveries", "list") if each["state"] == "owed"]


def alone_with(opened: RunningInstallation, user: str, title: str) -> list[str]:
    return [read_text(each) for each in opened.slack.messages(user) if title in read_text(each)]
