"""The demo as whoever tries it meets it: one command, two pages, and nothing is left behind."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.looks import too_wide
from tests.journeys.installation import free_port
from tests.journeys.processes import Processes, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

COMMAND = str(Path(sys.executable).parent / "docspace-review")
SECONDS = 60.0
STOPPED = "Ctrl-C stops everything"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Run the demo; yield the two addresses that it prints. Afterwards Ctrl-C, as whoever tried it does."""
    folder, temporary = tmp_path_factory.mktemp("demo"), tmp_path_factory.mktemp("temporary")
    environment = {
        "PATH": os.defpath,
        "HOME": str(folder),
        "TMPDIR": str(temporary),
        "PORT": str(free_port()),
    }
    processes = Processes(folder, environment)
    processes.start("demo", [COMMAND, "demo"])
    try:
        said = eventually(lambda: _said(folder), within=SECONDS)
        yield dict(re.findall(r"^  (Stand-in DocSpace|Inbox) +(http://\S+)$", said, re.MULTILINE))
        processes.interrupt("demo")
        assert list(temporary.iterdir()) == []
        assert "Traceback" not in (folder / "demo.err").read_text()
    finally:
        processes.kill_all()


def _said(folder: Path) -> str:
    said = (folder / "demo.out").read_text()
    return said if STOPPED in said else ""


@pytest.fixture
def inbox(browser: Browser, demo: dict[str, str]) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.goto(demo["Inbox"])
    page.get_by_role("link", name="Olga Owner").click()
    yield page
    context.close()


def test_the_inbox_is_not_empty_and_what_is_changed_in_the_portal_appears_in_it(
    inbox: Page, demo: dict[str, str]
) -> None:
    portal = inbox.context.new_page()
    portal.goto(demo["Stand-in DocSpace"])
    expect(inbox.get_by_role("article", name="Breach report.docx")).to_be_visible(timeout=SECONDS * 1000)
    portal.get_by_role("button", name="Edit and save AML Policy 2026.docx").click()
    card = inbox.get_by_role("article", name="AML Policy 2026.docx")
    expect(card).to_be_visible(timeout=SECONDS * 1000)
    card.get_by_role("button", name="Acknowledge review").click()
    expect(inbox.get_by_text("You have reviewed AML Policy 2026.docx. It is on record.")).to_be_visible()
    portal.get_by_role("button", name="Check the record").click()

    expect(portal.get_by_role("status")).to_contain_text("The record is intact")
    expect(portal.locator(".status.taken").first).to_have_text("202")


def test_the_portal_leads_to_the_inbox_of_each_person(browser: Browser, demo: dict[str, str]) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(demo["Stand-in DocSpace"])
    with page.expect_popup() as opened:
        page.get_by_role("navigation", name="Inboxes").get_by_role("link", name="Bob").click()

    expect(opened.value.get_by_text("You are Bob Chen")).to_be_visible()
    expect(opened.value.get_by_text("No route names you")).to_be_visible()
    context.close()


def test_the_portal_fits_any_screen(browser: Browser, demo: dict[str, str]) -> None:
    page = browser.new_page()
    page.goto(demo["Stand-in DocSpace"])

    assert too_wide(page) == []
    page.close()
