"""Somebody with a browser and a link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask

from pages.acknowledge import acknowledge_page
from pages.links import Links
from reviews.card import card_of
from tests.reviews.samples import event

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from reviews.model import Review
    from tests.reviews.desk import Desk

SECRET_KEY = "a-long-random-text"
ADDRESS = "https://review.example.com"


class Visitor:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.links = Links(SECRET_KEY, ADDRESS)
        app = Flask(__name__, static_folder=None)
        app.register_blueprint(acknowledge_page(desk.answers, self.links))
        self._client = app.test_client()

    def open(self, **more: Any) -> str:
        """Open or revise a review; return the path of its page."""
        return self.path(self.desk.open(event(**more)))

    def path(self, review: Review) -> str:
        return self.links.to(card_of(review)).removeprefix(ADDRESS)

    def review(self) -> Review:
        return self.desk.latest("3358285")

    def get(self, path: str) -> TestResponse:
        return self._client.get(path)

    def post(self, path: str, **form: str) -> TestResponse:
        return self._client.post(path, data=form)
