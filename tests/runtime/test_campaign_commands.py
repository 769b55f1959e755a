"""The commands of campaigns: started from a folder of the portal, listed, shown and ended."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from demo import ALICE, BOB, COMPLIANCE, DEEP, OLGA, OTHER, QUARTER, DemoPortal, Fault, run_portal
from reviews.campaign import MAX_DOCUMENTS
from runtime.call_limits.call_allowance import SWEEP_RATE, Allowance
from runtime.cli import cli
from runtime.settings.settings import parse_settings
from runtime.wiring.campaigns import build_worker_campaign_work
from runtime.wiring.wiring import Wiring
from tests.runtime.command import CommandResult, run_command

if TYPE_CHECKING:
    from collections.abc import Iterator

STRANGER = "no.one@example.com"
NAME = "Policies 2026"
ROUTES = f"""
[[route]]
name = "incidents"
watch = ["{DEEP}"]
owners = ["o@example.com"]
notify = ["console"]

[[route]]
name = "compliance"
watch = ["{COMPLIANCE}"]
owners = ["o@example.com"]
notify = ["console"]
working_hours = "Mon-Fri 09:00-17:00"
timezone = "Europe/Berlin"
"""


def find_day(weekday: int) -> date:
    """Return a day in two weeks or later, on that day of the week; Monday is 0."""
    day = (datetime.now(UTC) + timedelta(days=14)).date()
    return day + timedelta(days=(weekday - day.weekday()) % 7)


class House:
    """A portal with documents, and the command of an installation that watches it."""

    def __init__(self, portal: DemoPortal, address: str, database: str) -> None:
        self.portal = portal
        self.settings = {
            "DATABASE_URL": database,
            "DOCSPACE_API_HOST": address,
            "DOCSPACE_API_KEY": portal.api_key,
            "ROUTES": ROUTES,
            "LEDGER_KEY": "a-key-of-the-ledger-as-a-platform-makes-it",
        }

    def run(self, *arguments: str) -> CommandResult:
        return run_command(["campaign", *arguments], cli, **self.settings)

    def start(self, **changed: str) -> CommandResult:
        options = {"folder": str(COMPLIANCE), "owners": f"{ALICE.email},{BOB.email}", **changed}
        due = options.pop("due", find_day(weekday=4).isoformat())
        name = options.pop("name", NAME)
        words = [word for option, value in options.items() for word in (f"--{option}", value)]
        return self.run("start", name, "--due", due, *words)

    def json(self, *arguments: str) -> Any:
        done = self.run(*arguments, "--json")
        assert (done.code, done.err) == (0, "")
        return json.loads(done.out)


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    portal = DemoPortal(lambda: datetime.now(UTC))
    with run_portal(portal) as address:
        portal.add_file("Policy.docx", COMPLIANCE, by=ALICE.id)
        portal.add_file("=Travel.docx", COMPLIANCE, by=ALICE.id)
        portal.add_file("Incident.docx", DEEP, by=ALICE.id)
        yield House(portal, address, database_url)


def test_a_campaign_is_started_and_says_what_it_asks_for(house: House) -> None:
    done = house.start(due="2099-01-01")
    assert (done.code, done.out) == (2, "")
    assert "at most two years" in done.err

    done = house.start(owners=f"{ALICE.email}, {BOB.email} {STRANGER}")

    assert (done.code, done.err) == (0, "")
    [listed] = house.json("list")
    assert done.out.splitlines() == [
        f"The campaign {NAME} has started: id {listed['id']}, route compliance.",
        "3 people to acknowledge 2 documents in Legal & Compliance / Compliance.",
        f"Deadline: {datetime.fromisoformat(listed['due_at']).date()} 17:00 Europe/Berlin.",
        "Left out: 1 document that belongs to another route.",
        f"DocSpace has no account for {STRANGER}: check for slips.",
        "A worker sends each of them one message. To see how far it is:",
        f"    docspace-review campaign show {listed['id']}",
    ]
    assert (listed["state"], listed["acknowledged"], listed["needed"]) == ("running", 0, 6)


def test_the_folder_may_be_a_link_and_owners_come_several_times(house: House) -> None:
    link = f"https://acme.onlyoffice.com/rooms/shared/{COMPLIANCE}/filter?folder={COMPLIANCE}"

    done = house.run(
        *("start", NAME, "--folder", link, "--owners", str(ALICE.email), "--owners", f"{BOB.email};"),
        *("--due", find_day(weekday=4).isoformat()),
    )

    assert (done.code, done.err) == (0, "")
    shown = house.json("show", "policies 2026")
    assert [person["address"] for person in shown["people"]] == [ALICE.email, BOB.email]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"folder": "404404"}, "--folder: folder 404404 does not exist"),
        ({"folder": str(OTHER)}, "is under no watched folder"),
        ({"folder": "https://acme.onlyoffice.com/"}, "is no link to a folder"),
        ({"owners": "anna"}, "anna is no e-mail address"),
        ({"owners": " , "}, "Name the people"),
        ({"due": "2020-01-01"}, "The deadline 2020-01-01 is over"),
        ({"due": "Friday"}, "'Friday' is not a day: write 2026-12-18"),
        ({"name": " "}, "Give the campaign a name"),
        ({"name": "x" * 81}, "81 characters"),
    ],
)
def test_what_can_not_begin_is_refused_in_one_line_and_nothing_is_stored(
    house: House, changed: dict[str, str], says: str
) -> None:
    done = house.start(**changed)

    assert (done.code, done.out) == (2, "")
    [line] = done.err.splitlines()
    assert says in line
    assert house.json("list") == []


def test_an_empty_folder_and_one_with_too_many_documents_are_refused(house: House) -> None:
    empty = house.start(folder=str(QUARTER))
    for number in range(MAX_DOCUMENTS):
        house.portal.add_file(f"Paper {number}.docx", QUARTER, by=ALICE.id)
    full = house.start()

    assert (empty.code, full.code) == (2, 2)
    assert "there is no document in this folder" in empty.err
    assert "503 documents" in full.err
    assert house.json("list") == []


def test_nothing_is_stored_while_docspace_does_not_answer(house: House) -> None:
    house.portal.faults.add(Fault(status=503, path="/files/"))

    done = house.start()

    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Nothing was started: ")
    assert house.json("list") == []


def test_a_name_is_taken_until_its_campaign_ends(house: House) -> None:
    assert house.start().code == 0

    again = house.start(name=NAME.upper())
    ended = house.run("end", NAME)
    ended_again = house.run("end", NAME)
    afterwards = house.start()

    assert (again.code, again.out) == (2, "")
    assert "has not ended" in again.err
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == f"The campaign {NAME} is ended: 2 open documents are closed by a worker.\n"
    assert (ended_again.code, "has ended already" in ended_again.err) == (2, True)
    assert afterwards.code == 0
    assert [each["state"] for each in house.json("list")] == ["running", "ended"]
    assert len(house.json("list", "--limit", "1")) == 1
    assert house.json("list", "--route", "incidents") == []


def test_a_campaign_that_is_not_there_is_an_unusable_argument(house: House) -> None:
    for command in ("show", "end"):
        done = house.run(command, "Policies 1999")
        assert (done.code, done.out) == (2, "")
        assert "no campaign with the name or id Policies 1999. See docspace-review campaign list" in done.err


def test_it_shows_each_document_and_person(house: House) -> None:
    house.start()

    shown = house.run("show", NAME)

    assert (shown.code, shown.err) == (0, "")
    for text in ("0 of 4 (0%)", "Europe/Berlin", str(ALICE.email), "Policy.docx", "0 of 2"):
        assert text in shown.out
    document = house.json("show", NAME)["documents"][1]
    assert (document["title"], document["version"], document["needed"]) == ("Policy.docx", 1, 2)
    assert document["people"][0] == {
        "address": ALICE.email,
        "acknowledged_at": None,
        "version": None,
        "identity": None,
        "late": False,
        "sha256": None,
    }


def test_a_spreadsheet_has_a_line_for_each_document_and_person_and_calculates_none(house: House) -> None:
    house.start()

    done = house.run("show", NAME, "--csv")

    assert (done.code, done.err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert [(row["document"], row["person"]) for row in rows] == [
        ("'=Travel.docx", ALICE.email),
        ("'=Travel.docx", BOB.email),
        ("Policy.docx", ALICE.email),
        ("Policy.docx", BOB.email),
    ]
    assert {(row["version"], row["acknowledged_at"], row["late"]) for row in rows} == {("1", "", "")}
    assert house.run("show", NAME, "--csv", "--json").code == 2


def test_the_owner_of_the_portal_is_no_stranger(house: House) -> None:
    assert "no account" not in house.start(owners=str(OLGA.email)).out


def test_a_worker_waits_for_its_turn_at_the_limit_of_sweeps(house: House) -> None:
    wiring = Wiring(parse_settings({name.lower(): value for name, value in house.settings.items()}))
    for _process in range(4):
        allowance = Allowance(wiring.transactions, wiring.clock, SWEEP_RATE)
        while not allowance.take_permit():
            pass

    work = build_worker_campaign_work(wiring, Event().wait)
    listed = work.listing.list_documents(str(COMPLIANCE), "compliance")

    assert len(listed.documents) == 2
    wiring.engine.dispose()


def test_on_a_day_without_working_hours_the_deadline_is_its_end(house: House) -> None:
    saturday = find_day(weekday=5).isoformat()

    done = house.start(due=saturday)

    assert f"Deadline: {saturday} 23:59 Europe/Berlin." in done.out
    assert f"{saturday} 23:59 Europe/Berlin" in house.run("list").out
