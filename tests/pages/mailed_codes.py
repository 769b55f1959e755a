"""A person at a page that mails codes, and what they do with the mail."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from werkzeug.security import check_password_hash, generate_password_hash

from notifiers.shared.smtp import SmtpMailer
from pages.code_mail import SmtpCodeMail
from reviews.people.code_mail import MonitoredCodeMailer
from reviews.people.code_recipients import CodeRecipients
from reviews.people.mailed_codes import MailedCodes
from reviews.people.stored_proofs import CodeDigests
from reviews.ports.quotas import DEFAULT_CODE_QUOTAS
from store.unit_of_work import SqlUnitOfWork
from tests.keys import SECRET_KEY
from tests.pages.visitor import ADDRESS, ReviewPageVisitor
from tests.reviews.desk import Desk
from tests.reviews.samples import OWNER

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa
    from werkzeug.test import TestResponse

    from tests.edge.smtp_server import MailServer

STRANGER = "stranger@example.com"
SECONDS_APART = DEFAULT_CODE_QUOTAS.mail_interval.period.total_seconds()


def at_once(_line: str, job: Callable[[], object]) -> bool:
    """Do a job before the answer: what it does is the same."""
    job()
    return True


def desk_of(engine: sa.Engine) -> Desk:
    return Desk(engine, partial(SqlUnitOfWork, engine))


def make_code_visitor(desk: Desk, server: MailServer, **more: Any) -> ReviewPageVisitor:
    """Return a person at a page that mails codes."""
    return ReviewPageVisitor(desk, codes_of(desk, server, **more))


def codes_of(desk: Desk, server: MailServer, **more: Any) -> MailedCodes:
    """Return what mails codes, at once; the hash is quicker here than in earnest."""
    mailer = SmtpMailer(f"smtp://localhost:{server.port}?tls=none", "reviews@example.com")
    codes = MailedCodes(
        transactions=desk.transactions,
        recipients=CodeRecipients(transactions=desk.transactions, routes=desk.routes),
        clock=desk.clock,
        identification=desk.identification,
        mail=MonitoredCodeMailer(SmtpCodeMail(mailer, ADDRESS), desk.clock),
        run_later=at_once,
        random_below=secrets.randbelow,
        new_id=lambda: secrets.token_hex(8),
        digests=CodeDigests(
            secret_key=SECRET_KEY,
            compute_hash=partial(generate_password_hash, method="pbkdf2:sha256:1"),
            verify_hash=check_password_hash,
        ),
    )
    return replace(codes, **more)


def ask_for_code(who: ReviewPageVisitor, path: str, address: str = OWNER, **more: str) -> TestResponse:
    return who.post(f"{path}/code", address=address, **more)


def use_code(who: ReviewPageVisitor, path: str, code: str, **more: str) -> TestResponse:
    return who.post(f"{path}/proof", code=code, **more)


def read_code(server: MailServer) -> str:
    """Return the code of the newest mail."""
    text = server.mails[-1].get_content()
    assert isinstance(text, str)
    match = re.search(r"^(\d{4} \d{4})\r?$", text, re.MULTILINE)
    assert match
    return match[1]


def is_known(who: ReviewPageVisitor, path: str) -> bool:
    return "Not you?" in who.get(path).text
