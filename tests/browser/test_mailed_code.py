"""A mailed code as people meet it: on a phone, in the dark, without a mouse, without JavaScript."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from reviews.routes.route import PageIdentity
from tests.browser.looks import list_too_wide
from tests.browser.served import OWNER, serve_page
from tests.edge.smtp_server import MailServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa
    from playwright.sync_api import Browser, Locator, Page


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def address(engine: sa.Engine, mail: MailServer) -> Iterator[str]:
    """Yield the link of an open review on a page that mails codes."""
    with serve_page(engine, PageIdentity.PROVEN, mail=mail) as link:
        yield link


def code_in(mail: MailServer) -> str:
    match = re.search(r"\d{4} \d{4}", mail.mails[-1].get_content())
    assert match
    return match[0]


def loaded_field(page: Page, label: str) -> Locator:
    """Return a field once its page is there as a whole and drawn: a key that is pressed before is lost."""
    field = page.get_by_label(label)
    field.wait_for()
    page.wait_for_load_state()
    page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    return field


def type_into(field: Locator, text: str) -> None:
    """Press the keys of a text in a field, and check that it has taken each of them."""
    field.focus()
    field.page.keyboard.type(text)
    assert field.input_value() == text


def test_a_mailed_code_lets_its_owner_request_changes_without_javascript_in_any_look(
    page: Page, address: str, mail: MailServer
) -> None:
    page.goto(address)
    wide = list_too_wide(page)
    page.get_by_label("Your e-mail address").fill(OWNER)
    page.get_by_role("button", name="Mail me a code").click()
    page.get_by_label("The code from the mail").wait_for()
    wide += list_too_wide(page)
    page.get_by_text("No mail, or another address?").click()
    wide += list_too_wide(page)
    page.get_by_label("The code from the mail").fill(code_in(mail))
    page.get_by_role("button", name="Use this code").click()
    page.get_by_text("You are Olga Owner").wait_for()
    wide += list_too_wide(page)
    page.get_by_label("What has to change?").fill("Section 4 is out of date.")
    page.get_by_role("button", name="Request changes").click()
    page.get_by_text("by Olga Owner").wait_for()

    assert wide == []
    assert page.locator(".state").inner_text() == "Changes requested"


def test_the_keyboard_alone_proves_and_answers(browser: Browser, address: str, mail: MailServer) -> None:
    page = browser.new_page()
    page.goto(address)
    type_into(loaded_field(page, "Your e-mail address"), OWNER)
    page.keyboard.press("Enter")
    type_into(loaded_field(page, "The code from the mail"), code_in(mail))
    page.keyboard.press("Enter")
    loaded_field(page, "What has to change?").focus()
    page.keyboard.type("Section 4 is out of date.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Section 4 is out of date.")

    assert page.locator(".state").inner_text() == "Changes requested"
    page.close()


def test_a_wrong_code_is_said_so_and_the_right_one_still_counts(
    browser: Browser, address: str, mail: MailServer
) -> None:
    page = browser.new_page()
    page.goto(address)
    page.get_by_label("Your e-mail address").fill(OWNER)
    page.get_by_role("button", name="Mail me a code").click()
    loaded_field(page, "The code from the mail").fill("1")
    page.get_by_role("button", name="Use this code").click()
    alert = page.get_by_role("alert").inner_text()
    loaded_field(page, "The code from the mail").fill(code_in(mail))
    page.get_by_role("button", name="Use this code").click()
    page.get_by_role("button", name="Not you?").click()

    assert alert.startswith("This code is not valid")
    page.get_by_role("button", name="Mail me a code").wait_for()
    assert page.get_by_role("button", name="Acknowledge review").count() == 0
    page.close()
