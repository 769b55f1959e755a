"""The acknowledge page as people meet it: on a phone, in the dark, without a mouse, without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviews.routes.route import PageIdentity
from tests.browser.looks import list_too_wide
from tests.browser.served import TITLE, serve_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa
    from playwright.sync_api import Browser, Page


@pytest.fixture
def address(engine: sa.Engine) -> Iterator[str]:
    """Yield the link of an open review; its holder may answer."""
    with serve_page(engine, PageIdentity.LINK) as link:
        yield link


def test_one_press_acknowledges_without_javascript_in_any_look(page: Page, address: str) -> None:
    page.goto(address)
    wide = list_too_wide(page)
    page.get_by_label("Your name").fill("Olga Owner")
    page.get_by_role("button", name="Acknowledge review").click()
    page.get_by_text("by Olga Owner").wait_for()
    wide += list_too_wide(page)

    assert wide == []
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

    assert page.get_by_role("alert").inner_text() == "Describe briefly what has to change."
    assert page.get_by_label("Your name").input_value() == "Olga"
    page.close()


def test_a_title_with_markup_is_shown_as_it_is(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address)

    assert page.get_by_role("heading").inner_text() == TITLE
    page.close()
