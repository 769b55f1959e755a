"""What the doctor finds about the webhook, and what it says is to be done."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, COMPLIANCE, OLGA, PortalPerson
from reviews.intake import intake
from reviews.kinds import SweepSource
from runtime.doctor.findings import Finding, Severity
from runtime.doctor.webhook import DELIVERIES, OWNER, WEBHOOK, check_webhook
from runtime.settings.settings import parse_settings
from runtime.wiring.databases import get_utc_time
from runtime.wiring.wiring import Wiring
from tests.reviews.samples import START, Clock, event
from tests.webhook.managed import managed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from reviews.model import ChangeEvent
    from tests.databases import SqliteDatabases
    from tests.webhook.managed import Managed


BOSS = PortalPerson("ada", "Ada Admin", "ada@example.com", "ada", is_admin=True)


class Doctor:
    """Examines the webhook of an installation beside a portal; `more` are the settings that differ."""

    def __init__(self, house: Managed, database: str) -> None:
        self.house, self.database = house, database

    def wiring(self, **more: str) -> Wiring:
        values = self.house.settings(DATABASE_URL=self.database, **more)
        return Wiring(parse_settings({name.lower(): value for name, value in values.items()}))

    def finds(self, **more: str) -> list[Finding]:
        wiring = self.wiring(**more)
        findings = list(check_webhook(wiring))
        wiring.engine.dispose()
        return findings

    def says(self, about: str, **more: str) -> tuple[Severity, str]:
        """Return the first thing that is said about a part."""
        first = next(each for each in self.finds(**more) if each.subject == about)
        assert bool(first.remedy) is (first.severity is not Severity.OK)
        return first.severity, f"{first.message}: {first.remedy}"

    def receive(self, *events: ChangeEvent, at: datetime) -> None:
        """Let events be written down here at a moment."""
        wiring = self.wiring()
        intake.receive_events(wiring.transactions, events, now=at)
        wiring.engine.dispose()

    def deliver(self, *statuses: int) -> None:
        """Let DocSpace deliver something; without statuses it arrives."""
        self.house.receiver.statuses = list(statuses)
        self.house.portal.create_file("A.docx", COMPLIANCE, by=BOB.id)
        self.house.sender.flush()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def doctor(clock: Clock, sqlite_databases: SqliteDatabases) -> Iterator[Doctor]:
    with managed(clock) as house:
        yield Doctor(house, sqlite_databases.new())


def test_one_that_is_in_order_is_fine(doctor: Doctor) -> None:
    hook = doctor.house.hook()
    doctor.deliver()

    assert doctor.says(WEBHOOK)[0] is Severity.OK
    assert f"number {hook.id} reports every change to {doctor.house.address}" in doctor.says(WEBHOOK)[1]
    assert doctor.says(DELIVERIES)[0] is Severity.OK
    assert "none received yet" in doctor.says(DELIVERIES)[1]
    assert f"last success was {START:%Y-%m-%d %H:%M} in the portal's time zone" in doctor.says(DELIVERIES)[1]


@pytest.mark.parametrize("wrong", ["missing", "disabled", "incomplete"])
def test_one_that_does_not_tell_all_is_to_be_registered(doctor: Doctor, wrong: str) -> None:
    if wrong != "missing":
        hook = doctor.house.hook(triggers=["file.updated"] if wrong == "incomplete" else ["*"])
        hook.enabled = wrong != "disabled"

    standing, says = doctor.says(WEBHOOK)

    assert standing is Severity.ERROR
    assert says.endswith("run docspace-review webhook register")


def test_a_key_that_may_not_look_is_a_warning_with_the_key_that_is_needed(doctor: Doctor) -> None:
    key = doctor.house.portal.add_key(ALICE.id, "files:read")

    [finding] = doctor.finds(DOCSPACE_API_KEY=key)

    assert finding.severity is Severity.WARNING
    assert "full access" in finding.message


def test_without_a_public_address_no_one_can_tell_which_is_ours(doctor: Doctor) -> None:
    [finding] = doctor.finds(PUBLIC_URL="")

    assert (finding.severity, finding.message[:20]) == (Severity.WARNING, "PUBLIC_URL is empty:")


@pytest.mark.parametrize("status", [404, 503])
def test_a_portal_that_does_not_say_is_a_warning(doctor: Doctor, status: int) -> None:
    doctor.house.portal.faults.answer(status)

    [finding] = doctor.finds()

    assert finding.severity is Severity.WARNING


def test_deliveries_that_fail_are_told_with_the_reason(doctor: Doctor, clock: Clock) -> None:
    doctor.house.hook()
    doctor.deliver()
    clock.advance(hours=1)
    doctor.deliver(*[503] * 6)

    standing, says = doctor.says(DELIVERIES)

    assert standing is Severity.WARNING
    assert "503 (Service Unavailable)" in says
    assert "three days" in says


def test_changes_that_came_by_other_ways_tell_of_lost_deliveries(doctor: Doctor) -> None:
    doctor.house.hook()
    doctor.receive(event(), at=get_utc_time() - timedelta(days=3))
    quiet = doctor.says(DELIVERIES)
    doctor.receive(event(found_in=SweepSource.FOLDER_LOG), at=get_utc_time())

    standing, says = doctor.says(DELIVERIES)

    assert quiet[0] is Severity.OK
    assert (standing, "in other ways" in says) == (Severity.WARNING, True)


def test_what_was_received_here_is_told_in_utc_and_what_docspace_says_in_no_zone(doctor: Doctor) -> None:
    doctor.house.sender.rules.portal_zone = timezone(timedelta(hours=9))
    doctor.house.hook()
    doctor.deliver()
    received = get_utc_time()
    doctor.receive(event(), at=received)

    says = doctor.says(DELIVERIES)[1]

    assert f"the last was received at {received:%Y-%m-%d %H:%M} UTC" in says
    assert f"{START + timedelta(hours=9):%Y-%m-%d %H:%M} in the portal's time zone" in says


@pytest.mark.parametrize("hours", [-11, 0, 14])
def test_a_failure_after_a_success_is_seen_in_any_zone(doctor: Doctor, clock: Clock, hours: int) -> None:
    doctor.house.sender.rules.portal_zone = timezone(timedelta(hours=hours))
    doctor.house.hook()
    doctor.deliver()
    clock.advance(minutes=1)
    doctor.deliver(*[503] * 6)

    assert doctor.says(DELIVERIES)[0] is Severity.WARNING


def test_whose_eyes_it_has_is_said_as_far_as_it_can_be_known(doctor: Doctor) -> None:
    hook = doctor.house.hook()
    own = doctor.says(OWNER)
    hook.created_by = doctor.house.portal.add_person(BOSS).id
    admins = doctor.says(OWNER)
    hook.created_by = BOB.id

    standing, says = doctor.says(OWNER)

    assert (own[0], OLGA.display_name in own[1]) == (Severity.OK, True)
    assert (admins[0], "Ada Admin, an admin" in admins[1]) == (Severity.OK, True)
    assert standing is Severity.WARNING
    assert BOB.display_name in says


def test_one_that_tells_more_than_is_used_and_has_an_odd_address_is_remarked_on(doctor: Doctor) -> None:
    doctor.house.hook(triggers=["*"])

    says = [each.message for each in doctor.finds() if each.severity is Severity.WARNING]

    assert any("people's data" in each for each in says)
    assert any("plain http" in each for each in says)
    assert any("private network" in each for each in says)
