"""The differences of a document as people meet them: on a phone, in the dark, without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from pictures.differences import COMPARED, PARTS
from pictures.pages import acknowledge_pages
from tests.browser.looks import SCHEMES, list_too_wide, needed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from pictures.pages import ServedPages

NARROWEST = 320
LEGIBLE = 4.5  # WCAG 2.2, AA
_CONTRASTS = """() => {
    const light = colour => {
        const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(each => each / 255)
            .map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
    };
    return [...document.querySelectorAll('.change ins, .change del, .change .kind')].map(each => {
        const look = getComputedStyle(each);
        const [dark, bright] = [light(look.color), light(look.backgroundColor)].sort((a, b) => a - b);
        return (bright + 0.05) / (dark + 0.05);
    });
}"""


@pytest.fixture(scope="module")
def served() -> Iterator[ServedPages]:
    with acknowledge_pages(with_inbox=True) as pages:
        yield pages


@pytest.fixture(params=["acknowledge page", "/inbox/reviews/", "/reviews/"])
def address(request: pytest.FixtureRequest, served: ServedPages) -> str:
    if request.param.startswith("/"):
        return f"{served.here}{request.param}{COMPARED.id}"
    return served.addresses[COMPARED.id]


@pytest.fixture
def owner(browser: Browser, served: ServedPages) -> Iterator[Page]:
    """Yield the owner's page, without JavaScript."""
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([{"name": "docspace-review", "value": served.cookie, "url": served.here}])
    yield context.new_page()
    context.close()


def test_no_difference_makes_the_page_too_wide(owner: Page, address: str) -> None:
    owner.goto(address)
    owner.get_by_text("Places", exact=True).click()

    assert owner.locator(".change").count() == len(PARTS)
    assert list_too_wide(owner) == []
    owner.set_viewport_size({"width": NARROWEST, "height": 640})
    assert needed(owner) == NARROWEST


def test_both_sides_stand_beside_each_other_where_there_is_room(owner: Page, address: str) -> None:
    owner.goto(address)
    before, after = owner.locator("#change-1 .before"), owner.locator("#change-1 .after")

    for width, beside in ((900, True), (360, False)):
        owner.set_viewport_size({"width": width, "height": 800})
        boxes = before.bounding_box(), after.bounding_box()
        assert boxes[0] is not None
        assert boxes[1] is not None
        assert (boxes[0]["y"] == boxes[1]["y"]) is beside
        assert (boxes[0]["x"] == boxes[1]["x"]) is not beside


def test_a_place_leads_to_its_difference_and_the_keyboard_goes_on_there(owner: Page, address: str) -> None:
    owner.set_viewport_size({"width": 360, "height": 640})
    owner.goto(address)
    places = owner.get_by_role("navigation", name="Places")
    places.locator("summary").focus()
    owner.keyboard.press("Enter")
    places.get_by_role("link", name="Slide 4, title").focus()
    owner.keyboard.press("Enter")

    target = owner.locator("article:target")
    expect(target).to_be_in_viewport()
    expect(target).to_have_accessible_name("Changed Slide 4, title")
    expect(target).to_be_focused()
    assert target.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"


def test_what_changed_is_told_without_colour(owner: Page, address: str) -> None:
    owner.goto(address)
    first = owner.locator("#change-1")

    expect(first.get_by_role("heading", level=3)).to_have_text("Changed 3.2 Thresholds amounts, dates")
    expect(first.get_by_text("Before:")).to_have_count(1)
    expect(first.get_by_text("After:")).to_have_count(1)
    expect(first.locator("del").first).to_have_css("text-decoration-line", "line-through")
    expect(first.locator("ins").first).to_have_css("text-decoration-line", "underline")
    expect(owner.get_by_text("Compared with version 3 of 13 Feb 2026")).to_be_visible()


def test_its_colours_are_legible_by_day_and_by_night(owner: Page, address: str) -> None:
    owner.goto(address)

    for scheme in SCHEMES:
        owner.emulate_media(color_scheme=scheme)
        assert min(owner.evaluate(_CONTRASTS)) >= LEGIBLE


def test_a_card_in_the_inbox_leads_to_the_differences(owner: Page, served: ServedPages) -> None:
    owner.goto(f"{served.here}/inbox")
    wide = list_too_wide(owner)
    owner.get_by_role("link", name="Show the differences").click()

    expect(owner.get_by_role("heading", name="What changed")).to_be_in_viewport()
    assert wide == []


def test_a_stranger_is_led_to_where_they_confirm_who_they_are(page: Page, served: ServedPages) -> None:
    page.goto(f"{served.addresses[COMPARED.id]}#changes")
    page.get_by_role("link", name="Confirm who you are to see the differences.").click()

    expect(page.get_by_role("heading", name="Confirm who you are to answer")).to_be_in_viewport()
    expect(page.locator(".change")).to_have_count(0)
