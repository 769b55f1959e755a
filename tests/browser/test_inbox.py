"""The inbox as people meet it: live, in several tabs, on a phone, in the dark, with keys, without script."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pages.inbox_views import PAGE_SIZE
from pages.streams import Streams
from reviews.identity import Reviewer
from reviews.kinds import Decision, ReviewState
from reviews.opening import OpenedItem
from reviews.review_request import ReviewRequest
from store.unit_of_work import SqlUnitOfWork
from tests.browser.looks import list_too_wide
from tests.pages.inboxes import STRANGER, inbox_routes, open_inbox
from tests.reviews.desk import Desk, build_answer_request
from tests.reviews.opened import list_opened
from tests.reviews.people import make_proven_person
from tests.reviews.samples import DEPUTY, OWNER, event

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa
    from playwright.sync_api import Browser, Locator, Page

    from reviews.model import Review
    from tests.pages.inboxes import InboxApplication

TITLE = "AML Policy 2026.docx"
LONG = "A_very_long_name_without_any_space_" * 4 + "<b>policy</b>.docx"
SAM = Reviewer(name="Sam Ito", email=DEPUTY)


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    return Desk(engine, partial(SqlUnitOfWork, engine), inbox_routes())


@pytest.fixture
def streams() -> Streams:
    return Streams(poll_seconds=0.05)


@pytest.fixture
def at(desk: Desk, streams: Streams) -> InboxApplication:
    return open_inbox(desk, streams=streams)


@pytest.fixture
def address(at: InboxApplication, streams: Streams) -> Iterator[str]:
    with at.served() as address:
        yield address
        streams.stopping.set()


@pytest.fixture
def tab(browser: Browser, at: InboxApplication, address: str) -> Iterator[Page]:
    """Yield a tab with Dana's inbox, in which no script fails and none is refused."""
    context = browser.new_context()
    page = context.new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda worker: trouble.append(worker.text) if worker.type == "error" else None)
    page.goto(address + at.stand_ins.build_path(OWNER))
    yield page
    context.close()
    # A browser reports by itself that it was refused.
    assert [each for each in trouble if not re.search(r"status of (401|409) ", each)] == []


def card(page: Page, title: str = TITLE) -> Locator:
    return page.get_by_role("article", name=title)


def test_a_change_appears_by_itself_and_is_announced(tab: Page, desk: Desk) -> None:
    expect(tab.get_by_text("Nothing is waiting for review")).to_be_visible()
    desk.open(event())

    expect(card(tab)).to_be_visible()
    expect(tab.get_by_text("Nothing is waiting for review")).to_have_count(0)
    expect(tab.locator("#news")).to_contain_text("AML Policy 2026.docx was changed by Alice Moreau")


def test_one_press_acknowledges_and_a_second_tab_and_another_person_see_it(
    tab: Page, browser: Browser, at: InboxApplication, address: str, desk: Desk
) -> None:
    review = desk.open(event())
    second = tab.context.new_page()
    second.goto(f"{address}/inbox")
    other = browser.new_page()
    other.goto(address + at.stand_ins.build_path(DEPUTY))
    tab.reload()
    card(tab).get_by_role("button", name="Acknowledge review").click()

    expect(tab.get_by_role("status").filter(has_text="Your answer is in the ledger.")).to_be_visible()
    for page in (second, other):
        answered = page.locator('[data-pile="answered"]')
        expect(answered.get_by_text("by Dana Ozola")).to_be_visible()
        expect(page.get_by_role("button", name="Acknowledge review")).to_have_count(0)
    assert desk.latest(review.file_id).state is ReviewState.ACKNOWLEDGED
    other.close()


def test_the_keyboard_alone_requests_changes(tab: Page, desk: Desk) -> None:
    desk.open(event())
    expect(card(tab)).to_be_visible()
    card(tab).get_by_text("Request changes").first.focus()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    tab.keyboard.type("Section 4 is out of date.")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")

    expect(card(tab).get_by_text("Section 4 is out of date.")).to_be_visible()
    expect(card(tab).locator(".state")).to_have_text("Changes requested")


