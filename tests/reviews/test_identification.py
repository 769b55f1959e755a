"""What one person's accounts and addresses have to do with each other, before anything is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviews.account import AccountStatus, ChatAccount
from reviews.identity import Identity, LinkedAccounts
from reviews.routes.route import Routes
from tests.databases import ON_SQLITE
from tests.reviews.samples import route

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

pytestmark = ON_SQLITE


def account(email: str) -> ChatAccount:
    return ChatAccount(chat="slack", id="U7", name="Anna", email=email, status=AccountStatus.MEMBER)


@pytest.mark.parametrize("email", ["anna@busine\u00df.com", "an\ufb01@business.com", "\u212aim@business.com"])
def test_an_address_that_is_anothers_only_once_case_is_folded_counts_for_nothing(
    desk: Desk, email: str
) -> None:
    assert email.casefold().isascii()

    assert desk.identification.identify_account(account(email)).addresses == ()


@pytest.mark.parametrize("email", ["Anna@Business.com", "jānis@piemērs.lv", "JĀNIS@PIEMĒRS.LV"])
def test_an_address_counts_in_any_case(desk: Desk, email: str) -> None:
    assert desk.identification.identify_account(account(email)).addresses == (email,)


def test_addresses_are_joined_through_any_number_of_accounts(desk: Desk) -> None:
    people = {
        "a@example.com": LinkedAccounts(chat_ids={"slack": "U1"}),
        "b@example.com": LinkedAccounts(chat_ids={"slack": "U1"}, docspace="d1"),
        "c@example.com": LinkedAccounts(docspace="d1", chat_ids={"teams": "t1"}),
        "d@example.com": LinkedAccounts(chat_ids={"teams": "t1", "slack": "U2"}),
        "e@example.com": LinkedAccounts(chat_ids={"slack": "U2"}),
        "other@example.com": LinkedAccounts(chat_ids={"slack": "U3"}),
    }
    desk.follow(Routes([route()], people=people))

    person = desk.identification.identify_address(
        "a@example.com", name="A", identity=Identity.MAIL_CODE, proof={}
    )

    assert set(person.addresses) == set(people) - {"other@example.com"}
