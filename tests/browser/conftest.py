"""A real Chromium: the machine's, else the one that the set-up installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pictures.chromium import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.databases import SqliteDatabases

PATIENCE = 60_000  # milliseconds for what a page is to show


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Return a browser, which ends with the folder's tests: it keeps an event loop in this thread."""
    expect.set_options(timeout=PATIENCE)
    with chromium() as running:
        yield running


@pytest.fixture(autouse=True)
def close_pages(browser: Browser) -> Iterator[None]:
    """Leave the next test a browser without any page."""
    yield
    for context in browser.contexts:
        context.close()


@pytest.fixture
def database_url(sqlite_databases: SqliteDatabases) -> str:
    """Return a SQLite file: what differs between the databases is tested where the product meets them."""
    return sqlite_databases.new()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Yield a page without JavaScript."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()
