"""A person with a browser and a link."""

from __future__ import annotations

import re
from copy import copy
from typing import TYPE_CHECKING, Any

from flask import Flask

from pages.acknowledge import acknowledge_page
from pages.browser import set_up_sessions
from pages.canary import build_canary_page
from pages.document_links import build_document_links
from pages.links import Links
from reviews.cards.card_drawing import draw_card
from tests.keys import SECRET_KEY
from tests.reviews.samples import event

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from reviews.comparisons.viewing import ComparisonViews
    from reviews.model import Review
    from reviews.people.mailed_codes import MailedCodes
    from tests.reviews.desk import Desk

ADDRESS = "https://review.example.com"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class ReviewPageVisitor:
    """Sends the token of the page last seen with each form, as a browser does."""

    def __init__(
        self,
        desk: Desk,
        codes: MailedCodes | None = None,
        *,
        comparison_views: ComparisonViews | None = None,
    ) -> None:
        self.desk = desk
        self.links = Links(SECRET_KEY, ADDRESS)
        self._app = Flask(__name__, static_folder=None)
        set_up_sessions(self._app, SECRET_KEY, secure=True, browser_sessions=desk.sessions)
        self._app.register_blueprint(
            acknowledge_page(
                desk.answers,
                self.links,
                codes=codes,
                separation=desk.separation,
                comparison_views=comparison_views,
                openings=desk.openings,
            )
        )
        self._app.register_blueprint(build_document_links(desk.answers, self.links, desk.openings))
        self._app.register_blueprint(build_canary_page(desk.intake.canaries, self.links))
        self.client = self._app.test_client()
        self.form_token = ""

    def other(self) -> ReviewPageVisitor:
        """Return a person with another browser at the same pages."""
        other = copy(self)
        other.client, other.form_token = self._app.test_client(), ""
        return other

    def open(self, **more: Any) -> str:
        """Open or revise a review; return the path of its page."""
        return self.path(self.desk.open(event(**more)))

    def path(self, review: Review) -> str:
        return self.links.make_address(draw_card(review)).removeprefix(ADDRESS)

    def review(self) -> Review:
        return self.desk.latest("3358285")

    def get(self, path: str) -> TestResponse:
        return self._seen(self.client.get(path, base_url=ADDRESS))

    def post(self, path: str, **form: str) -> TestResponse:
        if not self.form_token:
            self.get("/".join(path.split("/")[:3]))
        return self._seen(self.send(path, csrf_token=self.form_token, **form))

    def send(self, path: str, **form: str) -> TestResponse:
        """Send this and no token."""
        return self.client.post(path, data=form, base_url=ADDRESS)

    def _seen(self, page: TestResponse) -> TestResponse:
        match = _TOKEN.search(page.text) if page.mimetype == "text/html" else None
        self.form_token = match[1] if match else self.form_token
        return page


def without_tokens(page: str) -> str:
    """Return a page without its form's token, and without that of its document, which has a time."""
    return re.sub(r'href="/document/[^"]+"', "", _TOKEN.sub("", page))
