"""A person who looks reviews up on the history page."""

from __future__ import annotations

import itertools
import re
from copy import copy
from typing import TYPE_CHECKING

from flask import Flask

from pages.acknowledge import acknowledge_page
from pages.browser import set_up_sessions
from pages.document_links import build_document_links
from pages.history.receipt import add_receipt
from pages.history.views import build_history_page
from pages.history.visitor import HistorySignInMethods
from pages.links import Links
from pages.sign_in_links import SignInAddresses
from reviews.identity import Identity, Reviewer
from reviews.lists.archive import Archive
from reviews.people.sign_in_links import SignInLinks
from tests.keys import SECRET_KEY
from tests.pages.duties import make_duty_forms
from tests.pages.visitor import ADDRESS
from tests.reviews.people import make_proven_person

if TYPE_CHECKING:
    from datetime import timedelta

    from werkzeug.test import TestResponse

    from reviews.comparisons.viewing import ComparisonViews
    from reviews.lists.receipts import ReviewReceipts
    from reviews.people.mailed_codes import MailedCodes
    from tests.reviews.desk import Desk

WAYS = HistorySignInMethods(sign_in=False, slack="/reviews", teams=True)
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class HistoryReader:
    """Has one browser; sends with each form the token of the page last seen."""

    def __init__(
        self,
        desk: Desk,
        *,
        ways: HistorySignInMethods = WAYS,
        codes: MailedCodes | None = None,
        keep: timedelta | None = None,
        comparison_views: ComparisonViews | None = None,
        receipts: ReviewReceipts | None = None,
    ) -> None:
        self.desk = desk
        numbers = itertools.count(1)
        self.links = SignInLinks(
            transactions=desk.transactions, clock=desk.clock, new_id=lambda: f"link-{next(numbers)}"
        )
        self.addresses = SignInAddresses(SECRET_KEY, ADDRESS)
        archive = Archive(
            transactions=desk.transactions, routes=desk.routes, clock=desk.clock, retention=keep
        )
        self.app = app = Flask(__name__, static_folder=None)
        set_up_sessions(app, SECRET_KEY, secure=True, browser_sessions=desk.sessions)
        links = Links(SECRET_KEY, ADDRESS)
        app.register_blueprint(acknowledge_page(desk.answers, links, openings=desk.openings))
        self.history = build_history_page(
            archive,
            self.links,
            self.addresses,
            sign_in_methods=ways,
            review_links=links,
            openings=desk.openings,
            codes=codes,
            comparison_views=comparison_views,
            duty_forms=make_duty_forms(desk),
        )
        app.register_blueprint(build_document_links(desk.answers, links, desk.openings))
        if receipts is not None:
            add_receipt(self.history, receipts, ways, clock=desk.clock)
        app.register_blueprint(self.history)
        self.client = app.test_client()
        self.form_token = ""

    def other(self) -> HistoryReader:
        """Return a person with another browser at the same page."""
        other = copy(self)
        other.client, other.form_token = self.app.test_client(), ""
        return other

    def link(self, email: str, *others: str, identity: Identity = Identity.SLACK) -> str:
        """Return the path of a new sign-in link for a person with these addresses."""
        dana = Reviewer(name="Dana Ozola", email=email, chat_ids={"slack": "U1"})
        return self.addresses.make_address(
            self.links.create(make_proven_person(dana, *others, identity=identity))
        ).removeprefix(ADDRESS)

    def sign_in(self, email: str, *others: str) -> HistoryReader:
        link = self.link(email, *others)
        self.get(link)
        assert self.post(link).status_code == 303
        return self

    def get(self, path: str, language: str = "") -> TestResponse:
        headers = {"Accept-Language": language} if language else {}
        page = self.client.get(path, base_url=ADDRESS, headers=headers)
        match = _TOKEN.search(page.text) if page.mimetype == "text/html" else None
        self.form_token = match[1] if match else self.form_token
        return page

    def post(self, path: str, **form: str) -> TestResponse:
        return self.client.post(path, base_url=ADDRESS, data={"csrf_token": self.form_token, **form})

    def titles(self, query: str = "") -> list[str]:
        """Return the titles in the list, without those that stand above it."""
        page = self.get(f"/reviews{query}")
        assert page.status_code == 200
        return re.findall(r'class="name"[^>]*><bdi>([^<]*)<', page.text.partition('id="list"')[2])

    def first(self, query: str = "") -> list[str]:
        """Return the titles of what is overdue and open, which stands above the list."""
        above = self.get(f"/reviews{query}").text.partition('id="list"')[0]
        return re.findall(r'class="name"[^>]*><bdi>([^<]*)<', above)
