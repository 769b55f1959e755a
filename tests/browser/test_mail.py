"""The HTML part of a mail as people meet it: on a phone, in the dark, with names of any length."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notifiers.mail.message import render_html
from reviews.cards.card_drawing import draw_card
from reviews.identity import Person
from reviews.kinds import ChangeKind, Decision
from reviews.tree import FolderContents
from tests.browser.looks import looks, needed
from tests.notifiers.surroundings import LINK
from tests.reviews.samples import START, answered_review, review

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from reviews.model import Review

GROUND = {"light": "rgb(245, 246, 248)", "dark": "rgb(20, 23, 28)"}
TITLE = "A_very_long_name_without_any_space_" * 4 + "<b>policy</b>.docx"
REVIEWS = {
    "open": review(due_at=START),
    "answered": answered_review(),
    "needs changes": answered_review(
        Decision.REQUEST_CHANGES, note="Section 4\n" + "w" * 300, own_change=True
    ),
    "a folder": review(
        kind=ChangeKind.MOVED_OUT,
        title="Contracts",
        contents=FolderContents(count=31, titles=tuple(f"Contract {number}.docx" for number in range(25))),
    ),
    "hostile": review(title=TITLE, path="deep / " * 80, contributors=(Person(id="x", name="n" * 300),)),
}


@pytest.mark.parametrize("reviewed", REVIEWS.values(), ids=REVIEWS.keys())
def test_a_mail_fits_any_screen_in_the_reader_s_own_colours(browser: Browser, reviewed: Review) -> None:
    page = browser.new_page()
    page.set_content(render_html(draw_card(reviewed), LINK))

    for scheme, width in looks(page):
        assert needed(page) == width
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == GROUND[scheme]
    assert page.get_by_role("heading").inner_text() == draw_card(reviewed).title
    assert page.get_by_role("link", name="Acknowledge review").count() == (0 if reviewed.answers else 1)
    page.close()


def test_a_folder_names_its_first_files_and_counts_the_others(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(render_html(draw_card(REVIEWS["a folder"]), LINK))

    row = page.get_by_role("row", name="Files").inner_text()
    assert "Contract 9.docx" in row
    assert "Contract 10.docx" not in row
    assert row.endswith("and 21 more")
    page.close()
