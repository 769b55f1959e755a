"""How an owner stands with DocSpace: what it answers definitely, and what says nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, DemoPortal, run_portal
from demo.entries import PENDING, TERMINATED
from docspace.client import Client
from docspace.http import Http
from reviews.errors import TryLater
from reviews.monitoring.owner_accounts import Standing
from tests.reviews.portal_desk import SLOW
from tests.reviews.samples import Clock
from webhook.accounts import AccountStandings

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def portal() -> DemoPortal:
    return DemoPortal(Clock())


@pytest.fixture
def address(portal: DemoPortal) -> Iterator[str]:
    with run_portal(portal) as address:
        yield address


@pytest.fixture
def standings(portal: DemoPortal, address: str) -> AccountStandings:
    return AccountStandings(client=Client(Http(address, portal.api_key, timeout=SLOW)))


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        (1, Standing.ACTIVE),
        (TERMINATED, Standing.DISABLED),
        (PENDING, Standing.UNCLEAR),
        (8, Standing.UNCLEAR),
    ],
)
def test_the_status_of_an_account_says_how_its_person_stands(
    standings: AccountStandings, portal: DemoPortal, status: int, standing: Standing
) -> None:
    portal.set_status(ALICE.id, status)

    assert standings.find_by_address(ALICE.email.upper()) is standing
    assert standings.find_by_id(ALICE.id) is standing


def test_a_removed_account_is_none(standings: AccountStandings, portal: DemoPortal) -> None:
    portal.set_status(ALICE.id, TERMINATED)
    portal.remove_person(ALICE.id)

    assert standings.find_by_address(ALICE.email) is Standing.NO_ACCOUNT
    assert standings.find_by_id(ALICE.id) is Standing.NO_ACCOUNT


def test_what_the_key_may_not_see_is_unclear(portal: DemoPortal, address: str) -> None:
    portal.add_person(replace(BOB, is_admin=False, is_room_admin=False))
    http = Http(address, portal.add_key(BOB.id), timeout=SLOW)

    assert AccountStandings(client=Client(http)).find_by_address(ALICE.email) is Standing.UNCLEAR


def test_an_empty_address_is_unclear(standings: AccountStandings) -> None:
    assert standings.find_by_address(" ") is Standing.UNCLEAR


def test_a_portal_in_trouble_gives_no_answer(standings: AccountStandings, portal: DemoPortal) -> None:
    portal.faults.answer(503, path="/people/")

    with pytest.raises(TryLater):
        standings.find_by_address(ALICE.email)


@pytest.mark.parametrize("path", ["/people/email", "/people/"])
def test_a_failure_of_the_portal_on_one_question_is_unclear(
    standings: AccountStandings, portal: DemoPortal, path: str
) -> None:
    portal.faults.answer(500, path=path, count=None)

    assert standings.find_by_address(ALICE.email) is Standing.UNCLEAR
    assert not standings.finds_key_user()


def test_the_own_user_of_the_key_is_found_where_the_portal_answers_as_it_should(
    standings: AccountStandings, portal: DemoPortal
) -> None:
    assert standings.finds_key_user()
    assert [call.path.partition("/people/")[2].partition("=")[0] for call in portal.faults.calls()] == [
        "@self",
        "email?email",
    ]


@pytest.mark.parametrize("path", ["/people/@self", "/people/email"])
def test_a_portal_that_knows_no_one_is_not_believed(
    standings: AccountStandings, portal: DemoPortal, path: str
) -> None:
    portal.faults.answer(404, path=path, count=None)

    assert not standings.finds_key_user()
