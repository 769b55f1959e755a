"""Which code counts: in which browser, how often, and for how long."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from reviews.people.mailed_codes import CODE_VALID_FOR, MAX_TRIES
from tests.pages.mailed_codes import SECONDS_APART, STRANGER, ask, code_in, desk_of, is_known, person, use
from tests.pages.visitor import ADDRESS, ReviewPageVisitor
from tests.reviews.samples import OWNER

if TYPE_CHECKING:
    import sqlalchemy as sa

    from tests.edge.smtp_server import MailServer


@pytest.mark.parametrize("write", [str, lambda code: f" {code} ", lambda code: code.replace(" ", "")])
def test_a_code_may_be_typed_with_and_without_spaces(
    dana: ReviewPageVisitor, server: MailServer, write: type[str]
) -> None:
    path = dana.open()
    ask(dana, path)

    assert use(dana, path, write(code_in(server))).status_code == 303


def test_a_code_that_is_ten_minutes_old_proves_nothing(dana: ReviewPageVisitor, server: MailServer) -> None:
    path = dana.open()
    ask(dana, path)
    dana.desk.clock.advance(seconds=CODE_VALID_FOR.total_seconds())

    assert use(dana, path, code_in(server)).status_code == 422
    assert not is_known(dana, path)


def test_the_last_try_still_counts_and_none_after_it(dana: ReviewPageVisitor, server: MailServer) -> None:
    path = dana.open()
    statuses = []
    for wrong in (MAX_TRIES - 1, MAX_TRIES):
        dana.desk.clock.advance(seconds=SECONDS_APART)
        who = dana.other()
        ask(who, path)
        right = code_in(server)
        other = f"{(int(right.replace(' ', '')) + 1) % 10**8:08}"
        tries = [use(who, path, other).status_code for _ in range(wrong)]
        statuses.append((set(tries), use(who, path, right).status_code))

    assert statuses == [({422}, 303), ({422}, 422)]


def test_a_code_counts_once(dana: ReviewPageVisitor, server: MailServer) -> None:
    path = dana.open()
    ask(dana, path)
    with dana.client.session_transaction(base_url=ADDRESS) as session:
        as_it_was = dict(session)
    used = use(dana, path, code_in(server)).status_code
    with dana.client.session_transaction(base_url=ADDRESS) as session:
        session.clear()
        session.update(as_it_was)

    assert (used, use(dana, path, code_in(server)).status_code) == (303, 422)


def test_a_code_counts_in_the_browser_that_asked_for_it_alone(
    dana: ReviewPageVisitor, server: MailServer
) -> None:
    path = dana.open()
    other = dana.other()
    ask(dana, path)
    ask(other, path, STRANGER)

    assert use(other, path, code_in(server)).status_code == 422
    assert use(dana, path, code_in(server)).status_code == 303


def test_the_code_of_an_older_mail_no_longer_counts(dana: ReviewPageVisitor, server: MailServer) -> None:
    path = dana.open()
    codes = []
    for _ in range(2):
        dana.desk.clock.advance(seconds=SECONDS_APART)
        ask(dana, path)
        codes.append(code_in(server))

    assert [use(dana, path, code).status_code for code in codes] == [422, 303]


def test_only_what_checks_a_code_is_kept(dana: ReviewPageVisitor, server: MailServer) -> None:
    ask(dana, dana.open())

    with dana.desk.engine.connect() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM codes").all())

    assert (OWNER in rows, code_in(server).replace(" ", "") in rows) == (True, False)


def test_of_a_code_that_is_sent_often_at_once_one_counts(
    database_engine: sa.Engine, server: MailServer
) -> None:
    dana = person(desk_of(database_engine), server)
    path = dana.open()
    ask(dana, path)
    dana.get(path)
    with dana.client.session_transaction(base_url=ADDRESS) as session:
        saved = dict(session)
    barrier = threading.Barrier(4)

    def race(_: int) -> int:
        who = dana.other()
        with who.client.session_transaction(base_url=ADDRESS) as session:
            session.update(saved)
        barrier.wait(timeout=60)
        answer = who.send(f"{path}/proof", csrf_token=dana.form_token, code=code_in(server))
        return answer.status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(race, range(4)))

    assert statuses == [303, 422, 422, 422]
