"""The pages of campaigns as people meet them: with keys alone, without a script, on a phone, in the dark."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pages.streams import Streams
from store.unit_of_work import SqlUnitOfWork
from tests.browser.looks import list_too_wide
from tests.pages.campaign_site import open_site
from tests.pages.inboxes import inbox_routes
from tests.reviews.campaigns import (
    ANNA,
    BRUNO,
    PEOPLE,
    acknowledge,
    list_campaign_reviews,
    put_documents,
    start_campaign,
)
from tests.reviews.desk import Desk
from tests.reviews.samples import OWNER

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa
    from playwright.sync_api import Browser, Page

    from reviews.campaign import Campaign
    from tests.pages.inboxes import InboxApplication

ANNAS = PEOPLE[0]
LONG = "A_very_long_name_without_any_space_" * 4 + "<b>policy</b>.docx"


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    return Desk(engine, partial(SqlUnitOfWork, engine), inbox_routes())


@pytest.fixture
def campaign(desk: Desk) -> Campaign:
    put_documents(desk)
    return start_campaign(desk)


@pytest.fixture
def streams() -> Streams:
    return Streams(poll_seconds=0.05)


@pytest.fixture
def site(desk: Desk, streams: Streams) -> InboxApplication:
    return open_site(desk, streams=streams)


@pytest.fixture
def address(site: InboxApplication, streams: Streams) -> Iterator[str]:
    with site.served() as address:
        yield address
        streams.stopping.set()


def press_until(page: Page, tag: str, name: str) -> None:
    """Go on by the tabulator key until an element of this name has the focus, and press Enter."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.locator(f"{tag}:focus")
        if focused.count() and focused.inner_text() == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"no key leads to {name!r}")


def test_the_keyboard_alone_leads_through_the_documents(
    page: Page, desk: Desk, site: InboxApplication, address: str, campaign: Campaign
) -> None:
    page.goto(address + site.stand_ins.build_path(ANNAS))
    press_until(page, "a", campaign.name)
    expect(page.get_by_role("heading", name="Your documents")).to_be_visible()
    progress = page.get_by_role("progressbar", name="Your acknowledgements")
    values = [progress.evaluate("bar => bar.value")]
    for title in ("Policy 501.docx", "Policy 502.docx"):
        press_until(page, "button", "Acknowledge review")
        expect(page.get_by_role("status")).to_contain_text(f"You have acknowledged {title}.")
        values.append(progress.evaluate("bar => bar.value"))

    assert values == [0, 1, 2]
    assert page.get_by_role("button", name="Acknowledge review").count() == 1
    answered = [review.file_id for review in list_campaign_reviews(desk, campaign) if review.answers]
    assert answered == ["501", "502"]


def test_after_an_acknowledgement_the_next_key_leads_to_the_next_document(
    page: Page, site: InboxApplication, address: str, campaign: Campaign
) -> None:
    page.goto(address + site.stand_ins.build_path(ANNAS))
    page.goto(f"{address}/campaigns/{campaign.id}")
    page.get_by_role("button", name="Acknowledge review").first.click()
    expect(page.get_by_role("status")).to_be_visible()
    expect(page.locator("#next")).to_be_focused()
    page.keyboard.press("Tab")

    expect(page.get_by_role("link", name="Policy 502.docx")).to_be_focused()


def test_each_button_and_each_bar_says_what_it_is_about(
    page: Page, desk: Desk, site: InboxApplication, address: str, campaign: Campaign
) -> None:
    acknowledge(desk, list_campaign_reviews(desk, campaign)[0], ANNA)
    page.goto(address + site.stand_ins.build_path(ANNAS))
    page.goto(f"{address}/campaigns/{campaign.id}")

    expect(page.get_by_role("button", name="Acknowledge review").first).to_have_accessible_description(
        "Policy 502.docx"
    )
    expect(page.get_by_role("progressbar", name="Acknowledgements of the campaign")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Policies 2026")


def test_the_pages_fit_every_width_by_day_and_by_night(
    page: Page, desk: Desk, site: InboxApplication, address: str
) -> None:
    put_documents(desk, "501", "502")
    desk.portal.titles["501"] = LONG
    desk.store_file("501")
    campaign = start_campaign(desk, name="Policies_" * 8)
    acknowledge(desk, list_campaign_reviews(desk, campaign)[0], ANNA, BRUNO)
    troubles: list[str] = []
    page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
    wide = []
    for email in (OWNER, ANNAS):
        page.goto(address + site.stand_ins.build_path(email))
        for path in ("/campaigns", f"/campaigns/{campaign.id}", "/inbox"):
            page.goto(address + path)
            wide += [(path, look) for look in list_too_wide(page)]

    assert (wide, troubles) == ([], [])


def test_the_inbox_follows_a_campaign_without_a_reload(
    browser: Browser, desk: Desk, site: InboxApplication, address: str, campaign: Campaign
) -> None:
    page = browser.new_page()
    page.goto(address + site.stand_ins.build_path(ANNAS))
    expect(page.get_by_text("3 documents for you to acknowledge")).to_be_visible()
    acknowledge(desk, list_campaign_reviews(desk, campaign)[0], ANNA)

    expect(page.get_by_text("2 documents for you to acknowledge")).to_be_visible()
    page.close()
