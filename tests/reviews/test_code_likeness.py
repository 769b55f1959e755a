"""Addresses that may answer and others cost the same: the same statements, hashes and refusals."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.errors import OutcomeUnknown, Permanent, TryLater
from reviews.people.mailed_codes import MAX_TRIES, CodeRequestMethod
from tests.reviews.code_requests import FEW, CodeRequests
from tests.reviews.samples import OWNER

if TYPE_CHECKING:
    from reviews.errors import RemoteError
    from reviews.model import Review
    from tests.reviews.desk import Desk

STRANGER = "stranger@example.com"


@pytest.fixture
def code_requests(desk: Desk, review: Review) -> CodeRequests:
    return CodeRequests(desk, review)


@pytest.fixture
def cost(code_requests: CodeRequests) -> list[str]:
    """Return what is written down of all that costs time: statements, and hashes among them."""
    spent = code_requests.hashed

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        spent.append(statement)

    sa.event.listen(code_requests.desk.engine, "before_cursor_execute", note)
    return spent


@pytest.mark.parametrize("way", CodeRequestMethod)
def test_up_to_the_answer_and_after_it_each_address_costs_the_same(
    code_requests: CodeRequests, cost: list[str], way: CodeRequestMethod
) -> None:
    spent = []
    for typed in (OWNER, STRANGER):
        cost.clear()
        code_requests.answer(typed, typed, typed, way)
        answered = list(cost)
        code_requests.waiting.do_all()
        after = without_lists(cost, way)
        asked_again = code_requests.ask(typed, typed, typed, way)
        cost.clear()
        guesses = [code_requests.guess("99999999", typed, typed, way) for _ in range(MAX_TRIES + 1)]
        spent.append((answered, after, asked_again, guesses, list(cost)))

    assert spent[0] == spent[1]
    answered, after, *_, guessed = spent[0]
    assert [each[:18] for each in answered if "quotas" in each] == ["INSERT INTO quotas"] * 2
    assert (after.count("made"), guessed.count("compared")) == (1, MAX_TRIES)


def without_lists(cost: list[str], way: CodeRequestMethod) -> list[str]:
    """Leave out how a review is looked for that waits for the address: only where it may be any review."""
    return [each for each in cost if way is CodeRequestMethod.LINK or not each.startswith("SELECT")]


def test_an_owner_who_had_all_her_mails_costs_what_a_stranger_does(
    code_requests: CodeRequests, cost: list[str]
) -> None:
    for number in range(FEW.mails_per_address.max_uses):
        code_requests.ask(OWNER, f"before{number}")
        code_requests.desk.clock.advance(seconds=20)
    spent = []
    for typed in (OWNER, STRANGER):
        code_requests.ask(typed, typed)
        cost.clear()
        spent.append((code_requests.guess("99999999", typed), list(cost)))

    assert spent[0] == spent[1]
    assert "compared" in spent[0][1]
    assert len(code_requests.boxes.mails) == FEW.mails_per_address.max_uses


def test_the_code_that_is_not_mailed_proves_nothing(code_requests: CodeRequests) -> None:
    code_requests.ask(STRANGER, "b")
    with code_requests.desk.transactions(reading=True) as work:
        code = work.codes.find_newest("b")

    assert code
    assert (code_requests.guess(code.digest, "b"), code_requests.boxes.mails) == ("WrongCode", [])


@pytest.mark.parametrize(
    "trouble", [Permanent("no such box"), TryLater("box is full"), OutcomeUnknown("no answer")]
)
def test_what_a_mailbox_says_shows_nowhere(code_requests: CodeRequests, trouble: Exception) -> None:
    code_requests.boxes.box = trouble  # type: ignore[assignment]

    replies = [code_requests.ask(typed, typed) for typed in (OWNER, STRANGER) * 2]

    assert (replies, code_requests.codes.mail.is_down) == ([""] * 4, False)


@pytest.mark.parametrize("trouble", [None, TryLater("box is full"), OutcomeUnknown("no answer")])
def test_the_server_is_looked_at_alike_whatever_becomes_of_the_mail(
    code_requests: CodeRequests, trouble: RemoteError | None
) -> None:
    code_requests.boxes.box = trouble
    looks = []
    for typed in (OWNER, STRANGER):
        before = code_requests.boxes.greeted
        code_requests.desk.clock.advance(minutes=1)
        code_requests.ask(typed, typed)
        last = code_requests.codes.mail.last_check
        looks.append((code_requests.boxes.greeted - before, last and code_requests.desk.clock() - last.at))

    assert looks == [(1, timedelta())] * 2


@pytest.mark.parametrize("typed", [OWNER, STRANGER])
def test_that_no_mail_can_be_sent_shows_whichever_address_was_typed(
    code_requests: CodeRequests, typed: str
) -> None:
    code_requests.boxes.server = TryLater("can't be reached")

    replies = [code_requests.ask(typed, "b"), code_requests.ask(OWNER, "c"), code_requests.ask(STRANGER, "d")]
    code_requests.boxes.server = None
    code_requests.desk.clock.advance(seconds=2)
    back = [code_requests.ask(typed, "b"), code_requests.ask(typed, "b")]

    assert (replies, back) == (["", "MailUnavailable", "MailUnavailable"], ["MailUnavailable", ""])
