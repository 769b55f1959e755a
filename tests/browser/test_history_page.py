"""The history page as people meet it: from the private reply in Slack to the spreadsheet."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from werkzeug.serving import make_server

from pages.acknowledge import acknowledge_page
from pages.browser import set_up_sessions
from pages.document_links import build_document_links
from pages.history.receipt import add_receipt
from pages.history.views import build_history_page
from pages.history.visitor import HistorySignInMethods
from pages.links import Links
from pages.sign_in_links import SignInAddresses
from reviews.lists.archive import Archive
from reviews.people.sign_in_links import SignInLinks
from runtime.evidence.ledger_key import LedgerKeys
from runtime.ledger_verification.receipt_check import check_receipt
from store.unit_of_work import SqlUnitOfWork
from tests.bot.slack_installation import DANA, SlackInstallation
from tests.browser.looks import list_too_wide
from tests.edge.fake_slack import FakeSlack
from tests.edge.slack_state import PATIENT_TRIGGER_SECONDS
from tests.keys import SECRET_KEY
from tests.runtime.signed_ledger import make_key, sign_desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa
    from playwright.sync_api import Browser, Page

LONG = "A_very_long_name_without_any_space_" * 4 + "<b>policy</b>.docx"


@contextmanager
def office_with_page(engine: sa.Engine) -> Iterator[SlackInstallation]:
    """Yield an installation whose command leads to a page that is served on this machine."""
    app = Flask("history-alone", static_folder=None)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    address = f"http://127.0.0.1:{server.port}"
    addresses = SignInAddresses(SECRET_KEY, address)
    numbers = iter(range(100))
    transactions = partial(SqlUnitOfWork, engine)
    with FakeSlack(hang_seconds=0.5, trigger_seconds=PATIENT_TRIGGER_SECONDS) as slack:
        installation = SlackInstallation(
            slack,
            engine,
            transactions,
            way_in=lambda person: addresses.make_address(links.create(person)),
        )
        clock = installation.desk.clock
        set_up_sessions(app, SECRET_KEY, secure=False, browser_sessions=installation.desk.sessions)
        links = SignInLinks(transactions=transactions, clock=clock, new_id=lambda: f"link-{next(numbers)}")
        archive = Archive(transactions=transactions, routes=installation.desk.routes, clock=clock)
        desk, review_links = installation.desk, Links(SECRET_KEY, address)
        app.register_blueprint(acknowledge_page(desk.answers, review_links, openings=desk.openings))
        app.register_blueprint(build_document_links(desk.answers, review_links, desk.openings))
        methods = HistorySignInMethods(slack="/reviews")
        history = build_history_page(
            archive,
            links,
            addresses,
            sign_in_methods=methods,
            review_links=review_links,
            openings=desk.openings,
        )
        add_receipt(history, installation.desk.receipts, methods, clock=clock)
        app.register_blueprint(history)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield installation
        server.shutdown()
        thread.join()
        server.server_close()
        installation.close()


@pytest.fixture
def installation(engine: sa.Engine) -> Iterator[SlackInstallation]:
    with office_with_page(engine) as made:
        made.card()
        yield made


def fill(installation: SlackInstallation) -> None:
    """Have more reviews than fit on a page, of which the first is answered."""
    for number in range(1, 31):
        installation.desk.clock.advance(hours=1)
        installation.card(file_id=f"f{number}", title=f"Paper {number}.docx" if number != 30 else LONG)
    installation.side.click(DANA, installation.standing(installation.desk.latest("f1")), "acknowledge_review")
    installation.desk.clock.advance(minutes=1)


def link(installation: SlackInstallation) -> str:
    """Ask for the page in Slack and return the address behind the button that Dana alone is shown."""
    before = len(installation.slack.private_replies(DANA))
    installation.side.slash(DANA, "/reviews", "web", "C1")
    reply = installation.slack.wait_for_replies(DANA, before + 1)[-1]
    [url] = [
        button["url"]
        for block in reply["blocks"]
        if block["type"] == "actions"
        for button in block["elements"]
    ]
    return str(url)


def test_the_way_from_slack_to_the_spreadsheet_without_javascript_in_any_look(
    page: Page, installation: SlackInstallation
) -> None:
    fill(installation)
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text))
    page.goto(link(installation))
    page.get_by_role("button", name="Continue as Dana Ozola").click()
    page.get_by_role("heading", name="Overdue and open").wait_for()
    wide = list_too_wide(page)
    assert page.get_by_role("img").count() == 2
    page.get_by_text("The same as a table").click()
    assert page.get_by_role("row").count() > 1
    page.get_by_role("link", name="Next").click()
    page.get_by_role("link", name="Paper 1.docx", exact=True).wait_for()
    page.get_by_role("link", name="Reviewed", exact=True).click()
    page.get_by_text("Filter").click()
    page.get_by_label("Person").fill("Alice Moreau")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**person=Alice+Moreau**")
    wide += list_too_wide(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as CSV").click()
    rows = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    page.get_by_role("link", name="Paper 1.docx").click()
    page.get_by_role("heading", name="Receipt").wait_for()
    wide += list_too_wide(page)

    assert [row.split(",")[2] for row in rows] == ["state", "acknowledged"]
    assert page.get_by_text("verified by their Slack account").count() == 2
    assert (wide, troubles) == ([], [])


def test_a_receipt_is_downloaded_once_it_is_signed(page: Page, installation: SlackInstallation) -> None:
    installation.desk.ledger_keys = LedgerKeys(current=make_key())
    page.goto(link(installation))
    page.get_by_role("button", name="Continue as Dana Ozola").click()
    page.get_by_role("link", name="AML Policy 2026.docx").first.click()
    page.get_by_role("link", name="Download receipt").click()
    page.get_by_text("the last entries of this review are not signed").wait_for()
    wide = list_too_wide(page)
    key = sign_desk(installation.desk)
    page.get_by_role("link", name="Back to the review").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download receipt").click()

    verdict = check_receipt(Path(download.value.path()).read_text("utf-8"), [key])
    assert download.value.suggested_filename == "rev-1.tlog-proof"
    assert (verdict.problem, wide) == (None, [])


def test_the_keyboard_alone_gets_in_filters_and_signs_out(
    browser: Browser, installation: SlackInstallation
) -> None:
    page = browser.new_page()
    page.goto(link(installation))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Overdue and open").wait_for()
    page.get_by_text("Filter").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Folder").focus()
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    page.get_by_text("No matching reviews.").wait_for()
    page.get_by_role("button", name="Sign out").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Sign in to see your reviews").wait_for()
    page.close()


def test_a_link_that_was_used_is_said_not_to_work(browser: Browser, installation: SlackInstallation) -> None:
    address = link(installation)
    first, second = browser.new_context(), browser.new_context()
    page, other = first.new_page(), second.new_page()
    page.goto(address)
    other.goto(address)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Overdue and open").wait_for()
    other.get_by_role("button", name="Continue").click()

    assert "This link is no longer valid" in other.get_by_role("heading").inner_text()
    first.close()
    second.close()
