"""The acknowledge page as people meet it: on a phone, in the dark, without a mouse, without JavaScript."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from werkzeug.serving import make_server

from pages.acknowledge import acknowledge_page
from pages.links import Links
from reviews.answers import Answers
from reviews.card import card_of
from reviews.model import ChangeKind, Person, Review, ReviewState
from reviews.routing import Routes
from store.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa
    from playwright.sync_api import Browser, Page

NOW = datetime(2026, 3, 9, 14, 5, tzinfo=UTC)
TITLE = "A_very_long_name_without_any_space_" * 4 + "<b>policy</b>.docx"


@pytest.fixture
def address(engine: sa.Engine) -> Iterator[str]:
    """Serve the page of one open review; yield its link."""
    transactions = partial(UnitOfWork, engine)
    review = Review(
        id="r1", route="compliance", state=ReviewState.OPEN, revision=1, kind=ChangeKind.CONTENT, file_id="1",
        title=TITLE, path="Legal / Compliance", link="https://acme.example/file?id=1", version_from=3,
        version_to=4, modified_at=NOW, contributors=(Person(id="b", name="Bob Chen"),),
        owners=("owner@company.com",), opened_at=NOW, changed_at=NOW, due_at=None,
    )  # fmt: skip
    with transactions() as work:
        work.reviews.add(review)
        work.commit()
    app = Flask("pages-alone", static_folder=None)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    links = Links("k" * 32, f"http://127.0.0.1:{server.port}")
    answers = Answers(transactions=transactions, routes=Routes(()), clock=lambda: NOW)
    app.register_blueprint(acknowledge_page(answers, links))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield links.to(card_of(review))
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=[("light", 900), ("dark", 900), ("light", 360), ("dark", 360)], ids=str)
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    scheme, width = request.param
    context = browser.new_context(
        java_script_enabled=False, color_scheme=scheme, viewport={"width": width, "height": 800}
    )
    yield context.new_page()
    context.close()


def test_one_press_acknowledges_without_javascript_in_any_look(page: Page, address: str) -> None:
    page.goto(address)
    width = page.viewport_size
    picture = page.locator("main").bounding_box()
    page.get_by_label("Your name").fill("Olga Owner")
    page.get_by_role("button", name="Acknowledge review").click()

    assert width
    assert picture
    assert picture["x"] >= 0
    assert picture["x"] + picture["width"] <= width["width"]
    assert page.get_by_text("by Olga Owner").is_visible()
    assert page.get_by_role("button").count() == 0


def test_the_keyboard_alone_requests_changes(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    page.get_by_label("What has to change?").focus()
    page.keyboard.type("Section 4 is out of date.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Section 4 is out of date.")

    assert page.locator(".state").inner_text() == "Changes requested"
    page.close()


def test_a_request_without_a_note_keeps_the_name_and_says_what_is_missing(
    browser: Browser, address: str
) -> None:
    page = browser.new_page()
    page.goto(address)
    page.get_by_label("Your name").fill("Olga")
    page.get_by_role("button", name="Request changes").click()

    assert page.get_by_role("alert").inner_text() == "Say in a few words what has to change."
    assert page.get_by_label("Your name").input_value() == "Olga"
    page.close()


def test_a_title_with_markup_is_shown_as_it_is(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address)

    assert page.get_by_role("heading").inner_text() == TITLE
    page.close()
