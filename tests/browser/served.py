"""The acknowledge page alone, served on this machine."""

from __future__ import annotations

import secrets
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.security import check_password_hash, generate_password_hash
from werkzeug.serving import make_server

from notifiers.shared.smtp import SmtpMailer
from pages.acknowledge import acknowledge_page
from pages.browser import set_up_sessions
from pages.code_mail import SmtpCodeMail
from pages.document_links import build_document_links
from pages.links import Links
from reviews.answers.answers import Answers
from reviews.answers.openings import Openings
from reviews.cards.card_drawing import draw_card
from reviews.identity import Person
from reviews.kinds import ChangeKind, ReviewState
from reviews.model import Review
from reviews.people.code_mail import MonitoredCodeMailer
from reviews.people.code_recipients import CodeRecipients
from reviews.people.docspace_accounts import AccountLookup
from reviews.people.identification import Directory, Identification
from reviews.people.mailed_codes import MailedCodes
from reviews.people.sessions import BrowserSessions
from reviews.people.stored_proofs import CodeDigests
from reviews.routes.route import PageIdentity, Route, Routes, Target
from store.unit_of_work import SqlUnitOfWork
from tests.keys import SECRET_KEY
from tests.pages.mailed_codes import at_once
from tests.reviews.samples import LINK, Clock
from tests.reviews.small_portal import SmallPortal

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa

    from reviews.ports.unit_of_work import Transactions
    from tests.edge.smtp_server import MailServer

NOW = datetime(2026, 3, 9, 14, 5, 12, 345_678, tzinfo=UTC)
TITLE = "A_very_long_name_without_any_space_" * 4 + "<b>policy</b>.docx"
OWNER = "olga.owner@company.com"


@contextmanager
def serve_page(
    engine: sa.Engine, identity: PageIdentity, *, mail: MailServer | None = None, title: str = TITLE
) -> Iterator[str]:
    """Serve the page of one open review; yield its link."""
    transactions = partial(SqlUnitOfWork, engine)
    review = Review(
        id="r1", route="compliance", state=ReviewState.OPEN, revision=1, kind=ChangeKind.CONTENT, file_id="1",
        title=title, path="Legal / Compliance", link="https://acme.example/file?id=1", version_from=3,
        version_to=4, modified_at=NOW, contributors=(Person(id="b", name="Bob Chen", email="b@company.com"),),
        owners=(OWNER,), opened_at=NOW, changed_at=NOW, due_at=None,
    )  # fmt: skip
    with transactions() as work:
        work.reviews.add(review)
        work.people.remember(Person(id="o", name="Olga Owner", email=OWNER), at=NOW)
        work.commit()
    target = Target(notifier="console", address="")
    basic = Route(name="compliance", watch=("1",), owners=(OWNER,), notify=(target,))
    route = replace(basic, **LINK) if identity is PageIdentity.LINK else basic
    routes = Routes((route,))
    app = Flask("pages-alone", static_folder=None)
    clock = Clock(NOW)
    sessions = BrowserSessions(transactions=transactions, clock=clock)
    set_up_sessions(app, SECRET_KEY, secure=False, browser_sessions=sessions)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    links = Links(SECRET_KEY, f"http://127.0.0.1:{server.port}")
    accounts = AccountLookup(transactions=transactions, clock=clock, find_account=SmallPortal().find_account)
    answers = Answers(transactions=transactions, routes=routes, clock=clock, accounts=accounts)
    codes = _codes(transactions, routes, mail) if mail else None
    openings = Openings(transactions=transactions, routes=routes, clock=clock)
    app.register_blueprint(acknowledge_page(answers, links, openings=openings, codes=codes))
    app.register_blueprint(build_document_links(answers, links, openings))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield links.make_address(draw_card(review))
    server.shutdown()
    thread.join()
    server.server_close()


def _codes(transactions: Transactions, routes: Routes, mail: MailServer) -> MailedCodes:
    mailer = SmtpMailer(f"smtp://127.0.0.1:{mail.port}?tls=none", "reviews@company.com")
    return MailedCodes(
        transactions=transactions,
        recipients=CodeRecipients(transactions=transactions, routes=routes),
        clock=Clock(NOW),
        identification=Identification(directory=Directory(transactions=transactions, clock=Clock(NOW))),
        mail=MonitoredCodeMailer(SmtpCodeMail(mailer, "https://review.company.com"), Clock(NOW)),
        run_later=at_once,
        random_below=secrets.randbelow,
        new_id=lambda: secrets.token_hex(8),
        digests=CodeDigests(
            secret_key=SECRET_KEY, compute_hash=generate_password_hash, verify_hash=check_password_hash
        ),
    )
