"""Floods: how many codes may be asked for and tried, and that the owner still gets hers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviews.people.mailed_codes import CodeRequestMethod
from tests.databases import ON_SQLITE
from tests.reviews.code_requests import FEW, MOST_WAITING, CodeRequests
from tests.reviews.samples import DEPUTY, OWNER, event, route

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.reviews.desk import Desk

pytestmark = ON_SQLITE
STRANGER = "stranger@example.com"


@pytest.fixture
def code_requests(desk: Desk, review: Review) -> CodeRequests:
    return CodeRequests(desk, review)


@pytest.mark.parametrize("typed", [OWNER, STRANGER])
def test_a_browser_may_ask_so_often_an_hour_for_whatever_address(
    code_requests: CodeRequests, typed: str
) -> None:
    replies: list[str] = []
    for _ in range(FEW.requests_per_browser.max_uses + 1):
        replies.append(code_requests.ask(typed, "b", f"192.0.2.{len(replies)}"))
        code_requests.desk.clock.advance(minutes=1)
    code_requests.desk.clock.advance(hours=1)

    assert replies == [*[""] * FEW.requests_per_browser.max_uses, "TooManyCodes"]
    assert code_requests.ask(typed, "b") == ""


def test_a_network_may_ask_so_often_an_hour_with_however_many_browsers(code_requests: CodeRequests) -> None:
    replies = [
        code_requests.answer(STRANGER, f"b{number}")
        for number in range(FEW.requests_per_network.max_uses + 1)
    ]

    assert (replies.count("TooManyCodes"), replies[-1]) == (1, "TooManyCodes")
    assert code_requests.answer(STRANGER, "another", "198.51.100.7") == "TooBusy"


def test_the_network_is_counted_for_before_the_address(code_requests: CodeRequests) -> None:
    for number in range(FEW.requests_per_network.max_uses):
        code_requests.answer(STRANGER, f"b{number}")
    code_requests.waiting.lines.clear()

    refused = code_requests.ask(OWNER, "another")
    mails_before = list(code_requests.boxes.mails)

    assert (refused, mails_before, code_requests.ask(OWNER, "hers", "198.51.100.7")) == (
        "TooManyCodes",
        [],
        "",
    )
    assert [address for address, _ in code_requests.boxes.mails] == [OWNER]


@pytest.mark.parametrize("networks", [1, 40], ids=["from one network", "from as many networks"])
def test_a_flood_without_a_link_uses_up_nothing_of_an_owner_who_has_one(
    code_requests: CodeRequests, networks: int
) -> None:
    for number in range(40):
        code_requests.ask(OWNER, f"flood{number}", f"192.0.2.{number % networks}", CodeRequestMethod.SIGN_IN)
        code_requests.desk.clock.advance(seconds=20)
    for number in range(MOST_WAITING + 1):
        code_requests.answer(OWNER, f"last{number}", f"198.51.100.{number}", CodeRequestMethod.SIGN_IN)

    reply = code_requests.ask(OWNER, "hers", "192.0.2.0")

    assert len(code_requests.boxes.mails) == FEW.mails_per_address.max_uses + 1
    assert (reply, code_requests.guess(code_requests.boxes.mails[-1][1], "hers", "192.0.2.0")) == ("", OWNER)


def test_a_browser_in_which_she_proved_the_address_before_is_not_locked_out_either(
    code_requests: CodeRequests,
) -> None:
    for way in (CodeRequestMethod.LINK, CodeRequestMethod.SIGN_IN):
        for number in range(2 * FEW.mails_per_address.max_uses):
            code_requests.ask(OWNER, f"flood{number}{way}", way=way)
            code_requests.desk.clock.advance(seconds=20)
    before = len(code_requests.boxes.mails)

    code_requests.ask(OWNER, "hers", way=CodeRequestMethod.FAMILIAR)

    assert (before, len(code_requests.boxes.mails)) == (
        2 * FEW.mails_per_address.max_uses,
        2 * FEW.mails_per_address.max_uses + 1,
    )


def test_however_many_ask_in_whatever_way_a_mailbox_gets_so_many_mails_an_hour(
    code_requests: CodeRequests,
) -> None:
    for number in range(20):
        for way in CodeRequestMethod:
            code_requests.ask(OWNER, f"flood{number}{way}", f"192.0.2.{number}", way)
        code_requests.desk.clock.advance(seconds=20)

    assert len(code_requests.boxes.mails) == len(CodeRequestMethod) * FEW.mails_per_address.max_uses


def test_a_link_uses_up_nothing_of_the_owners_of_another_route(desk: Desk) -> None:
    other = desk.routes.all[0]
    desk.follow(type(desk.routes)([other, route(name="other", watch=("77",), owners=("o@example.com",))]))
    code_requests = CodeRequests(desk, desk.open(event()))
    for number in range(2 * FEW.mails_per_address.max_uses):
        code_requests.ask("o@example.com", f"flood{number}")
        desk.clock.advance(seconds=20)

    code_requests.ask("o@example.com", "hers", way=CodeRequestMethod.SIGN_IN)

    assert [address for address, _ in code_requests.boxes.mails] == ["o@example.com"]


def test_a_line_that_is_full_says_so_to_everybody_and_leaves_the_others_free(
    code_requests: CodeRequests,
) -> None:
    for number in range(MOST_WAITING):
        code_requests.answer(STRANGER, f"flood{number}", way=CodeRequestMethod.SIGN_IN)

    replies = [
        code_requests.answer(typed, typed, way=CodeRequestMethod.SIGN_IN)
        for typed in (OWNER, DEPUTY, STRANGER)
    ]

    assert (replies, code_requests.answer(OWNER, "hers")) == (["TooBusy"] * 3, "")


def test_guesses_are_counted_before_any_hash_and_after_the_quota_none_is_computed(
    code_requests: CodeRequests,
) -> None:
    replies: list[str] = []
    while len(replies) < FEW.guesses_per_browser.max_uses + 3:
        if len(replies) % 5 == 0:
            code_requests.ask(STRANGER, "b")
            code_requests.desk.clock.advance(seconds=20)
        replies.append(code_requests.guess("12345678", "b"))

    assert replies == [*["WrongCode"] * FEW.guesses_per_browser.max_uses, *["TooManyGuesses"] * 3]
    assert code_requests.hashed.count("compared") <= FEW.guesses_per_browser.max_uses


def test_without_a_code_that_can_fit_no_hash_is_computed(code_requests: CodeRequests) -> None:
    replies = [code_requests.guess("12345678", "nothing asked"), code_requests.guess("12345678", "")]
    code_requests.ask(OWNER, "b")
    code_requests.hashed.clear()
    replies += [code_requests.guess(typed, "b") for typed in ("", "1234567", "123456789")]

    assert (set(replies), code_requests.hashed) == ({"WrongCode"}, [])


def test_a_network_may_guess_so_often_an_hour_with_however_many_browsers(code_requests: CodeRequests) -> None:
    replies = [
        code_requests.guess("1", f"b{number}") for number in range(FEW.guesses_per_network.max_uses + 1)
    ]

    assert (replies.count("TooManyGuesses"), replies[-1]) == (1, "TooManyGuesses")
    assert (
        code_requests.guess("1", "b", "198.51.100.7")
        == code_requests.guess("1", "b", way=CodeRequestMethod.SIGN_IN)
        == "WrongCode"
    )
