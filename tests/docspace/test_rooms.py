"""The listings for a person who chooses a folder, the version, and a portal that is elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import responses

from demo import ALICE, COMPLIANCE, OLGA, ROOM, DemoPortal, run_portal
from demo.starting_data import API_KEY
from docspace import errors
from docspace.http import Http
from docspace.rooms import Rooms, fetch_version
from tests.reviews.samples import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator

ACME = "https://acme.onlyoffice.com"
VERSION = f"{ACME}/api/2.0/settings/version/build"


@pytest.fixture
def portal() -> DemoPortal:
    return DemoPortal(Clock())


@pytest.fixture
def address(portal: DemoPortal) -> Iterator[str]:
    with run_portal(portal) as address:
        yield address


def test_the_version_is_shown_to_everyone_and_rooms_are_not(address: str) -> None:
    assert fetch_version(Http(address, "")) == "3.7.0"
    with pytest.raises(errors.KeyRefused):
        Rooms(Http(address, "")).search_rooms(count=20)


def test_rooms_are_searched_by_a_part_of_their_titles(portal: DemoPortal, address: str) -> None:
    for number in range(150):
        portal.add_folder(f"Project {number}", room_type=5)
    rooms = Rooms(Http(address, API_KEY))

    page, legal = rooms.search_rooms(count=20), rooms.search_rooms("LEGAL", count=20)

    assert (len(page.folders), page.total) == (20, 152)
    assert [(each.id, each.is_room) for each in legal.folders] == [(str(ROOM), True)]


def test_only_rooms_that_the_keys_user_may_read_are_listed(portal: DemoPortal, address: str) -> None:
    portal.add_folder("Private", room_type=5, by=OLGA.id)

    page = Rooms(Http(address, portal.add_key(ALICE.id, "rooms:read"))).search_rooms(count=20)

    assert "Private" not in [each.title for each in page.folders]
    assert page.total == 2


def test_the_folders_directly_in_a_room_are_listed(address: str) -> None:
    page = Rooms(Http(address, API_KEY)).list_folders_in(str(ROOM), count=1)

    assert (len(page.folders), page.total) == (1, 2)
    assert page.folders[0].id == str(COMPLIANCE)


def test_rooms_ask_for_a_scope_of_their_own(portal: DemoPortal, address: str) -> None:
    with pytest.raises(errors.Forbidden):
        Rooms(Http(address, portal.add_key(OLGA.id, "files:read"))).search_rooms(count=20)


@pytest.mark.parametrize(
    ("location", "address"),
    [
        ("https://acme.example.com/login?token=s3cr3t", "https://acme.example.com"),
        ("/login", ACME),
        ("", ""),
        ("ftp://acme.example.com", ""),
        ("https://user:s3cr3t@acme.example.com", ""),
    ],
)
@responses.activate
def test_a_redirect_names_the_host_and_nothing_else_of_where_it_leads(location: str, address: str) -> None:
    responses.get(VERSION, status=301, headers={"Location": location})

    with pytest.raises(errors.Redirected) as redirected:
        fetch_version(Http(ACME, ""))

    assert redirected.value.address == address
    assert "s3cr3t" not in str(redirected.value)


@responses.activate
def test_a_redirect_to_no_address_is_an_outage() -> None:
    responses.get(VERSION, status=301, headers={"Location": "//[half"})

    with pytest.raises(errors.Unavailable, match="ValueError"):
        fetch_version(Http(ACME, ""))


@pytest.mark.parametrize("body", ["<html>Sign in</html>", "[]", '{"response": {}}', '{"response": 3}'])
@responses.activate
def test_a_page_is_no_api_and_a_version_may_be_absent(body: str) -> None:
    responses.get(VERSION, body=body)

    if "response" in body:
        assert fetch_version(Http(ACME, "")) == ""
    else:
        with pytest.raises(errors.NotTheApi):
            fetch_version(Http(ACME, ""))
