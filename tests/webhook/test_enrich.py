"""What the API adds: asked of a stand-in portal over a socket, with every kind of trouble."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import responses

from demo import (
    ALICE,
    ANONYMOUS,
    BOB,
    COMPLIANCE,
    DEEP,
    DRIVE_FOLDER,
    OLGA,
    DemoPortal,
    PortalFile,
    run_portal,
)
from demo.entries import TERMINATED
from demo.starting_data import API_KEY
from docspace.client import Client
from docspace.http import Http
from reviews.errors import NotVisible, TryLater
from reviews.identity import Person
from reviews.tree import FilePresence, Place
from tests.reviews.samples import START, Clock
from webhook.enrichment import MAX_FOLDERS, Enrichment
from webhook.payload import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.ports.docspace_logs import FileLog


SYSTEM = "a37ee56e-3302-4a7b-b67e-ddbea64cd032"


@pytest.fixture
def portal() -> DemoPortal:
    return DemoPortal(Clock())


@pytest.fixture
def enrichment(portal: DemoPortal) -> Iterator[Enrichment]:
    with run_portal(portal) as address:
        yield Enrichment(Client(Http(address, API_KEY)))


@pytest.fixture
def file(portal: DemoPortal) -> PortalFile:
    portal.add_file("Policy.docx", COMPLIANCE, by=ALICE.id, file_id=7)
    return portal.add_version(7, by=BOB.id)


def place(enrichment: Enrichment) -> Place:
    return enrichment.get_place(str(COMPLIANCE))


def test_a_folders_place_is_the_whole_chain_down_to_it(enrichment: Enrichment) -> None:
    place = enrichment.get_place(str(DEEP))

    assert place.path == "Legal & Compliance / Compliance / 2026 Q1 / Incidents"
    assert str(COMPLIANCE) in place.ids
    assert place.folders[-1][0] == str(DEEP)


def test_a_long_title_is_cut_alike_in_an_answer_and_in_a_webhook(
    enrichment: Enrichment, portal: DemoPortal, file: PortalFile
) -> None:
    title = "á" * 300 + "e\u0301" * 300
    portal.rename(file.id, title, by=BOB.id)
    sent = json.dumps({"event": {"trigger": "file.updated"}, "payload": {"id": file.id, "title": title}})

    file_state = enrichment.get_file(str(file.id))

    assert file_state is not None
    assert file_state.title == parse(sent.encode()).title
    assert (len(file_state.title), file_state.title[-3:]) == (399, "e\u0301…")


def test_a_path_without_end_is_tried_again_and_never_taken_for_another(
    enrichment: Enrichment, portal: DemoPortal
) -> None:
    folder = portal.add_folder("f", COMPLIANCE, by=OLGA.id)
    for _ in range(MAX_FOLDERS):
        folder = portal.add_folder("f", folder.id, by=OLGA.id)

    with pytest.raises(TryLater, match="lies deeper than 200 folders"):
        enrichment.get_place(str(folder.id))


def test_ids_of_connected_storage_are_asked_for_as_they_are(
    enrichment: Enrichment, portal: DemoPortal
) -> None:
    portal.add_file("Letter.docx", DRIVE_FOLDER, by=OLGA.id, file_id="drive-57-|1Ab")

    file_state = enrichment.get_file("drive-57-|1Ab")

    assert file_state is not None
    assert (file_state.title, file_state.parent_id) == ("Letter.docx", DRIVE_FOLDER)
    assert DRIVE_FOLDER in enrichment.get_place(DRIVE_FOLDER).ids
    assert enrichment.get_file_log("drive-57-|1Ab", since=START) is None
    assert enrichment.list_editors("drive-57-|1Ab", after=None, since=None) == []


def test_a_file_is_told_as_it_is_now(enrichment: Enrichment, portal: DemoPortal, file: PortalFile) -> None:
    portal.lock(file.id, by=BOB.id)

    file_state = enrichment.get_file("7")

    assert file_state is not None
    assert (file_state.title, file_state.version, file_state.modified_at, file_state.size) == (
        "Policy.docx",
        2,
        START,
        file.current.size,
    )
    assert (file_state.locked, file_state.presence) == (True, FilePresence.PRESENT)
    assert file_state.link is not None
    assert file_state.link.endswith("/doceditor?fileid=7&version=2")


def test_a_file_in_the_trash_of_the_keys_own_user_is_said_to_be_there(
    enrichment: Enrichment, portal: DemoPortal, file: PortalFile
) -> None:
    portal.trash(file.id, by=OLGA.id)

    file_state = enrichment.get_file("7")

    assert file_state is not None
    assert file_state.presence is FilePresence.TRASHED


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_refusal_is_told_from_an_outage(
    enrichment: Enrichment, portal: DemoPortal, file: PortalFile, status: int
) -> None:
    portal.faults.answer(status, count=None)

    assert enrichment.get_file(str(file.id)) is None
    assert enrichment.list_editors("7", after=None, since=None) == []
    assert enrichment.get_file_log("7", since=START) is None
    assert enrichment.find_person(ALICE.email) is None
    for ask in (lambda: place(enrichment), lambda: enrichment.list_files_beneath("1", start=0)):
        with pytest.raises(NotVisible) as raised:
            ask()
        assert raised.value.gone is (status == 404)


@pytest.mark.parametrize("status", [301, 401, 402, 500, 502, 503])
def test_an_outage_or_a_bad_key_is_tried_again(
    enrichment: Enrichment, portal: DemoPortal, status: int
) -> None:
    portal.faults.answer(status, count=None)

    for ask in (
        lambda: place(enrichment),
        lambda: enrichment.get_file("7"),
        lambda: enrichment.list_files_beneath("7", start=0),
        lambda: enrichment.list_editors("7", after=1, since=None),
        lambda: enrichment.get_file_log("7", since=START),
        lambda: enrichment.find_person(ALICE.email),
        lambda: enrichment.complete_person(Person(id=ALICE.id, name="")),
    ):
        with pytest.raises(TryLater) as raised:
            ask()
        assert raised.value.retry_after is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), (None, 60.0), ("Wed, 21 Oct 2026 07:28:00 GMT", 60.0), ("-5", 60.0), ("999999", 3600.0)],
)
def test_a_portal_that_asks_to_slow_down_is_heard(
    enrichment: Enrichment, portal: DemoPortal, header: str | None, seconds: float
) -> None:
    portal.faults.answer(429, retry_after=header)

    with pytest.raises(TryLater) as raised:
        place(enrichment)

    assert raised.value.retry_after == seconds


def test_a_dropped_connection_is_tried_again(enrichment: Enrichment, portal: DemoPortal) -> None:
    portal.faults.drop()

    with pytest.raises(TryLater):
        place(enrichment)


@responses.activate
def test_a_path_that_is_none_hides_the_folder_and_an_unreadable_one_is_tried_again() -> None:
    path = "https://acme.example.com/api/2.0/files/folder/8/path"
    enrichment = Enrichment(Client(Http("acme.example.com", "sk-1")))

    for answer in ([], [{"id": 1, "title": "Rooms"}]):
        responses.upsert("GET", path, json={"response": answer})
        with pytest.raises(NotVisible):
            enrichment.get_place("8")
    responses.upsert("GET", path, json={"response": [{"title": "Rooms"}, {"id": 8}]})
    with pytest.raises(TryLater):
        enrichment.get_place("8")


def test_everybody_who_edited_beyond_a_version_is_named(enrichment: Enrichment, portal: DemoPortal) -> None:
    file = portal.add_file("Minutes.docx", COMPLIANCE, by=OLGA.id)
    portal.save(file.id, by=ALICE.id)
    portal.save(file.id, by=BOB.id, co_authors=(ALICE.id,))

    def names(after: int | None) -> list[str]:
        return [who.name for who in enrichment.list_editors(str(file.id), after=after, since=None)]

    assert names(2) == ["Bob Chen", "Alice Moreau"]
    assert names(None) == ["Bob Chen", "Alice Moreau"]
    assert set(names(0)) == {"Olga Owner", "Bob Chen", "Alice Moreau"}
    assert names(3) == []


def test_the_log_tells_saves_from_renames_and_locks_and_who_did_what(
    enrichment: Enrichment, portal: DemoPortal, file: PortalFile
) -> None:
    def log() -> FileLog:
        file_log = enrichment.get_file_log("7", since=START - timedelta(seconds=1))
        assert file_log is not None
        return file_log

    assert log().has_content is None

    portal.rename(file.id, "New name.docx", by=BOB.id)
    portal.unlock(file.id, by=BOB.id)
    assert (log().has_content, log().renamer_ids, log().count_saves(3)) == (False, [BOB.id], 0)
    assert log().is_without_content(BOB.id, 3)
    assert not log().is_without_content(BOB.id, 4)

    portal.save(file.id, by=BOB.id)
    assert (log().has_content, log().count_saves(4), log().count_saves(5)) == (True, 1, None)
    assert not log().is_without_content(BOB.id, 1)


def test_someone_who_renamed_a_file_or_threw_it_away_is_no_editor_of_its_versions(
    enrichment: Enrichment, portal: DemoPortal, file: PortalFile
) -> None:
    """DocSpace gives the version, and from the trash every version, their name and the time."""
    portal.rename(file.id, "New name.docx", by=BOB.id)
    after = START + timedelta(minutes=1)

    def editors(**more: Any) -> set[str]:
        return {who.name for who in enrichment.list_editors("7", after=1, since=None, **more)}

    assert "Bob Chen" in editors()
    assert "Bob Chen" not in editors(ignored_people={BOB.id})
    assert enrichment.list_editors("7", after=2, since=after) == []


def test_files_beneath_come_from_any_depth(
    enrichment: Enrichment, portal: DemoPortal, file: PortalFile
) -> None:
    deep = portal.add_file("Deep.docx", DEEP, by=ALICE.id)

    files, total = enrichment.list_files_beneath(str(COMPLIANCE), start=0)

    assert total == 2
    assert {(state.file_id, state.parent_id) for state in files} == {
        (str(file.id), str(COMPLIANCE)),
        (str(deep.id), str(DEEP)),
    }


def test_a_person_is_named_with_name_and_address(enrichment: Enrichment) -> None:
    assert enrichment.complete_person(Person(id=ALICE.id, name="")) == Person(
        id=ALICE.id, name="Alice Moreau", email="alice.moreau@example.com"
    )


def test_built_in_accounts_have_names_and_are_not_looked_up(
    enrichment: Enrichment, portal: DemoPortal
) -> None:
    assert enrichment.complete_person(Person(id=ANONYMOUS, name="")).name == "a guest with a link"
    assert enrichment.complete_person(Person(id=SYSTEM, name="")).name == "DocSpace itself"
    assert enrichment.complete_person(Person(id=None, name="")).name == "somebody"
    assert portal.faults.calls() == []


def test_a_removed_person_keeps_the_name_that_the_payload_tells(
    enrichment: Enrichment, portal: DemoPortal
) -> None:
    portal.set_status(BOB.id, TERMINATED)
    portal.remove_person(BOB.id)

    assert enrichment.complete_person(Person(id=BOB.id, name="")).name == "a removed person"
    assert enrichment.complete_person(Person(id=ALICE.id, name="Alice")).name == "Alice Moreau"


def test_a_hidden_person_is_said_to_be_hidden(enrichment: Enrichment, portal: DemoPortal) -> None:
    portal.faults.answer(403, path="people", count=None)

    assert enrichment.complete_person(Person(id=BOB.id, name="")).name == "a person whose name is hidden"


def test_people_are_remembered_for_a_while(enrichment: Enrichment, portal: DemoPortal) -> None:
    for _ in range(3):
        enrichment.complete_person(Person(id=ALICE.id, name=""))
        enrichment.find_person(ALICE.email.upper())
        enrichment.find_person("nobody@example.com")

    assert len(portal.faults.calls("/people/")) == 3


def test_trouble_is_not_remembered(enrichment: Enrichment, portal: DemoPortal) -> None:
    portal.faults.answer(500, path="/people/")

    with pytest.raises(TryLater):
        enrichment.complete_person(Person(id=ALICE.id, name=""))

    assert enrichment.complete_person(Person(id=ALICE.id, name="")).name == "Alice Moreau"


def test_a_hidden_person_is_asked_for_again(enrichment: Enrichment, portal: DemoPortal) -> None:
    portal.faults.answer(403, path="/people/")
    enrichment.complete_person(Person(id=ALICE.id, name=""))

    assert enrichment.complete_person(Person(id=ALICE.id, name="")).name == "Alice Moreau"


def test_what_no_database_takes_is_left_out_of_what_the_api_says(
    enrichment: Enrichment, portal: DemoPortal
) -> None:
    odd = portal.add_file("a\0b\ud83d.docx", COMPLIANCE, by=ALICE.id)
    portal.add_folder("x\0y", COMPLIANCE, folder_id=99)
    portal.add_person(replace(ALICE, display_name="Al\0ice\ud83d"))

    file_state = enrichment.get_file(str(odd.id))

    assert enrichment.get_place("99").path.endswith("xy")
    assert file_state is not None
    assert file_state.title == "ab.docx"
    assert enrichment.complete_person(Person(id=ALICE.id, name="")).name == "Alice"


def test_a_file_is_located_by_its_id(enrichment: Enrichment, file: PortalFile) -> None:
    title, place = enrichment.locate("7")

    assert title == file.title
    assert str(COMPLIANCE) in place.ids


def test_a_connected_storage_is_not_asked_to_keep_a_comment(
    enrichment: Enrichment, portal: DemoPortal
) -> None:
    portal.add_file("Letter.docx", DRIVE_FOLDER, by=OLGA.id, file_id="drive-57-|1Ab")

    enrichment.write_comment("drive-57-|1Ab", 1, "Reviewed by Olga Owner, version 1")

    assert portal.faults.calls() == []


def test_the_log_of_a_file_tells_of_an_unlock(
    enrichment: Enrichment, portal: DemoPortal, file: PortalFile
) -> None:
    portal.lock(file.id, by=BOB.id)
    before = enrichment.was_unlocked("7", since=START)
    portal.unlock(file.id, by=BOB.id)

    assert (before, enrichment.was_unlocked("7", since=START)) == (False, True)
    assert not enrichment.was_unlocked("drive-57-|1Ab", since=START)
    assert not enrichment.was_unlocked("1", since=START)
