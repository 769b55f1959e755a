"""The accounts of owners: what DocSpace answers definitely, and what says nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from demo import ALICE, BOB, DemoPortal, run_portal
from demo.entries import PENDING, TERMINATED
from docspace.client import Client
from docspace.http import Http
from reviews.errors import TryLater
from reviews.ports.owner_accounts import AccountAnswer
from tests.reviews.portal_desk import SLOW
from tests.reviews.samples import Clock
from webhook.accounts import OwnerAccountFinder

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
def finder(portal: DemoPortal, address: str) -> OwnerAccountFinder:
    return OwnerAccountFinder(client=Client(Http(address, portal.api_key, timeout=SLOW)))


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (1, AccountAnswer.ACTIVE),
        (TERMINATED, AccountAnswer.DISABLED),
        (PENDING, AccountAnswer.UNCLEAR),
        (8, AccountAnswer.UNCLEAR),
    ],
)
def test_the_status_of_an_account_is_the_answer_for_its_person(
    finder: OwnerAccountFinder, portal: DemoPortal, status: int, answer: AccountAnswer
) -> None:
    portal.set_status(ALICE.id, status)

    assert finder.find_by_address(ALICE.email.upper()) is answer
    assert finder.find_by_id(ALICE.id) is answer


def test_a_removed_account_is_none(finder: OwnerAccountFinder, portal: DemoPortal) -> None:
    portal.set_status(ALICE.id, TERMINATED)
    portal.remove_person(ALICE.id)

    assert finder.find_by_address(ALICE.email) is AccountAnswer.NO_ACCOUNT
    assert finder.find_by_id(ALICE.id) is AccountAnswer.NO_ACCOUNT


def test_what_the_key_may_not_see_is_unclear(portal: DemoPortal, address: str) -> None:
    portal.add_person(replace(BOB, is_admin=False, is_room_admin=False))
    http = Http(address, portal.add_key(BOB.id), timeout=SLOW)

    assert OwnerAccountFinder(client=Client(http)).find_by_address(ALICE.email) is AccountAnswer.UNCLEAR


def test_an_empty_address_is_unclear(finder: OwnerAccountFinder) -> None:
    assert finder.find_by_address(" ") is AccountAnswer.UNCLEAR


def test_a_portal_in_trouble_gives_no_answer(finder: OwnerAccountFinder, portal: DemoPortal) -> None:
    portal.faults.answer(503, path="/people/")

    with pytest.raises(TryLater):
        finder.find_by_address(ALICE.email)


@pytest.mark.parametrize("path", ["/people/email", "/people/"])
def test_a_failure_of_the_portal_on_one_question_is_unclear(
    finder: OwnerAccountFinder, portal: DemoPortal, path: str
) -> None:
    portal.faults.answer(500, path=path, count=None)

    assert finder.find_by_address(ALICE.email) is AccountAnswer.UNCLEAR
    assert not finder.finds_key_user()


def test_the_own_user_of_the_key_is_found_where_the_portal_answers_as_it_should(
    finder: OwnerAccountFinder, portal: DemoPortal
) -> None:
    assert finder.finds_key_user()
    assert [call.path.partition("/people/")[2].partition("=")[0] for call in portal.faults.calls()] == [
        "@self",
        "email?email",
    ]


@pytest.mark.parametrize("path", ["/people/@self", "/people/email"])
def test_a_portal_that_knows_no_one_is_not_believed(
    finder: OwnerAccountFinder, portal: DemoPortal, path: str
) -> None:
    portal.faults.answer(404, path=path, count=None)

    assert not finder.finds_key_user()
