"""The demo as a new user meets it: one command, the printed steps word for word, nothing left behind."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.looks import list_too_wide
from tests.journeys.installation import START_SECONDS, free_port
from tests.journeys.processes import Processes, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page

COMMAND = str(Path(sys.executable).parent / "docspace-review")
SECONDS = 60.0
PATIENCE = SECONDS * 1000  # in the browser, in milliseconds
STOPPED = "Ctrl-C stops everything"
LOCKED = "3358301"
"""The id of the document that is locked."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Run the demo; yield the addresses and the command that it prints. Afterwards press Ctrl-C."""
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
        output = eventually(lambda: _read_output(folder), within=START_SECONDS)
        printed = dict(re.findall(r"^  (Stand-in DocSpace|Inbox) +(http://\S+)$", output, re.MULTILINE))
        [printed["Verify"]] = re.findall(r"^ +(DATABASE_URL=.+ ledger verify)$", output, re.MULTILINE)
        [printed["Campaign"]] = re.findall(r"^ +(\(set -a; .+ campaign start .+\))$", output, re.MULTILINE)
        [printed["Reviews"]] = re.findall(r"(http://\S+/reviews)$", output, re.MULTILINE)
        yield printed
        processes.interrupt("demo")
        assert list(temporary.iterdir()) == []
        assert "Traceback" not in (folder / "demo.err").read_text()
    finally:
        processes.kill_all()


def _read_output(folder: Path) -> str:
    output = (folder / "demo.out").read_text()
    return output if STOPPED in output else ""


@pytest.fixture
def inbox(browser: Browser, demo: dict[str, str]) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.goto(demo["Inbox"])
    page.get_by_role("link", name="Olga Owner").click()
    yield page
    context.close()


def open_menu(portal: Page, button: str, title: str) -> Locator:
    """Open one of a document's small forms in the stand-in; return the document's row."""
    row = portal.get_by_role("listitem").filter(has_text=title)
    row.locator("summary", has_text=button).click()
    return row


def find_states(demo: dict[str, str], file_id: str) -> set[str]:
    """Return what became of the events of a document, by the command line."""
    command = demo["Verify"].replace("ledger verify", "events list --json")
    listed = json.loads(run_printed(command).stdout)
    return {each["state"] for each in listed if each["file_id"] == file_id}


def run_printed(command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in another terminal, as it is printed."""
    return subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, timeout=60, check=False)


def test_the_printed_steps_hold_word_for_word_from_the_first_second(
    inbox: Page, demo: dict[str, str]
) -> None:
    # 1. Open both, side by side, the inbox as Olga: Bob has just changed a document ...
    portal = inbox.context.new_page()
    portal.goto(demo["Stand-in DocSpace"])
    breach = inbox.get_by_role("article", name="Breach report.docx")
    expect(breach).to_contain_text("1 → 2", timeout=PATIENCE)
    expect(breach.get_by_role("button", name="Acknowledge review")).to_be_visible()
    # 3. Lock one: DocSpace reports it, and no review opens. Before anything else has made it known.
    portal.get_by_role("link", name="2026 Q1").click()
    portal.get_by_role("button", name="Lock Q1 incident log.docx").click()
    # 2. Edit, rename, move or trash documents as Bob: each card comes by itself ...
    portal.get_by_role("link", name="Compliance watched").click()
    portal.get_by_role("button", name="Edit and save AML Policy 2026.docx").click()
    expect(inbox.get_by_role("article", name="AML Policy 2026.docx")).to_contain_text(
        "3 → 4", timeout=PATIENCE
    )
    row = open_menu(portal, "Rename", "Vendor due diligence.xlsx")
    row.get_by_label("New name").fill("Vendor checks.xlsx")
    row.get_by_role("button", name="Rename").click()
    vendor = inbox.get_by_role("article", name="Vendor checks.xlsx")
    expect(vendor).to_contain_text("renamed by Bob Chen", timeout=PATIENCE)
    portal.get_by_role("button", name="Trash AML Policy 2026.docx").click()
    policy = inbox.get_by_role("article", name="AML Policy 2026.docx")
    policy.get_by_role("button", name="Show it").click(timeout=PATIENCE)
    expect(policy).to_contain_text("moved to the trash by Bob Chen", timeout=PATIENCE)
    row = open_menu(portal, "Move", "Vendor checks.xlsx")
    row.get_by_label("To").select_option(label="Other")
    row.get_by_role("button", name="Move").click()
    vendor.get_by_role("button", name="Show it").click(timeout=PATIENCE)
    expect(vendor).to_contain_text("moved out by Bob Chen", timeout=PATIENCE)
    # 3., its end: DocSpace told of the lock, and no review was asked for.
    eventually(lambda: find_states(demo, LOCKED) - {"received"}, within=SECONDS)
    assert find_states(demo, LOCKED) == {"ignored"}
    expect(inbox.get_by_role("article", name="Q1 incident log.docx")).to_have_count(0)
    # Edit one as Olga: now Alice has to review it.
    portal.get_by_role("link", name="Olga Owner").click()
    portal.get_by_role("link", name="Incidents").click()
    portal.get_by_role("button", name="Edit and save Breach report.docx").click()
    expect(breach).to_contain_text("Olga Owner", timeout=PATIENCE)
    expect(breach.get_by_role("button", name="Acknowledge review")).to_have_count(0)
    with portal.expect_popup() as opened:
        portal.get_by_role("navigation", name="Inboxes").get_by_role("link", name="Alice").click()
    alice = opened.value.get_by_role("article", name="Breach report.docx")
    expect(alice).to_contain_text("Olga Owner", timeout=PATIENCE)
    alice.get_by_role("button", name="Acknowledge review").click()
    expect(opened.value.get_by_text("You have reviewed Breach report.docx")).to_be_visible()
    # 4. Check the ledger: with the button of the stand-in, or in another terminal.
    portal.get_by_role("button", name="Verify the ledger").click()
    expect(portal.get_by_role("status")).to_contain_text("The ledger is intact")
    expect(portal.locator(".status.taken").first).to_have_text("202")
    checked = run_printed(demo["Verify"])
    assert (checked.returncode, checked.stderr) == (0, "")
    # 5. Look it all up as Olga, with charts and as a spreadsheet.
    reviews = inbox.context.new_page()
    reviews.goto(demo["Reviews"])
    expect(reviews.get_by_role("link", name="Vendor checks.xlsx").first).to_be_visible()
    with reviews.expect_download() as sheet:
        reviews.get_by_role("link", name="CSV").click()
    assert "Vendor checks.xlsx" in sheet.value.path().read_text()


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

    assert list_too_wide(page) == []
    page.close()


def test_the_printed_campaign_asks_bob_too(browser: Browser, demo: dict[str, str]) -> None:
    done = run_printed(demo["Campaign"])
    assert done.returncode == 0, done.stderr
    assert "2 people to acknowledge" in done.stdout

    context = browser.new_context()
    page = context.new_page()
    page.goto(demo["Inbox"])
    page.get_by_role("link", name="Bob Chen").click()

    expect(page.get_by_role("link", name="All policies")).to_be_visible(timeout=PATIENCE)
    context.close()
