"""What doctor and `webhook status` say of the rights of the key's user in each watched folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from demo import ALICE, BOB, COMPLIANCE, DRIVE_FOLDER, OLGA, OTHER, ROOM, PortalPerson, Role
from runtime.cli import cli
from runtime.doctor.findings import Finding, Severity
from runtime.doctor.rights import check_rights
from runtime.settings.settings import parse_settings
from runtime.wiring.wiring import Wiring
from tests.reviews.samples import Clock
from tests.runtime.command import run_command
from tests.webhook.managed import managed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.databases import SqliteDatabases
    from tests.webhook.managed import Managed

ADMIN = PortalPerson(
    "a0000000-0000-4000-8000-000000000001", "Ada Admin", "ada@example.com", "ada", is_admin=True
)
ROSE = PortalPerson(
    "a0000000-0000-4000-8000-000000000002", "Rose Room", "rose@example.com", "rose", is_room_admin=True
)


def routes(*folders: object, notify: str = "console") -> str:
    watched = ", ".join(f'"{folder}"' for folder in folders)
    return f'[[route]]\nwatch = [{watched}]\nowners = ["o@company.com"]\nnotify = ["{notify}"]\n'


class PortalWithDocument:
    """A portal with a document, and what the doctor finds with a person's key."""

    def __init__(self, house: Managed, database: str) -> None:
        self.house, self.database = house, database
        self.portal = house.portal
        self.portal.add_file("Policy.docx", COMPLIANCE, by=ALICE.id)
        for person in (ADMIN, ROSE):
            self.portal.add_person(person)

    def settings(self, who: PortalPerson, *, watched: str) -> dict[str, str]:
        key = self.portal.add_key(who.id)
        return self.house.settings(DATABASE_URL=self.database, DOCSPACE_API_KEY=key, ROUTES=watched)

    def finds(self, who: PortalPerson, *, watched: str = routes(COMPLIANCE)) -> dict[str, Finding]:
        settings = self.settings(who, watched=watched)
        wiring = Wiring(parse_settings({name.lower(): value for name, value in settings.items()}))
        findings = {each.subject: each for each in check_rights(wiring)}
        wiring.engine.dispose()
        return findings

    def says(self, who: PortalPerson, *, watched: str = routes(COMPLIANCE)) -> Finding:
        return self.finds(who, watched=watched)[f"rights in folder {COMPLIANCE}"]

    def status(self, who: PortalPerson, *words: str, watched: str = routes(COMPLIANCE)) -> str:
        return run_command(["webhook", "status", *words], cli, **self.settings(who, watched=watched)).out


@pytest.fixture
def house(sqlite_databases: SqliteDatabases) -> Iterator[PortalWithDocument]:
    with managed(Clock()) as made:
        yield PortalWithDocument(made, sqlite_databases.new())


def test_the_owner_of_the_room_has_all_that_is_used(house: PortalWithDocument) -> None:
    rights = house.says(OLGA)

    assert (rights.severity, rights.message) == (Severity.OK, "granted: histories, the log, comments")


@pytest.mark.parametrize("who", [ROSE, ADMIN])
def test_the_recommended_role_has_all_that_is_used(house: PortalWithDocument, who: PortalPerson) -> None:
    house.portal.give_role(ROOM, who.id, Role.CONTENT_CREATOR)

    assert house.says(who).severity is Severity.OK
    assert list(house.finds(who)) == [f"rights in folder {COMPLIANCE}"]


def test_an_admin_who_does_not_belong_to_the_room_is_told_what_is_missed_and_which_role_mends_it(
    house: PortalWithDocument,
) -> None:
    rights = house.says(ADMIN, watched=routes(COMPLIANCE, notify="comment"))

    assert rights.severity is Severity.WARNING
    for part in (
        "co-authors are not seen",
        "segregation of duties",
        "looks like a move",
        "comments are refused",
    ):
        assert part in rights.message
    assert "content creator" in rights.remedy
    assert "an admin of DocSpace needs the role too" in rights.remedy


