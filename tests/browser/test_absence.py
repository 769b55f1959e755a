"""The page on which a person says that they are away, by keyboard, on a phone, in the dark."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from reviews.ports.absences import AbsenceSource
from store.unit_of_work import SqlUnitOfWork
from tests.browser.looks import list_too_wide
from tests.pages.inboxes import inbox_routes, open_inbox
from tests.reviews.absences import WEEK, leave
from tests.reviews.desk import Desk
from tests.reviews.samples import DEPUTY, OWNER, event

if TYPE_CHECKING:
    import sqlalchemy as sa
    from playwright.sync_api import Page


def test_labels_name_each_field_and_the_page_fits_every_window(engine: sa.Engine, page: Page) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine), inbox_routes())
    desk.open(event())
    application = open_inbox(desk)
    with application.served() as address:
        page.goto(address + application.stand_ins.build_path(OWNER))
        page.get_by_role("link", name="Say that you are away").click()
        empty = list_too_wide(page)
        page.get_by_label("Back on").fill("2026-03-16")
        page.get_by_label("Who stands in").fill(DEPUTY)
        page.get_by_label("Who stands in").press("Enter")
        expect(page.get_by_role("status")).to_contain_text("You are away until Monday, 16 Mar")
        declared = list_too_wide(page)
        page.get_by_role("button", name="I am back").press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Welcome back.")

    assert (empty, declared) == ([], [])


def test_one_of_two_planned_absences_is_cancelled_by_keyboard(engine: sa.Engine, page: Page) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine), inbox_routes())
    now = desk.clock()
    leave(
        desk, starts_at=now + WEEK, ends_at=now + 2 * WEEK, stand_in="A_long_name_without_a_space" * 3 + "@x"
    )
    leave(desk, starts_at=now + 3 * WEEK, ends_at=now + 4 * WEEK, stand_in=None)
    leave(desk, starts_at=now + 5 * WEEK, ends_at=now + 6 * WEEK, source=AbsenceSource.CALENDAR)
    application = open_inbox(desk)
    with application.served() as address:
        page.goto(address + application.stand_ins.build_path(OWNER))
        page.get_by_role("link", name="Say that you are away").click()
        items = page.get_by_role("region", name="Planned").get_by_role("listitem")
        too_wide = list_too_wide(page)
        buttons = page.get_by_role("button", name="Cancel absence")
        expect(buttons).to_have_count(2)
        expect(buttons.nth(1)).to_have_accessible_description(
            "You will be away from Monday, 30 Mar, 14:05 UTC until Monday, 6 Apr, 14:05 UTC."
        )
        buttons.nth(1).press("Enter")
        expect(page.get_by_role("status")).to_contain_text("You would have been away from Monday, 30 Mar")
        expect(items).to_have_count(2)

    assert too_wide == []