def test_tab_alone_reaches_every_button_and_shows_where_it_is(tab: Page, desk: Desk) -> None:
    desk.open(event())
    expect(card(tab)).to_be_visible()
    reached: list[str] = []
    for _ in range(12):
        tab.keyboard.press("Tab")
        width = tab.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        text = tab.evaluate("document.activeElement.textContent.trim()")
        reached += [text] if width == "3px" else []

    wanted = ["Not you?", "Acknowledge review", "Request changes", "Open document", "More…"]
    assert [text for text in reached if text in wanted][:5] == wanted


def revise(desk: Desk, review: Review) -> None:
    """Have the document of an open review saved once more."""
    desk.portal.versions[review.file_id] += 1
    desk.open(event(file_id=review.file_id, title=review.title))


def point_at(page: Page, button: Locator) -> None:
    """Put the pointer on a button, which brings it into view."""
    button.hover()
    page.wait_for_function("document.querySelector('button.primary:hover') !== null")


def press(page: Page) -> None:
    """Press what is under the pointer now, wherever it was moved to."""
    page.mouse.down()
    page.mouse.up()


def test_a_newer_revision_is_announced_and_what_is_typed_goes_on_into_it(tab: Page, desk: Desk) -> None:
    review = desk.open(event())
    card(tab).get_by_text("Request changes").first.click()
    note = tab.get_by_label("What has to change?")
    note.fill("Section 4 is out of")
    revise(desk, review)

    expect(card(tab).get_by_text("There is a newer revision.")).to_be_visible()
    expect(tab.locator("#news")).to_have_text(
        "AML Policy 2026.docx: There is a newer revision. The buttons above answer the revision shown here."
    )
    expect(card(tab).get_by_text("Revision 2")).to_have_count(0)
    expect(note).to_be_focused()
    for _ in range(6):  # "Reassign or snooze" is the last before it
        tab.keyboard.press("Tab")
    expect(card(tab).get_by_role("button", name="Show it")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(card(tab)).to_be_focused()
    expect(card(tab).get_by_text("Revision 2")).to_be_visible()
    expect(note).to_have_value("Section 4 is out of")
    note.press("End")
    tab.keyboard.type(" date.")
    card(tab).get_by_role("button", name="Request changes").click()
    expect(card(tab).get_by_text("Section 4 is out of date.")).to_be_visible()
    assert desk.latest(review.file_id).answers[0].revision == 2


def test_the_button_under_the_pointer_answers_what_the_person_saw(tab: Page, desk: Desk) -> None:
    review = desk.open(event())
    point_at(tab, card(tab).get_by_role("button", name="Acknowledge review"))
    revise(desk, review)
    expect(card(tab).get_by_text("There is a newer revision.")).to_be_visible()
    press(tab)

    expect(tab.get_by_role("alert").first).to_contain_text("revision 1, now revision 2")
    expect(card(tab).get_by_text("Revision 2")).to_be_visible()
    assert desk.latest(review.file_id).state is ReviewState.OPEN


def test_a_note_on_what_was_revised_meanwhile_stands_in_the_fresh_form(tab: Page, desk: Desk) -> None:
    review = desk.open(event())
    card(tab).get_by_role("link", name="More…").click()
    tab.get_by_label("What has to change?").fill("Section 4 is out of date.")
    revise(desk, review)
    expect(card(tab).get_by_text("There is a newer revision.")).to_be_visible()
    card(tab).get_by_role("button", name="Request changes").click()

    expect(tab.get_by_role("alert").first).to_contain_text("now revision 2")
    expect(tab.get_by_label("What has to change?")).to_have_value("Section 4 is out of date.")
    card(tab).get_by_role("button", name="Request changes").click()
    expect(card(tab).locator(".state")).to_have_text("Changes requested")
    assert desk.latest(review.file_id).answers[0].revision == 2


def test_a_note_that_was_refused_outlives_a_revision_an_answer_and_its_withdrawal(
    tab: Page, desk: Desk
) -> None:
    review = desk.open(event())
    card(tab).get_by_role("link", name="More…").click()
    note = tab.get_by_label("What has to change?")
    note.fill("Section 4 is out of date.")
    revise(desk, review)
    expect(card(tab).get_by_text("There is a newer revision.")).to_be_visible()
    card(tab).get_by_role("button", name="Request changes").click()
    expect(tab.get_by_role("alert").first).to_contain_text("now revision 2")
    tab.mouse.move(0, 0)

    revise(desk, review)
    card(tab).get_by_role("button", name="Show it").click()
    expect(card(tab).get_by_text("Revision 3")).to_be_visible()
    expect(note).to_have_value("Section 4 is out of date.")
    tab.mouse.move(0, 0)
    answered = build_answer_request(desk.latest(review.file_id), reviewer=SAM)
    desk.answers.record_answer(answered)
    expect(card(tab).get_by_role("button", name="Request changes")).to_have_count(0)
    expect(card(tab).get_by_role("textbox")).to_have_value("Section 4 is out of date.")
    desk.answers.withdraw(ReviewRequest(review_id=review.id, person=answered.person))
    card(tab).get_by_role("button", name="Show it").click()
    expect(note).to_be_editable()
    expect(note).to_have_value("Section 4 is out of date.")


def test_a_card_stays_under_the_pointer_while_others_come_and_go(tab: Page, desk: Desk) -> None:
    first = desk.open(event())
    point_at(tab, card(tab).get_by_role("button", name="Acknowledge review"))
    above = desk.open(event(file_id="2", title="Above.docx"))
    expect(card(tab, "Above.docx")).to_have_count(1)
    tab.wait_for_function("window.scrollY > 0")
    desk.answers.record_answer(build_answer_request(above, reviewer=SAM))
    expect(tab.locator('[data-pile="answered"]').get_by_text("by Sam Ito")).to_have_count(1)
    press(tab)

    expect(tab.get_by_role("status").filter(has_text="You have reviewed")).to_be_visible()
    assert desk.latest(first.file_id).answers[0].reviewer.email == OWNER


def test_no_card_slips_under_the_pointer_where_another_was_answered(tab: Page, desk: Desk) -> None:
    below = desk.open(event(file_id="2", title="Below.docx"))
    first = desk.open(event())
    point_at(tab, card(tab).get_by_role("button", name="Acknowledge review"))
    desk.answers.record_answer(build_answer_request(first, reviewer=SAM))
    expect(tab.locator(".gap")).to_contain_text("by Sam Ito")
    press(tab)
    tab.mouse.move(0, 0)
    desk.open(event(file_id="3", title="Later.docx"))

    expect(card(tab, "Later.docx")).to_be_visible()
    expect(tab.locator(".gap")).to_have_count(0)
    assert desk.latest(below.file_id).state is ReviewState.OPEN


def test_what_someone_is_typing_stays_when_newer_cards_push_it_off_the_page(tab: Page, desk: Desk) -> None:
    review = desk.open(event())
    card(tab).get_by_text("Request changes").first.click()
    tab.get_by_label("What has to change?").fill("Section 4 is out of date.")
    for number in range(PAGE_SIZE):
        desk.open(event(file_id=f"{number}", title=f"{number}.docx"))

    expect(card(tab).get_by_text("This review is no longer on this page.")).to_be_visible()
    card(tab).get_by_role("button", name="Request changes").click()
    tab.get_by_role("status").filter(has_text="You have requested changes").wait_for(state="attached")
    assert desk.latest(review.file_id).answers[0].note == "Section 4 is out of date."


def test_what_someone_was_typing_is_kept_when_another_was_first(tab: Page, desk: Desk) -> None:
    review = desk.open(event())
    card(tab).get_by_text("Request changes").first.click()
    tab.get_by_label("What has to change?").fill("Section 4 is out of date.")
    desk.answers.record_answer(build_answer_request(review, reviewer=SAM))

    note_field = tab.locator('[data-pile="answered"] textarea')
    expect(note_field).to_have_value("Section 4 is out of date.")
    assert not note_field.is_editable()


def test_the_page_of_a_review_follows_it_too(tab: Page, desk: Desk) -> None:
    review = desk.open(event())
    card(tab).get_by_role("link", name="More…").click()
    tab.wait_for_url("**/inbox/reviews/*")
    desk.answers.record_answer(
        build_answer_request(review, decision=Decision.REQUEST_CHANGES, reviewer=SAM, note="Not so.")
    )

    expect(tab.get_by_role("heading", name="History")).to_be_visible()
    expect(tab.locator(".history")).to_contain_text("Sam Ito requested changes to revision 1.")
    expect(tab.get_by_role("button", name="Acknowledge review")).to_have_count(0)


def test_someone_who_is_signed_out_meanwhile_is_told_so(tab: Page, desk: Desk) -> None:
    desk.open(event())
    expect(card(tab)).to_be_visible()
    tab.context.clear_cookies()
    desk.open(event(file_id="2", title="Another.docx"))

    expect(tab.get_by_role("alert")).to_contain_text("You are signed out.")


def test_where_another_tab_is_another_persons_by_now_the_first_shows_nothing_of_theirs(
    tab: Page, at: InboxApplication, address: str, desk: Desk
) -> None:
    desk.open(event())
    expect(card(tab)).to_be_visible()
    second = tab.context.new_page()
    second.goto(address + at.stand_ins.build_path(DEPUTY))
    desk.open(event(file_id="2", title="Another.docx"))

    expect(card(second, "Another.docx")).to_be_visible()
    expect(tab.get_by_role("alert")).to_contain_text("You are signed out.")
    expect(card(tab, "Another.docx")).to_have_count(0)


@pytest.mark.parametrize(
    ("locale", "times"),
    [
        ("en-GB", "09 Mar 2026, 14:05 UTC 09 Mar 2026, 16:05 EET"),
        ("de-DE", "9. März 2026, 14:05 Uhr UTC 9. März 2026, 16:05 Uhr OEZ"),
    ],
)
def test_times_are_in_the_readers_zone_and_written_as_on_every_page(
    browser: Browser, at: InboxApplication, address: str, desk: Desk, locale: str, times: str
) -> None:
    desk.open(event())
    context = browser.new_context(locale=locale, timezone_id="Europe/Riga")
    page = context.new_page()
    page.goto(address + at.stand_ins.build_path(OWNER))
    time = page.locator("time[title]").first

    # Browsers name a zone by its letters or by its distance.
    shown = f"{time.get_attribute('title')} {time.text_content()}".replace("GMT+2", "EET")
    context.close()
    assert shown == times


@pytest.mark.parametrize("email", [OWNER, STRANGER])
def test_it_works_without_script_in_any_look(
    page: Page, at: InboxApplication, address: str, desk: Desk, email: str
) -> None:
    desk.portal.titles["3358285"] = LONG
    desk.open(event(title=LONG))
    page.goto(f"{address}/inbox")
    wide = list_too_wide(page)
    page.goto(address + at.stand_ins.build_path(email))
    wide += list_too_wide(page)
    if email == OWNER:
        page.get_by_text("Request changes").first.click()
        page.get_by_label("What has to change?").fill("Section 4 is out of date.")
        page.get_by_role("button", name="Request changes").click()
        page.get_by_text("Section 4 is out of date.").wait_for()
        wide += list_too_wide(page)
        page.get_by_role("link", name="More…").click()
        page.get_by_role("heading", name="History").wait_for()
        wide += list_too_wide(page)

    assert wide == []


def test_a_page_that_updates_itself_is_not_opened_anew(tab: Page, address: str, desk: Desk) -> None:
    before = desk.open(event())
    tab.goto(f"{address}/inbox/reviews/{before.id}")
    desk.portal.versions[before.file_id] = 9
    after = desk.open(event(event_id="2", delivery_key="d2", semantic_key="s2"))

    expect(tab.locator(".newer")).to_be_visible()

    dana = make_proven_person(Reviewer(name="Dana Ozola", email=OWNER))
    assert after.revision == 2
    assert [list_opened(desk, each, dana) for each in (before, after)] == [{OpenedItem.PAGE}, set()]