def test_where_the_log_is_shown_only_the_histories_are_missed(house: PortalWithDocument) -> None:
    house.portal.log_needs_history = False

    rights = house.says(ADMIN)

    assert "histories are refused" in rights.message
    assert "log" not in rights.message


@pytest.mark.parametrize(("notify", "standing"), [("console", Severity.OK), ("comment", Severity.WARNING)])
def test_the_right_to_comment_is_missed_only_where_comments_are_written(
    house: PortalWithDocument, notify: str, standing: Severity
) -> None:
    house.portal.give_role(ROOM, ROSE.id, Role.EDITING)

    assert house.says(ROSE, watched=routes(COMPLIANCE, notify=notify)).severity is standing


def test_a_user_who_may_not_look_up_people_is_a_warning(house: PortalWithDocument) -> None:
    finding = house.finds(BOB)["docspace key user"]

    assert finding.severity is Severity.WARNING
    assert "room admin" in finding.remedy


def test_a_lock_of_someone_else_does_not_hide_the_rights(house: PortalWithDocument) -> None:
    [locked] = house.portal.children(COMPLIANCE)[1]
    house.portal.lock(locked.id, by=BOB.id)
    alone = house.says(OLGA)
    house.portal.add_file("Other.docx", COMPLIANCE, by=ALICE.id)

    beside_another = house.says(OLGA)

    assert (alone.severity, alone.message) == (Severity.OK, "granted: histories, the log")
    assert beside_another.message == "granted: histories, the log, comments"


def test_a_folder_without_files_and_a_connected_storage_are_not_known(house: PortalWithDocument) -> None:
    rights = house.finds(OLGA, watched=routes(OTHER, DRIVE_FOLDER))

    assert rights[f"rights in folder {OTHER}"].message == "unknown: it has no file to check the rights with"
    assert "connected storage" in rights[f"rights in folder {DRIVE_FOLDER}"].message


def test_the_status_of_the_webhook_tells_the_rights_too(house: PortalWithDocument) -> None:
    shown = house.status(ADMIN)
    rights: Any = json.loads(house.status(ADMIN, "--json"))["rights"]

    assert f"  {COMPLIANCE}: histories refused, comments refused, log refused\n" in shown
    assert "To fix it: in DocSpace, give the key's user the role content creator" in shown
    assert [(each["folder"], each["histories"], each["comments"], each["log"]) for each in rights] == [
        (str(COMPLIANCE), False, False, False)
    ]
    assert (len(rights[0]["lost"]), rights[0]["role"]) == (3, "content creator")


def test_a_key_that_may_not_manage_webhooks_is_told_of_its_rights_all_the_same(
    house: PortalWithDocument,
) -> None:
    key = house.portal.add_key(OLGA.id, "files:read")
    settings = house.settings(OLGA, watched=routes(COMPLIANCE)) | {"DOCSPACE_API_KEY": key}

    status = json.loads(run_command(["webhook", "status", "--json"], cli, **settings).out)

    assert (status["state"], status["rights"][0]["histories"], status["rights"][0]["role"]) == (
        "unknown",
        True,
        None,
    )


def test_the_least_scopes_are_enough_for_a_key(house: PortalWithDocument) -> None:
    scopes = ("files:read", "accounts:read", "accounts.self:read")
    key = house.portal.add_key(OLGA.id, *scopes)
    settings = house.settings(OLGA, watched=routes(COMPLIANCE)) | {"DOCSPACE_API_KEY": key}

    findings = json.loads(run_command(["doctor", "--json"], cli, **settings).out)

    of_key = {
        each["about"]: each["standing"] for each in findings if each["about"].startswith("docspace key")
    }
    assert of_key == {"docspace key": "ok", "docspace key scopes": "warning"}


def test_a_log_that_is_asked_for_in_a_way_that_docspace_rejects_is_an_error(
    house: PortalWithDocument,
) -> None:
    house.portal.faults.answer(400, path=f"files/folder/{COMPLIANCE}/log", count=2)

    rights, status = house.says(OLGA), house.status(OLGA)

    assert (rights.severity, "rejects" in rights.message) == (Severity.ERROR, True)
    assert "report this defect" in rights.remedy
    assert "DocSpace rejects" in status
