"""A person who signs in at a real local issuer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
from flask import Flask, session

from pages import proven_identity
from pages.acknowledge import acknowledge_page
from pages.browser import set_up_sessions
from pages.document_links import build_document_links
from pages.links import Links
from pages.oidc import Oidc
from pages.sign_in import sign_in_blueprint
from reviews.cards.card_drawing import draw_card
from tests.edge.oidc_issuer import CLIENT_ID, CLIENT_SECRET, OidcIssuer
from tests.keys import SECRET_KEY
from tests.pages.visitor import ADDRESS
from tests.reviews.samples import event

if TYPE_CHECKING:
    from collections.abc import Collection

    from werkzeug.test import TestResponse

    from reviews.identity import ProvenPerson
    from tests.reviews.desk import Desk

CALLBACK = f"{ADDRESS}/sign-in/callback"


class Browser:
    """A person who follows the way to the issuer and back."""

    def __init__(
        self,
        desk: Desk,
        issuer: OidcIssuer,
        *,
        client_secret: str = CLIENT_SECRET,
        entra_hosts: Collection[str] = ("127.0.0.1",),
    ) -> None:
        self.clock = desk.clock
        links = Links(SECRET_KEY, ADDRESS)
        self.app = app = Flask(__name__, static_folder=None)
        set_up_sessions(app, SECRET_KEY, secure=False, browser_sessions=desk.sessions)
        app.register_blueprint(acknowledge_page(desk.answers, links, openings=desk.openings, sign_in=True))
        app.register_blueprint(build_document_links(desk.answers, links, desk.openings))
        oidc = Oidc(
            app,
            issuer=issuer.issuer,
            client_id=CLIENT_ID,
            client_secret=client_secret,
            entra_hosts=entra_hosts,
        )
        app.register_blueprint(
            sign_in_blueprint(oidc, links, desk.identification, callback=CALLBACK, clock=desk.clock)
        )
        self.client = app.test_client()
        self.page = links.make_address(draw_card(desk.open(event()))).removeprefix(ADDRESS)
        self.token = self.page.rpartition("/")[2]

    def leave(self) -> str:
        """Begin a sign-in; return the issuer's address."""
        answer = self.client.get(f"/sign-in/{self.token}")
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def back_from(self, address: str) -> str:
        """Sign in there; return the path that one is sent back to."""
        answer = requests.get(address, allow_redirects=False, timeout=60)
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["Location"])
        assert f"{back.scheme}://{back.netloc}{back.path}" == CALLBACK
        return f"{back.path}?{back.query}"

    def sign_in(self) -> TestResponse:
        return self.client.get(self.back_from(self.leave()))

    def deny(self) -> None:
        """Say "Not you?" on the page."""
        [token] = re.findall(r'name="csrf_token" value="([^"]+)"', self.client.get(self.page).text)[:1]
        answer = self.client.post(f"{self.page}/not-me", data={"csrf_token": token})
        assert answer.status_code == 303, answer.text

    def proven(self) -> ProvenPerson | None:
        with self.client:
            self.client.get(self.page)
            return proven_identity.get_proven_person(now=self.clock()) if session else None


def assert_refused(browser: Browser, answer: TestResponse, status: int) -> None:
    assert answer.status_code == status
    assert "Back to the review" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert browser.proven() is None
