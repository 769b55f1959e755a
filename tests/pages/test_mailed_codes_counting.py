"""Which code counts: in which browser, how often, and for how long."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from reviews.people.mailed_codes import CODE_VALID_FOR, MAX_TRIES
from tests.pages.mailed_codes import (
    SECONDS_APART,
    STRANGER,
    ask_for_code,
    desk_of,
    is_known,
    make_code_visitor,
    read_code,
    use_code,
)
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
    ask_for_code(dana, path)

    assert use_code(dana, path, write(read_code(server))).status_code == 303


def test_a_code_that_is_ten_minutes_old_proves_nothing(dana: ReviewPageVisitor, server: MailServer) -> None:
    path = dana.open()
    ask_for_code(dana, path)
    dana.desk.clock.advance(seconds=CODE_VALID_FOR.total_seconds())

    assert use_code(dana, path, read_code(server)).status_code == 422
    assert not is_known(dana, path)


def test_the_last_try_still_counts_and_none_after_it(dana: ReviewPageVisitor, server: MailServer) -> None:
    path = dana.open()
    statuses = []
    for wrong in (MAX_TRIES - 1, MAX_TRIES):
        dana.desk.clock.advance(seconds=SECONDS_APART)
        who = dana.other()
        ask_for_code(who, path)
        right = read_code(server)
        other = f"{(int(right.replace(' ', '')) + 1) % 10**8:08}"
        tries = [use_code(who, path, other).status_code for _ in range(wrong)]
        statuses.append((set(tries), use_code(who, path, right).status_code))

    assert statuses == [({422}, 303), ({422}, 422)]


def test_a_code_counts_once(dana: ReviewPageVisitor, server: MailServer) -> None:
    path = dana.open()
    ask_for_code(dana, path)
    with dana.client.session_transaction(base_url=ADDRESS) as session:
        as_it_was = dict(session)
    used = use_code(dana, path, read_code(server)).status_code
    with dana.client.session_transaction(base_url=ADDRESS) as session:
        session.clear()
        session.update(as_it_was)

    assert (used, use_code(dana, path, read_code(server)).status_code) == (303, 422)


def test_a_code_counts_in_the_browser_that_asked_for_it_alone(
    dana: ReviewPageVisitor, server: MailServer
) -> None:
    path = dana.open()
    other = dana.other()
    ask_for_code(dana, path)
    ask_for_code(other, path, STRANGER)

    assert use_code(other, path, read_code(server)).status_code == 422
    assert use_code(dana, path, read_code(server)).status_code == 303


def test_the_code_of_an_older_mail_no_longer_counts(dana: ReviewPageVisitor, server: MailServer) -> None:
    path = dana.open()
    codes = []
    for _ in range(2):
        dana.desk.clock.advance(seconds=SECONDS_APART)
        ask_for_code(dana, path)
        codes.append(read_code(server))

    assert [use_code(dana, path, code).status_code for code in codes] == [422, 303]


def test_only_what_checks_a_code_is_kept(dana: ReviewPageVisitor, server: MailServer) -> None:
    ask_for_code(dana, dana.open())

    with dana.desk.engine.connect() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM codes").all())

    assert (OWNER in rows, read_code(server).replace(" ", "") in rows) == (True, False)


def test_of_a_code_that_is_sent_often_at_once_one_counts(
    database_engine: sa.Engine, server: MailServer
) -> None:
    dana = make_code_visitor(desk_of(database_engine), server)
    path = dana.open()
    ask_for_code(dana, path)
    dana.get(path)
    with dana.client.session_transaction(base_url=ADDRESS) as session:
        saved = dict(session)
    barrier = threading.Barrier(4)

    def race(_: int) -> int:
        who = dana.other()
        with who.client.session_transaction(base_url=ADDRESS) as session:
            session.update(saved)
        barrier.wait(timeout=60)
        answer = who.send(f"{path}/proof", csrf_token=dana.form_token, code=read_code(server))
        return answer.status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(race, range(4)))

    assert statuses == [303, 422, 422, 422]
