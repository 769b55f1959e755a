"""Who writes rows of mailed codes, and has no key, proves no address by them.

The owner is the victim. The deputy is the forger, who gets codes of her own.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from werkzeug.security import generate_password_hash

from reviews.people.mailed_codes import CODE_VALID_FOR
from reviews.ports.people import MailedCode
from store.schema import codes
from tests.keys import SECRET_KEY
from tests.pages.forging import write
from tests.pages.mailed_codes import (
    SECONDS_APART,
    ask_for_code,
    codes_of,
    desk_of,
    is_known,
    make_code_visitor,
    read_code,
    use_code,
)
from tests.pages.visitor import ADDRESS
from tests.reviews.samples import DEPUTY, OWNER

if TYPE_CHECKING:
    from tests.edge.smtp_server import MailServer
    from tests.pages.visitor import ReviewPageVisitor
    from tests.reviews.desk import Desk

CODE = "12345678"
SECOND = timedelta(seconds=1)


@pytest.fixture
def desk(database_engine: sa.Engine) -> Desk:
    return desk_of(database_engine)


@pytest.fixture
def forger(desk: Desk, server: MailServer) -> ReviewPageVisitor:
    return make_code_visitor(desk, server)


@pytest.fixture
def page(forger: ReviewPageVisitor) -> str:
    return forger.open()


def find_browser(visitor: ReviewPageVisitor) -> str:
    """Return the browser's id, which its owner can read in the cookie."""
    with visitor.client.session_transaction(base_url=ADDRESS) as session:
        return str(session["browser"])


def ask(visitor: ReviewPageVisitor, page: str, server: MailServer, address: str) -> str:
    """Return the code of the mail to an address."""
    ask_for_code(visitor, page, address)
    return read_code(server)


def assert_code_refused(visitor: ReviewPageVisitor, page: str, code: str) -> None:
    assert use_code(visitor, page, code).status_code == 422
    assert not is_known(visitor, page)


def test_a_code_whose_row_was_not_touched_proves_its_address(
    forger: ReviewPageVisitor, page: str, server: MailServer
) -> None:
    code = ask(forger, page, server, DEPUTY)

    assert use_code(forger, page, code).status_code == 303
    assert is_known(forger, page)


@pytest.mark.parametrize("secret_key", [None, f"{SECRET_KEY}x"], ids=["only hashed", "another key"])
def test_a_code_of_ones_own_choice_that_was_written_without_the_key_proves_nothing(
    forger: ReviewPageVisitor, page: str, server: MailServer, secret_key: str | None
) -> None:
    ask(forger, page, server, DEPUTY)
    now = forger.desk.clock() + SECOND
    row = MailedCode(
        id="forged",
        browser=find_browser(forger),
        email=OWNER,
        digest=generate_password_hash(CODE, method="pbkdf2:sha256:1"),
        sent_at=now,
        good_until=now + CODE_VALID_FOR,
    )
    if secret_key:
        digests = replace(codes_of(forger.desk, server).digests, secret_key=secret_key)
        row = replace(row, digest=digests.make(row, CODE))

    write(forger.desk, sa.insert(codes).values(vars(row)))

    assert_code_refused(forger, page, CODE)


def test_a_code_of_ones_own_does_not_prove_another_address_that_was_written_into_its_row(
    forger: ReviewPageVisitor, page: str, server: MailServer
) -> None:
    code = ask(forger, page, server, DEPUTY)

    write(forger.desk, sa.update(codes).values(email=OWNER))

    assert_code_refused(forger, page, code)


def test_a_code_of_ones_own_does_not_match_the_row_of_another_to_which_its_digest_was_copied(
    forger: ReviewPageVisitor, page: str, server: MailServer
) -> None:
    code = ask(forger, page, server, DEPUTY)
    own_digest = sa.select(codes.c.digest).where(codes.c.email == DEPUTY).scalar_subquery()
    forger.desk.clock.advance(seconds=SECONDS_APART)
    ask(forger, page, server, OWNER)

    write(forger.desk, sa.update(codes).where(codes.c.email == OWNER).values(digest=own_digest))

    assert_code_refused(forger, page, code)


def test_a_code_that_was_seen_does_not_count_in_a_browser_to_which_its_row_was_moved(
    forger: ReviewPageVisitor, page: str, server: MailServer
) -> None:
    forger.get(page)
    ask(forger, page, server, DEPUTY)
    forger.desk.clock.advance(seconds=SECONDS_APART)
    code = ask(forger.other(), page, server, OWNER)

    write(forger.desk, sa.update(codes).where(codes.c.email == OWNER).values(browser=find_browser(forger)))

    assert_code_refused(forger, page, code)


def test_a_code_is_not_valid_for_longer_because_its_row_says_so(
    forger: ReviewPageVisitor, page: str, server: MailServer
) -> None:
    code = ask(forger, page, server, OWNER)
    forger.desk.clock.advance(seconds=CODE_VALID_FOR.total_seconds())

    write(forger.desk, sa.update(codes).values(good_until=forger.desk.clock() + CODE_VALID_FOR))

    assert_code_refused(forger, page, code)


def test_the_ledger_gets_no_time_of_a_mail_that_was_written_into_a_row(
    forger: ReviewPageVisitor, page: str, server: MailServer
) -> None:
    code = ask(forger, page, server, OWNER)

    write(forger.desk, sa.update(codes).values(sent_at=forger.desk.clock() - CODE_VALID_FOR))

    assert_code_refused(forger, page, code)
