"""A real Chromium: the machine's, else the one that the set-up installed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.databases import SqliteDatabases

# Headless, in a container as root, and silent towards the outside.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a browser; an event loop runs in this thread until the module ends, and others want none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def database_url(sqlite_databases: SqliteDatabases) -> str:
    """Return a SQLite file: what differs between the databases is tested where the product meets them."""
    return sqlite_databases.new()


@pytest.fixture(params=[("light", 900), ("dark", 900), ("light", 360), ("dark", 360)], ids=str)
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    scheme, width = request.param
    context = browser.new_context(
        java_script_enabled=False, color_scheme=scheme, viewport={"width": width, "height": 800}
    )
    yield context.new_page()
    context.close()
