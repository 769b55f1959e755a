"""To whom a code is mailed, how often, and what the page says of it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from reviews.people.code_mail import CHECK_VALID_FOR
from reviews.ports.quotas import DEFAULT_CODE_QUOTAS
from tests.edge.smtp_server import HANG_UP, MailServer
from tests.pages.mailed_codes import (
    SECONDS_APART,
    STRANGER,
    ask_for_code,
    desk_of,
    make_code_visitor,
    read_code,
    use_code,
)
from tests.pages.visitor import ADDRESS, ReviewPageVisitor, without_tokens
from tests.reviews.samples import DEPUTY, OWNER

if TYPE_CHECKING:
    import sqlalchemy as sa
    from werkzeug.test import TestResponse


def test_no_one_learns_from_the_page_whether_an_address_may_answer(
    dana: ReviewPageVisitor, server: MailServer
) -> None:
    path = dana.open()
    pages = []

    def same(page: TestResponse) -> str:
        return without_tokens(page.text).replace(STRANGER, OWNER)

    for address in (OWNER, STRANGER):
        who = dana.other()
        asked = ask_for_code(who, path, address)
        shown, wrong = same(who.get(path)), same(use_code(who, path, "00000000"))
        pages.append((asked.status_code, asked.location, keys_of(who), shown, wrong))

    assert pages[0] == pages[1]
    assert (server.recipients, server.transactions) == ([OWNER], 2)  # a look at the server, and the mail


def keys_of(who: ReviewPageVisitor) -> set[str]:
    with who.client.session_transaction(base_url=ADDRESS) as session:
        return set(session)


def test_someone_who_asks_on_and_on_for_a_stranger_does_not_keep_the_mail_server_busy(
    dana: ReviewPageVisitor, server: MailServer
) -> None:
    path = dana.open()

    for _ in range(20):
        ask_for_code(dana, path, STRANGER)
    ask_for_code(dana.other(), path)

    assert (server.transactions, len(server.mails)) == (2, 1)


def test_deputies_are_reviewers_too(dana: ReviewPageVisitor, server: MailServer) -> None:
    path = dana.open()

    ask_for_code(dana, path, DEPUTY)
    use_code(dana, path, read_code(server))

    assert (server.recipients, dana.post(path, decision="acknowledge").status_code) == ([DEPUTY], 303)


@pytest.mark.parametrize("typed", ["", "dana", "dana @example.com", "@", f"{'d' * 250}@example.com"])
def test_what_is_no_address_is_asked_for_again(
    dana: ReviewPageVisitor, server: MailServer, typed: str
) -> None:
    answer = ask_for_code(dana, dana.open(), typed)

    assert (answer.status_code, 'role="alert"' in answer.text, server.transactions) == (422, True, 0)


def test_an_address_gets_a_few_mails_an_hour_and_no_one_is_told(
    dana: ReviewPageVisitor, server: MailServer
) -> None:
    path = dana.open()
    statuses = []
    for _ in range(DEFAULT_CODE_QUOTAS.mails_per_address.max_uses + 2):
        statuses.append(ask_for_code(dana.other(), path).status_code)
        dana.desk.clock.advance(seconds=SECONDS_APART)
    within = len(server.mails)
    dana.desk.clock.advance(hours=1)
    ask_for_code(dana, path)

    assert (set(statuses), within, len(server.mails)) == (
        {303},
        DEFAULT_CODE_QUOTAS.mails_per_address.max_uses,
        DEFAULT_CODE_QUOTAS.mails_per_address.max_uses + 1,
    )


def test_asking_twice_at_once_keeps_the_code_that_was_mailed(
    dana: ReviewPageVisitor, server: MailServer
) -> None:
    path = dana.open()
    ask_for_code(dana, path)
    ask_for_code(dana, path)

    assert (len(server.mails), use_code(dana, path, read_code(server)).status_code) == (1, 303)


@pytest.mark.parametrize("address", [OWNER, STRANGER])
def test_that_no_mail_can_be_sent_is_said_to_everybody_once_it_shows(
    dana: ReviewPageVisitor, server: MailServer, address: str
) -> None:
    path = dana.open()
    server.answers["MAIL"] = "451 try again"

    asked = ask_for_code(dana.other(), path, address)
    pages = [ask_for_code(dana.other(), path, each) for each in (OWNER, STRANGER)]

    assert asked.status_code == 303
    for page, typed in zip(pages, (OWNER, STRANGER), strict=True):
        assert (page.status_code, page.headers["Retry-After"]) == (503, "60")
        assert "No mail can be sent right now" in page.text
        assert f'value="{typed}"' in page.text


def test_while_no_mail_can_be_sent_nothing_is_counted_and_the_server_is_looked_at(
    dana: ReviewPageVisitor, server: MailServer
) -> None:
    path = dana.open()
    server.answers["MAIL"] = "451 try again"
    for _ in range(20):
        ask_for_code(dana, path)
        dana.desk.clock.advance(seconds=SECONDS_APART)
    server.answers.clear()
    back = [ask_for_code(dana, path).status_code for _ in range(2)]

    assert (back, use_code(dana, path, read_code(server)).status_code) == ([503, 303], 303)


def test_an_outage_of_long_ago_says_nothing_about_now(dana: ReviewPageVisitor, server: MailServer) -> None:
    path = dana.open()
    server.answers["MAIL"] = "451 try again"
    ask_for_code(dana, path)
    server.answers.clear()
    dana.desk.clock.advance(seconds=CHECK_VALID_FOR.total_seconds())

    assert (ask_for_code(dana, path).status_code, len(server.mails)) == (303, 1)


@pytest.mark.parametrize("refuses", ["550 no such mailbox", "452 mailbox full"])
def test_a_mailbox_that_refuses_mail_changes_nothing_on_the_page(
    dana: ReviewPageVisitor, server: MailServer, refuses: str
) -> None:
    path, pages = dana.open(), []
    server.answers["RCPT"] = refuses

    for address in (OWNER, STRANGER):
        who = dana.other()
        first, again = ask_for_code(who, path, address), ask_for_code(who, path, address)
        shown = without_tokens(who.get(path).text).replace(STRANGER, OWNER)
        pages.append(
            (first.status_code, again.status_code, use_code(who, path, "00000000").status_code, shown)
        )

    assert pages[0] == pages[1]
    assert pages[0][:3] == (303, 303, 422)


def test_a_mail_that_may_have_gone_is_waited_for(dana: ReviewPageVisitor, server: MailServer) -> None:
    path = dana.open()
    server.answers["DATA"] = HANG_UP

    assert [ask_for_code(dana, path).status_code for _ in range(2)] == [303, 303]


def test_no_one_is_mailed_about_what_is_answered(dana: ReviewPageVisitor, server: MailServer) -> None:
    path, other = dana.open(), dana.other()
    other.get(path)
    ask_for_code(dana, path)
    use_code(dana, path, read_code(server))
    dana.post(path, decision="acknowledge")

    again = ask_for_code(other, path, DEPUTY)

    assert (again.status_code, len(server.mails)) == (303, 1)


def test_of_many_who_ask_at_once_for_one_address_one_mail_comes(
    database_engine: sa.Engine, server: MailServer
) -> None:
    dana = make_code_visitor(desk_of(database_engine), server)
    path = dana.open()
    people = [dana.other() for _ in range(6)]
    for each in people:
        each.get(path)
    barrier = threading.Barrier(len(people))

    def race(who: ReviewPageVisitor) -> int:
        barrier.wait(timeout=60)
        return ask_for_code(who, path).status_code

    with ThreadPoolExecutor(len(people)) as pool:
        statuses = set(pool.map(race, people))

    assert (statuses, len(server.mails)) == ({303}, 1)
