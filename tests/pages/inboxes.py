"""The inbox on Flask or served on this machine, and people who come to it as the demo's people do."""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.serving import make_server

from pages.acknowledge import acknowledge_page
from pages.browser import set_up_sessions
from pages.demo_sign_in import DemoPerson, DemoRole, DemoSignInLinks
from pages.demo_sign_in_page import build_demo_sign_in_page
from pages.document_links import build_document_links
from pages.inbox import build_inbox_page
from pages.inbox_visit import InboxServices as InboxDesk
from pages.links import Links
from pages.streams import Streams
from reviews.answers.menu import Menu
from reviews.lists.inbox import INBOX_CHANNEL, Inbox
from reviews.routes.route import Routes, Target
from tests.keys import SECRET_KEY
from tests.pages.duties import make_duty_forms
from tests.pages.visitor import ADDRESS
from tests.reviews.samples import DEPUTY, OWNER, route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.test import TestResponse

    from reviews.comparisons.viewing import ComparisonViews
    from reviews.model import Review
    from reviews.people.mailed_codes import MailedCodes
    from reviews.ports.documents import Sealer
    from tests.reviews.desk import Desk

TITLE = "AML Policy 2026.docx"
STRANGER = "stranger@example.com"
PEOPLE = (
    DemoPerson(name="Dana Ozola", email=OWNER, role=DemoRole.OWNER),
    DemoPerson(name="Sam Ito", email=DEPUTY, role=DemoRole.DEPUTY),
    DemoPerson(name="Nobody Special", email=STRANGER, role=DemoRole.EDITOR),
)
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def inbox_routes(**more: Any) -> Routes:
    """Return one route whose cards go to the inbox alone."""
    return Routes([route(notify=(Target(notifier=INBOX_CHANNEL, address=""),), **more)])


@dataclass(frozen=True, kw_only=True)
class InboxApplication:
    """An application with the inbox of a desk, where `stand_ins` let people in."""

    app: Flask
    stand_ins: DemoSignInLinks

    def visitor(self, email: str | None = OWNER) -> InboxVisitor:
        """Return a person with a browser of their own, signed in if `email` is given."""
        visitor = InboxVisitor(self.app)
        if email:
            visitor.get(self.stand_ins.build_path(email))
        return visitor

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve it with a thread a request; yield its address."""
        server = make_server("127.0.0.1", 0, self.app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.port}"
        server.shutdown()
        thread.join()
        server.server_close()


def open_inbox(
    desk: Desk,
    *,
    streams: Streams | None = None,
    codes: MailedCodes | None = None,
    demo: bool = True,
    comparison_views: ComparisonViews | None = None,
    sealer: Sealer | None = None,
) -> InboxApplication:
    """Return the inbox of what happens at a desk; without `demo` no link lets a person in."""
    app = Flask(__name__, static_folder=None)
    set_up_sessions(app, SECRET_KEY, secure=False, browser_sessions=desk.sessions)
    links = Links(SECRET_KEY, ADDRESS)
    app.register_blueprint(acknowledge_page(desk.answers, links, openings=desk.openings))
    stand_ins = DemoSignInLinks(SECRET_KEY, PEOPLE)
    inbox = InboxDesk(
        inbox=Inbox(transactions=desk.transactions, routes=desk.routes, clock=desk.clock, sealer=sealer),
        answers=desk.answers,
        menu=Menu(transactions=desk.transactions, routes=desk.routes, clock=desk.clock),
        duty_forms=make_duty_forms(desk),
        streams=streams or Streams(),
        links=links,
        openings=desk.openings,
        absences=desk.absences,
        codes=codes,
        demo_links=stand_ins if demo else None,
        separation=desk.separation,
        comparison_views=comparison_views,
    )
    app.register_blueprint(build_document_links(desk.answers, links, desk.openings))
    app.register_blueprint(build_inbox_page(inbox))
    app.register_blueprint(build_demo_sign_in_page(stand_ins, inbox, desk.identification))
    return InboxApplication(app=app, stand_ins=stand_ins)


class InboxVisitor:
    """Sends the token of the page last seen with each form, as a browser does."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.form_token = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        return self._seen(self.client.get(path, **more))

    def post(self, path: str, **form: Any) -> TestResponse:
        return self._seen(self.client.post(path, data={"csrf_token": self.form_token, **form}))

    def answer(self, review: Review, decision: str, **more: Any) -> TestResponse:
        form = {"decision": decision, "revision": review.revision, **more}
        return self.post(f"/inbox/reviews/{review.id}", **form)

    def inbox(self) -> str:
        return self.get("/inbox").text

    def _seen(self, page: TestResponse) -> TestResponse:
        match = _TOKEN.search(page.text) if page.mimetype == "text/html" else None
        self.form_token = match[1] if match else self.form_token
        return page


def titles(page: str) -> list[str]:
    """Return the titles of the cards on a page, in their order."""
    return re.findall(r'<h[12] id="title-[^"]+"><bdi>([^<]*)</bdi>', page)
