"""`webhook register` and `webhook status`: what they do, and what they say."""

from __future__ import annotations

import json
import re
from datetime import timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from demo import ALICE, BOB, COMPLIANCE, OLGA, TRIGGERS, SecretPolicy
from runtime.cli import cli
from tests.reviews.samples import START, Clock
from tests.runtime.command import CommandResult, run_command
from tests.webhook.managed import SECRET, managed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from demo import PortalWebhook
    from tests.databases import SqliteDatabases
    from tests.webhook.managed import Managed

SHOWN = re.compile(r"^DOCSPACE_WEBHOOK_SECRET=(\S+)$", re.MULTILINE)


class OperatorTerminal:
    """An operator's terminal beside a portal; `more` are the settings that differ."""

    def __init__(self, house: Managed, database: str) -> None:
        self.house, self.database = house, database

    def run(self, *words: str, **more: str) -> CommandResult:
        settings = self.house.settings(DATABASE_URL=self.database, **more)
        return run_command(
            ["webhook", *words], cli, **{name: value for name, value in settings.items() if value}
        )

    def register(self, *words: str, secret: str = SECRET, **more: str) -> CommandResult:
        return self.run("register", *words, DOCSPACE_WEBHOOK_SECRET=secret, **more)

    def status(self, **more: str) -> Any:
        return json.loads(self.run("status", "--json", **more).out)

    @property
    def hooks(self) -> list[PortalWebhook]:
        return self.house.sender.webhooks()


@pytest.fixture
def desk(sqlite_databases: SqliteDatabases) -> Iterator[OperatorTerminal]:
    with managed(Clock()) as house:
        yield OperatorTerminal(house, sqlite_databases.new())


def shown(done: CommandResult) -> str:
    """Return the secret that was shown; it stands in one place only."""
    [secret] = SHOWN.findall(done.out)
    assert (done.out + done.err).count(secret) == 1
    return str(secret)


def test_it_is_made_with_the_secret_that_is_set(desk: OperatorTerminal) -> None:
    done = desk.register("--name", "Compliance")

    [hook] = desk.hooks
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f'Webhook {hook.id} "Compliance" is made: {desk.house.address}\n')
    assert (hook.secret, hook.name, hook.enabled) == (SECRET, "Compliance", True)
    assert SECRET not in done.out


def test_without_a_secret_it_gets_one_that_is_shown_once_as_a_line_for_the_environment(
    desk: OperatorTerminal,
) -> None:
    desk.house.sender.rules.secrets = SecretPolicy(
        requires_capital=True, requires_digit=True, requires_special=True
    )

    done = desk.register(secret="")

    assert (done.code, desk.hooks[0].secret) == (0, shown(done))
    assert "shown only once" in done.out


def test_what_is_wrong_is_repaired_and_said(desk: OperatorTerminal) -> None:
    hook = desk.house.hook(triggers=["file.updated"])
    hook.enabled, hook.target = False, "7"

    done = desk.register()

    assert done.code == 0
    assert "is repaired" in done.out
    for part in (
        "gets all needed triggers",
        "enabled again",
        "all entries instead of one",
        "the one in DOCSPACE_",
    ):
        assert part in done.out
    assert desk.run("status").code == 0


def test_one_that_is_in_order_gets_the_secret_that_is_set(desk: OperatorTerminal) -> None:
    hook = desk.house.hook()

    done = desk.register(secret="An0ther!One")

    assert (done.code, hook.secret) == (0, "An0ther!One")
    assert "is in order" in done.out
    assert "An0ther!One" not in done.out


def test_where_no_secret_is_set_it_says_that_none_is_told_and_what_to_do(desk: OperatorTerminal) -> None:
    hook = desk.house.hook(triggers=["file.updated"])

    done = desk.register(secret="")

    assert (done.code, hook.secret) == (1, SECRET)
    assert "never shows a secret" in done.out
    assert "webhook register --new-secret" in done.out
    assert hook.triggers != TRIGGERS["file.updated"]


@pytest.mark.parametrize("secret", ["", SECRET])
def test_a_new_secret_is_given_and_shown_on_demand(desk: OperatorTerminal, secret: str) -> None:
    hook = desk.house.hook()

    done = desk.register("--new-secret", secret=secret)

    assert (done.code, hook.secret) == (0, shown(done))
    assert hook.secret != SECRET
    assert "DOCSPACE_WEBHOOK_SECRET_PREVIOUS" in done.out


@pytest.mark.parametrize("scopes", [("files:read", "accounts:read"), ("*:read",)])
def test_without_the_rights_it_says_which_key_is_needed_or_how_to_do_it_by_hand(
    desk: OperatorTerminal, scopes: tuple[str, ...]
) -> None:
    key = desk.house.portal.add_key(ALICE.id, *scopes)

    done = desk.register(DOCSPACE_API_KEY=key)

    assert (done.code, done.err, desk.hooks) == (1, "", [])
    for part in ("full access", "DOCSPACE_API_KEY", desk.house.address, "file.moved", "room.deleted"):
        assert part in done.out
    assert key not in done.out
    assert SECRET not in done.out


def test_by_hand_a_secret_is_proposed_where_none_is_set(desk: OperatorTerminal) -> None:
    key = desk.house.portal.add_key(ALICE.id, "files:read")

    done = desk.register(secret="", DOCSPACE_API_KEY=key)

    [secret] = SHOWN.findall(done.out)
    assert f"Secret key        {secret}" in done.out


