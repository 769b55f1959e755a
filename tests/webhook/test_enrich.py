"""What the API adds: asked of a stand-in portal over a socket, with every kind of trouble."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, ANONYMOUS, BOB, COMPLIANCE, DEEP, DRIVE_FOLDER, OLGA, File, Portal, running
from demo.cast import API_KEY
from docspace.client import Client
from docspace.http import Http
from reviews.errors import TryLater
from reviews.model import Person
from tests.reviews.samples import START, Clock, event
from webhook.enrich import Enrichment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.model import ChangeEvent

SYSTEM = "a37ee56e-3302-4a7b-b67e-ddbea64cd032"


@pytest.fixture
def portal() -> Portal:
    return Portal(Clock())


@pytest.fixture
def enrichment(portal: Portal) -> Iterator[Enrichment]:
    with running(portal) as address:
        yield Enrichment(Client(Http(address, API_KEY)))


@pytest.fixture
def file(portal: Portal) -> File:
    portal.add_file("Policy.docx", COMPLIANCE, by=ALICE.id, file_id=7)
    return portal.add_version(7, by=BOB.id)


def of(file: File, **more: object) -> ChangeEvent:
    return replace(event(file_id=str(file.id), parent_id=str(file.parent_id)), **more)  # type: ignore[arg-type]


def test_a_files_place_is_the_whole_chain_of_folders(enrichment: Enrichment) -> None:
    place = enrichment.place(event(parent_id=str(DEEP)))

    assert place is not None
    assert place.path == "Legal & Compliance / Compliance / 2026 Q1 / Incidents"
    assert str(COMPLIANCE) in place.ids


def test_ids_of_connected_storage_are_asked_for_as_they_are(enrichment: Enrichment, portal: Portal) -> None:
    found = portal.add_file("Letter.docx", DRIVE_FOLDER, by=OLGA.id, file_id="drive-57-|1Ab")

    place = enrichment.place(of(found))
    facts = enrichment.facts(of(found))

    assert place is not None
    assert DRIVE_FOLDER in place.ids
    assert facts.title == "Letter.docx"


def test_the_facts_are_the_files_present_state(enrichment: Enrichment, file: File) -> None:
    facts = enrichment.facts(of(file, title="Old name.docx"))

    assert (facts.title, facts.version, facts.modified_at) == ("Policy.docx", 2, START)
    assert facts.link is not None
    assert facts.link.endswith("/doceditor?fileid=7&version=2")


@pytest.mark.parametrize("trigger", ["file.trashed", "file.deleted"])
def test_a_gone_file_is_not_asked_for(
    enrichment: Enrichment, portal: Portal, file: File, trigger: str
) -> None:
    facts = enrichment.facts(of(file, trigger=trigger, title="Gone.docx"))

    assert (facts.title, facts.link) == ("Gone.docx", None)
    assert portal.faults.calls() == []


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_refusal_leaves_what_the_payload_says(
    enrichment: Enrichment, portal: Portal, file: File, status: int
) -> None:
    portal.faults.answer(status, times=None)

    assert enrichment.place(of(file)) is None
    assert enrichment.facts(of(file, title="As told.docx", version=4)).title == "As told.docx"
    assert enrichment.facts(of(file, version=4)).version == 4


@pytest.mark.parametrize("status", [301, 401, 402, 500, 502, 503])
def test_an_outage_or_a_bad_key_is_tried_again(
    enrichment: Enrichment, portal: Portal, file: File, status: int
) -> None:
    portal.faults.answer(status, times=None)

    for ask in (
        lambda: enrichment.place(of(file)),
        lambda: enrichment.facts(of(file)),
        lambda: enrichment.person(Person(id=ALICE.id, name="")),
    ):
        with pytest.raises(TryLater) as raised:
            ask()
        assert raised.value.after is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), (None, 60.0), ("Wed, 21 Oct 2026 07:28:00 GMT", 60.0), ("-5", 60.0), ("999999", 3600.0)],
)
def test_a_portal_that_asks_to_slow_down_is_heard(
    enrichment: Enrichment, portal: Portal, file: File, header: str | None, seconds: float
) -> None:
    portal.faults.answer(429, retry_after=header)

    with pytest.raises(TryLater) as raised:
        enrichment.place(of(file))

    assert raised.value.after == seconds


def test_a_dropped_connection_is_tried_again(enrichment: Enrichment, portal: Portal, file: File) -> None:
    portal.faults.drop()

    with pytest.raises(TryLater):
        enrichment.place(of(file))


def test_somebody_is_named_with_name_and_address(enrichment: Enrichment) -> None:
    assert enrichment.person(Person(id=ALICE.id, name="")) == Person(
        id=ALICE.id, name="Alice Moreau", email="alice.moreau@example.com"
    )


def test_built_in_accounts_have_names_and_are_not_looked_up(enrichment: Enrichment, portal: Portal) -> None:
    assert enrichment.person(Person(id=ANONYMOUS, name="")).name == "a guest with a link"
    assert enrichment.person(Person(id=SYSTEM, name="")).name == "DocSpace itself"
    assert enrichment.person(Person(id=None, name="")).name == "somebody"
    assert portal.faults.calls() == []


def test_a_removed_person_keeps_the_name_that_the_payload_tells(
    enrichment: Enrichment, portal: Portal
) -> None:
    portal.remove_person(BOB.id)

    assert enrichment.person(Person(id=BOB.id, name="")).name == "a removed person"
    assert enrichment.person(Person(id=ALICE.id, name="Alice")).name == "Alice Moreau"


def test_a_hidden_person_is_said_to_be_hidden(enrichment: Enrichment, portal: Portal) -> None:
    portal.faults.answer(403, path="people", times=None)

    assert enrichment.person(Person(id=BOB.id, name="")).name == "a person whose name is hidden"


def test_folders_and_people_are_remembered_for_a_while(
    enrichment: Enrichment, portal: Portal, file: File
) -> None:
    for _ in range(3):
        enrichment.place(of(file))
        enrichment.person(Person(id=ALICE.id, name=""))

    assert len(portal.faults.calls("/path")) == 1
    assert len(portal.faults.calls("/people/")) == 1


def test_trouble_is_not_remembered(enrichment: Enrichment, portal: Portal, file: File) -> None:
    portal.faults.answer(403, path="/path")
    portal.faults.answer(500, path="/people/")

    assert enrichment.place(of(file)) is None
    with pytest.raises(TryLater):
        enrichment.person(Person(id=ALICE.id, name=""))

    assert enrichment.place(of(file)) is not None
    assert enrichment.person(Person(id=ALICE.id, name="")).name == "Alice Moreau"


def test_what_no_database_takes_is_left_out_of_what_the_api_says(
    enrichment: Enrichment, portal: Portal
) -> None:
    odd = portal.add_file("a\0b\ud83d.docx", COMPLIANCE, by=ALICE.id)
    portal.add_folder("x\0y", COMPLIANCE, folder_id=99)
    portal.add_person(replace(ALICE, display_name="Al\0ice\ud83d"))

    place = enrichment.place(event(parent_id="99"))

    assert place is not None
    assert place.path.endswith("xy")
    assert enrichment.facts(of(odd)).title == "ab.docx"
    assert enrichment.person(Person(id=ALICE.id, name="")).name == "Alice"


def test_a_file_is_located_by_its_id(enrichment: Enrichment, file: File) -> None:
    title, place = enrichment.locate("7")

    assert title == file.title
    assert str(COMPLIANCE) in place.ids
