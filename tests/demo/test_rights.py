"""Who may do what in a room: what the answers grant is what calls get (facts on DocSpace, 10.2 and 10.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from demo import ALICE, BOB, COMPLIANCE, OLGA, ROOM, DemoPortal, PortalPerson, Role
from tests.demo.calls import answer, call

if TYPE_CHECKING:
    from demo import PortalFile, PortalWebhook, Sender

ADMIN = PortalPerson(
    "a0000000-0000-4000-8000-000000000001", "Ada Admin", "ada@example.com", "ada", is_admin=True
)
ROSE = PortalPerson(
    "a0000000-0000-4000-8000-000000000002", "Rose Room", "rose@example.com", "rose", is_room_admin=True
)
GUS = PortalPerson(
    "a0000000-0000-4000-8000-000000000003", "Gus Guest", "gus@example.com", "gus", is_guest=True
)

ALL_THREE = {"ReadHistory": True, "EditHistory": True, "Comment": True}
NONE_OF_THEM = {"ReadHistory": False, "EditHistory": False, "Comment": False}
OF_ROLES = [
    (Role.ROOM_MANAGER, ALL_THREE),
    (Role.CONTENT_CREATOR, ALL_THREE),
    (Role.EDITING, {"ReadHistory": True, "EditHistory": False, "Comment": True}),
    (Role.REVIEW, {"ReadHistory": False, "EditHistory": False, "Comment": True}),
    (Role.COMMENT, {"ReadHistory": False, "EditHistory": False, "Comment": True}),
    (Role.READ, NONE_OF_THEM),
]


@pytest.fixture
def strangers(portal: DemoPortal) -> DemoPortal:
    """The portal with people who belong to no room yet."""
    for person in (ADMIN, ROSE, GUS):
        portal.add_person(person)
    return portal


def status(address: str, portal: DemoPortal, who: PortalPerson, path: str, **more: Any) -> int:
    return call(address, path, key=portal.add_key(who.id), **more).status_code


@pytest.mark.parametrize(("role", "rights"), OF_ROLES)
def test_the_role_in_the_room_decides_on_histories_and_comments(
    get: Any, strangers: DemoPortal, policy: PortalFile, role: Role, rights: dict[str, bool]
) -> None:
    strangers.give_role(ROOM, ROSE.id, role)

    shown = answer(get(f"/files/file/{policy.id}", key=strangers.add_key(ROSE.id)))

    assert {right: shown["security"][right] for right in rights} == rights


@pytest.mark.parametrize(("role", "rights"), OF_ROLES)
def test_what_the_answer_grants_is_what_calls_get(
    address: str, strangers: DemoPortal, policy: PortalFile, role: Role, rights: dict[str, bool]
) -> None:
    strangers.give_role(ROOM, ROSE.id, role)
    comment = {"version": 1, "comment": "x"}

    read = [
        status(address, strangers, ROSE, path) == 200
        for path in (
            f"/files/file/{policy.id}/history",
            f"/files/file/{policy.id}/edit/history",
            f"/files/file/{policy.id}/log",
            f"/files/folder/{COMPLIANCE}/log",
        )
    ]
    written = status(address, strangers, ROSE, f"/files/file/{policy.id}/comment", method="PUT", json=comment)

    assert read == [rights["ReadHistory"]] * 4
    assert (written == 200) is rights["EditHistory"]


def test_an_admin_of_the_portal_reads_every_room_and_neither_histories_nor_the_log_of_any(
    get: Any, address: str, strangers: DemoPortal, policy: PortalFile
) -> None:
    shown = answer(get(f"/files/file/{policy.id}", key=strangers.add_key(ADMIN.id)))["security"]

    granted = {right for right, is_granted in shown.items() if is_granted}
    assert granted == {"Read", "Copy", "Download", "CopyLink"}
    for path in (f"/files/file/{policy.id}/edit/history", f"/files/folder/{COMPLIANCE}/log"):
        assert status(address, strangers, ADMIN, path) == 403


def test_an_admin_who_belongs_to_the_room_has_the_rights_of_their_role_there(
    address: str, strangers: DemoPortal, policy: PortalFile
) -> None:
    strangers.give_role(ROOM, ADMIN.id, Role.CONTENT_CREATOR)

    assert status(address, strangers, ADMIN, f"/files/file/{policy.id}/edit/history") == 200


def test_where_the_log_asks_for_reading_alone_an_admin_gets_it(address: str, strangers: DemoPortal) -> None:
    strangers.log_needs_history = False

    assert status(address, strangers, ADMIN, f"/files/folder/{COMPLIANCE}/log") == 200
    assert status(address, strangers, ROSE, f"/files/folder/{COMPLIANCE}/log") == 403


@pytest.mark.parametrize("who", [ROSE, GUS])
def test_a_room_is_closed_to_people_who_do_not_belong_to_it(
    address: str, get: Any, strangers: DemoPortal, policy: PortalFile, who: PortalPerson
) -> None:
    for path in (f"/files/file/{policy.id}", f"/files/folder/{COMPLIANCE}/path", f"/files/{COMPLIANCE}"):
        assert status(address, strangers, who, path) == 403
    rooms = answer(get(f"/files/{portal_rooms(strangers)}", key=strangers.add_key(who.id)))
    assert rooms["folders"] == []


def portal_rooms(portal: DemoPortal) -> object:
    return portal.folder(ROOM).parent_id


def test_the_log_of_what_there_is_not_is_missing(get: Any, portal: DemoPortal, policy: PortalFile) -> None:
    portal.delete(policy.id, by=ALICE.id)

    assert get("/files/folder/1/log").status_code == 404
    assert get(f"/files/file/{policy.id}/log").status_code == 404


def test_what_lies_in_a_room_in_the_archive_keeps_its_history_and_takes_no_comment(
    get: Any, portal: DemoPortal, policy: PortalFile
) -> None:
    portal.archive_room(ROOM, by=OLGA.id)

    rights = answer(get(f"/files/file/{policy.id}"))["security"]

    assert (rights["ReadHistory"], rights["EditHistory"], rights["Comment"]) == (True, False, False)


def test_a_lock_of_someone_else_takes_rights_away_and_keeps_the_history(
    get: Any, portal: DemoPortal, policy: PortalFile
) -> None:
    portal.lock(policy.id, by=BOB.id)

    rights = answer(get(f"/files/file/{policy.id}"))["security"]

    assert (rights["ReadHistory"], rights["EditHistory"], rights["Edit"]) == (True, False, False)


def test_one_who_is_no_admin_of_anything_looks_up_no_one_else(address: str, strangers: DemoPortal) -> None:
    people = [(ALICE, BOB), (ROSE, BOB), (ROSE, GUS), (ADMIN, GUS)]

    shown = [status(address, strangers, who, f"/people/{whom.id}") for who, whom in people]
    mailed = [status(address, strangers, who, f"/people/email?email={whom.email}") for who, whom in people]

    assert shown == mailed == [403, 200, 403, 200]
    assert status(address, strangers, ALICE, f"/people/{ALICE.id}") == 200


@pytest.mark.parametrize("who", [ADMIN, ROSE])
def test_a_webhook_tells_only_of_what_its_owner_may_read(
    strangers: DemoPortal, sender: Sender, webhook: PortalWebhook, who: PortalPerson
) -> None:
    webhook.created_by = who.id

    strangers.create_file("A.docx", COMPLIANCE, by=BOB.id)
    strangers.give_role(ROOM, who.id, Role.READ)
    strangers.create_file("B.docx", COMPLIANCE, by=BOB.id)

    titles = [delivery.emission.payload["title"] for delivery in sender.pending()]
    assert titles == (["A.docx", "B.docx"] if who is ADMIN else ["B.docx"])


def test_a_key_is_told_its_id_its_holder_and_a_star_where_it_may_do_everything(
    get: Any, portal: DemoPortal
) -> None:
    mine = answer(get("/keys/@self"))
    other = answer(get("/keys/@self", key=portal.add_key(BOB.id, "files:read")))

    assert (mine["permissions"], mine["createBy"]["id"]) == (["*"], OLGA.id)
    assert (other["permissions"], other["createBy"]["id"]) == (["files:read"], BOB.id)
    assert mine["id"] != other["id"]