def test_where_the_receiver_does_not_answer_it_says_what_to_start_first(desk: OperatorTerminal) -> None:
    desk.house.receiver.statuses = [0]

    done = desk.register(secret="")

    assert (done.code, desk.hooks) == (1, [])
    assert f"rejects the address {desk.house.address}" in done.out
    assert f"curl --head {desk.house.address}" in done.out
    assert "private network" in done.out
    assert "plain http" in done.out
    assert "register again" in done.out
    assert len(shown(done)) == 30


def test_a_secret_that_the_portal_finds_too_weak_is_refused_in_its_words(desk: OperatorTerminal) -> None:
    desk.house.sender.rules.secrets = SecretPolicy(requires_digit=True)

    done = desk.register(secret="compliance")

    assert (done.code, desk.hooks) == (1, [])
    assert "at least one digit" in done.out


@pytest.mark.parametrize(
    ("settings", "words", "says"),
    [
        ({"DOCSPACE_WEBHOOK_SECRET": "f" * 64}, ["register"], "8 to 30 characters, and this one has 64"),
        (
            {"PUBLIC_URL": ""},
            ["register"],
            "PUBLIC_URL is empty: DocSpace reaches the receiver at this address",
        ),
        (
            {"PUBLIC_URL": ""},
            ["status"],
            "PUBLIC_URL is empty: DocSpace reaches the receiver at this address",
        ),
        ({"DOCSPACE_API_KEY": ""}, ["status"], "DOCSPACE_API_KEY is empty"),
        ({}, ["register", "--name", "x" * 51], "a webhook's name has 1 to 50 characters"),
        ({}, ["register", "--name", " "], "a webhook's name has 1 to 50 characters"),
    ],
)
def test_what_can_not_be_used_is_one_line_and_nothing_is_asked(
    desk: OperatorTerminal, settings: dict[str, str], words: list[str], says: str
) -> None:
    done = desk.run(*words, **settings)

    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert says in done.err
    assert desk.house.portal.faults.calls() == []


@pytest.mark.parametrize("command", ["register", "status"])
def test_an_outage_is_said_and_nothing_is_claimed(desk: OperatorTerminal, command: str) -> None:
    desk.house.portal.faults.answer(503)

    done = desk.run(command)

    assert (done.code, done.err) == (1, "")
    assert "DocSpace answered 503" in done.out


def test_the_status_says_how_it_stands_and_what_came_of_it(desk: OperatorTerminal) -> None:
    hook = desk.house.hook()
    for status in (200, 503):
        desk.house.receiver.statuses = [status] * 6
        desk.house.portal.create_file("A.docx", COMPLIANCE, by=BOB.id)
        desk.house.sender.flush()

    done = desk.run("status")

    assert (done.code, done.err) == (0, "")
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    assert lines[0] == f"{desk.house.address}: in order"
    assert f'webhook {hook.id} "ours", made by {OLGA.display_name}' in lines
    assert "triggers all that is needed" in lines
    assert "last received none" in lines
    assert f"last success {START:%Y-%m-%d %H:%M} in the portal's time zone" in lines
    assert any("last failure" in line and "503 (Service Unavailable)" in line for line in lines)


def test_times_of_the_portal_carry_no_zone_since_docspace_tells_none(desk: OperatorTerminal) -> None:
    rules = desk.house.sender.rules
    rules.portal_zone, rules.server_zone = timezone(timedelta(hours=2)), timezone(timedelta(hours=-5))
    desk.house.hook()
    desk.house.portal.create_file("A.docx", COMPLIANCE, by=BOB.id)
    desk.house.sender.flush()

    status = desk.status()

    assert status["webhook"]["last_success"] == f"{START + timedelta(hours=2):%Y-%m-%dT%H:%M:%S}"
    assert status["last_received"] is None


def test_a_program_reads_how_it_stands(desk: OperatorTerminal) -> None:
    hook = desk.house.hook(triggers=["file.updated"])
    hook.enabled = False

    status = desk.status()

    assert (status["state"], status["address"]) == ("disabled", desk.house.address)
    assert status["webhook"]["created_by"] == {"id": OLGA.id, "name": OLGA.display_name}
    assert "file.moved" in status["webhook"]["missing"]
    assert status["webhook"] | {"missing": [], "created_by": {}} == {
        "id": hook.id, "name": "ours", "enabled": False, "ssl": False, "target": None, "missing": [],
        "created_by": {}, "last_success": None, "last_failure": None, "failure": None, "twins": [],
    }  # fmt: skip


@pytest.mark.parametrize("wrong", ["missing", "disabled", "incomplete"])
def test_the_exit_code_tells_of_one_that_does_not_tell_all(desk: OperatorTerminal, wrong: str) -> None:
    if wrong != "missing":
        hook = desk.house.hook(triggers=["file.updated"] if wrong == "incomplete" else ["*"])
        hook.enabled = wrong != "disabled"

    done = desk.run("status")

    assert (done.code, desk.status()["state"]) == (1, wrong)
    assert "docspace-review webhook register" in done.out


def test_a_key_that_may_not_look_is_named_as_the_reason(desk: OperatorTerminal) -> None:
    desk.house.hook()
    key = desk.house.portal.add_key(ALICE.id, "files:read")

    done = desk.run("status", DOCSPACE_API_KEY=key)

    assert done.code == 1
    assert "full access" in done.out
    assert desk.status(DOCSPACE_API_KEY=key)["state"] == "unknown"
