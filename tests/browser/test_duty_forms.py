"""Reassigning and snoozing as people meet it: by keyboard, without script, on a phone, in the dark, live."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pages.streams import Streams
from reviews.identity import Person, Reviewer
from store.unit_of_work import SqlUnitOfWork
from tests.browser.looks import list_too_wide
from tests.pages.campaign_site import open_site
from tests.pages.duties import list_types
from tests.pages.inboxes import STRANGER, inbox_routes
from tests.reviews.desk import Desk, build_answer_request, make_review_request
from tests.reviews.samples import ALICE, DEPUTY, OWNER, event

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa
    from playwright.sync_api import Browser, Page

    from tests.pages.inboxes import InboxApplication

TITLE = "AML Policy 2026.docx"
LONG_DEPUTY = "a_long_name_without_any_space" * 2 + "@example.com"
DANA = Person(id="d1", name="Dana Ozola", email=OWNER)
SAM = Reviewer(name="Sam Ito", email=DEPUTY)


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    return Desk(engine, partial(SqlUnitOfWork, engine), inbox_routes(deputies=(DEPUTY, LONG_DEPUTY)))


@pytest.fixture
def streams() -> Streams:
    return Streams(poll_seconds=0.05)


@pytest.fixture
def at(desk: Desk, streams: Streams) -> InboxApplication:
    return open_site(desk, streams=streams)


@pytest.fixture
def address(at: InboxApplication, streams: Streams) -> Iterator[str]:
    with at.served() as address:
        yield address
        streams.stopping.set()


def test_the_keyboard_alone_snoozes_and_reassigns_without_script(
    page: Page, at: InboxApplication, address: str, desk: Desk
) -> None:
    review = desk.open(event())
    page.goto(address + at.stand_ins.build_path(OWNER))

    page.get_by_text("Reassign or snooze").press("Enter")
    wide = list_too_wide(page)
    page.get_by_label("Next").press("Space")
    page.get_by_role("button", name="Snooze", exact=True).press("Enter")
    expect(page.locator(".told")).to_contain_text(f"No reminders are sent for {TITLE} until then.")
    page.get_by_role("link", name="More…").click()
    page.get_by_text("Reassign or snooze").press("Enter")
    wide += list_too_wide(page)
    field = page.get_by_label("Who should review this? Their e-mail address")
    field.fill("unknown@example.com")
    desk.portal.strangers.add("unknown@example.com")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("unknown@example.com is not known here.")
    expect(field).to_have_value("unknown@example.com")
    wide += list_too_wide(page)
    field.fill(STRANGER)
    field.press("Enter")
    expect(page.locator(".told")).to_contain_text(f"is now assigned to {STRANGER}.")

    assert desk.latest(review.file_id).owners == (STRANGER,)
    assert list_types(desk) == ["review:snoozed", "review:reassigned"]
    assert wide == []


def test_the_page_of_a_review_in_the_history_has_the_same_forms(
    page: Page, at: InboxApplication, address: str, desk: Desk
) -> None:
    review = desk.open(event())
    page.goto(address + at.stand_ins.build_path(OWNER))
    page.goto(f"{address}/reviews/{review.id}")

    page.get_by_text("Reassign or snooze").press("Enter")
    wide = list_too_wide(page)
    suggested = page.locator("datalist option").evaluate_all("options => options.map((each) => each.value)")
    page.get_by_role("form", name="Reassign to a person").get_by_role("combobox").fill(DEPUTY)
    page.get_by_role("button", name="Reassign", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("is now assigned to")
    wide += list_too_wide(page)

    assert suggested == [DEPUTY, LONG_DEPUTY]
    assert desk.latest(review.file_id).owners == (DEPUTY,)
    assert wide == []


@pytest.mark.parametrize("author", [ALICE, DANA], ids=["may answer", "may not answer"])
def test_a_card_whose_form_someone_fills_in_stays_until_they_ask_for_the_new_one(
    browser: Browser, at: InboxApplication, address: str, desk: Desk, author: Person
) -> None:
    desk.portal.people[author.id] = author
    review = desk.open(event(actor=author))
    page = browser.new_context().new_page()
    page.goto(address + at.stand_ins.build_path(OWNER))
    page.get_by_text("Reassign or snooze").click()
    field = page.get_by_label("Who should review this? Their e-mail address")
    field.fill("someone@exam")

    desk.hand_over.snooze(make_review_request(review, SAM), until=desk.clock() + timedelta(hours=3))

    expect(page.locator(".newer")).to_contain_text("Something about this review has changed.")
    expect(field).to_have_value("someone@exam")
    page.get_by_role("button", name="Show it").click()
    expect(page.get_by_text("by Sam Ito")).to_be_visible()
    expect(field).to_have_value("someone@exam")
    assert page.get_by_role("button", name="Acknowledge review").count() == (author is ALICE)


def test_a_card_that_was_answered_meanwhile_loses_its_forms_at_once(
    browser: Browser, at: InboxApplication, address: str, desk: Desk
) -> None:
    review = desk.open(event())
    page = browser.new_context().new_page()
    page.goto(address + at.stand_ins.build_path(OWNER))
    page.get_by_text("Reassign or snooze").click()
    desk.answers.record_answer(build_answer_request(review, reviewer=SAM))

    expect(page.get_by_role("article", name=TITLE)).to_contain_text("Sam Ito")
    expect(page.get_by_text("Reassign or snooze")).to_have_count(0)
