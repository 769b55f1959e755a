"""Draws every picture of docs/pictures, light and dark: `./dev pictures`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader

from bot.slack.changes_view import MODAL_PAGE_SIZE, draw_changes_modal
from notifiers.shared.adaptive_card import Owner
from notifiers.shared.notice_card import draw_notice_card
from notifiers.slack import blocks
from notifiers.slack.notices import draw_notice_message as draw_slack_notice
from notifiers.teams_bot import card as teams_card
from pictures import campaign_messages, slack, teams
from pictures.campaigns import RUNNING_ID
from pictures.chromium import chromium
from pictures.differences import COMPARED, COMPARISON, PARTS, SUMMARY
from pictures.fonts import faces
from pictures.pages import acknowledge_pages
from pictures.sample import IN_OTHER_STATES, MANY, OPEN, OWNER, PEOPLE, REVIEWED, SAVED
from reviews.answers.change_pages import ChangesPage
from reviews.cards.card_context import CardContext
from reviews.cards.card_drawing import add_page, draw_card
from reviews.comparisons.change_rows import draw_row
from reviews.comparisons.reviewed_bytes import find_reviewed_bytes
from reviews.wording.comparison_sentences import describe_summary

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from reviews.cards.card import Card
    from reviews.model import Review
    from reviews.notice import Notice

HERE = Path(__file__).parent
PICTURES = HERE.parent / "docs/pictures"
DRAWN = PICTURES / "drawn.json"
"""The digests of the cards when their pictures were drawn."""
SCHEMES = {"light": "", "dark": "-dark"}
SHARP = 2  # pixels of the picture for each of the page's
CARD_WIDE, PAGE_WIDE, WIDE, NARROW = 640, 720, 960, 380
SHOWN_NOTICES = ("campaign", "campaign-request")
TALLEST = 700  # of a list of a hundred files, and of a long page, its beginning
# A page takes the font of the machine that shows it, which may have none worth a picture.
_FONT = "body, button, input, textarea { font-family: 'Source Sans Pro' !important }"
AT_NIGHT = CardContext(now=SAVED + timedelta(hours=12))
"""When some of the sample's deadlines have passed."""
_TEMPLATES = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)


@dataclass(frozen=True, kw_only=True)
class _Subject:
    """What a picture is drawn of: a card's page as it is, or the address of one of ours, or a part of it.

    With `cookie` it is seen by the person who has it.
    """

    html: str = ""
    address: str = ""
    width: int = PAGE_WIDE
    locale: str = "en-GB"
    selector: str = ""
    height: int = TALLEST
    sharp: int = SHARP
    cookie: str = ""


def _draw_card(review: Review) -> Card:
    return draw_card(review, CardContext(reviewed_bytes=find_reviewed_bytes(review, None)))


def slack_page(*cards: Card) -> str:
    """Return the cards as Slack shows them, one below the other."""
    drawn = [slack.blocks(blocks.draw_card_message(card, ["<@U0OLGA>"]), PEOPLE) for card in cards]
    return _TEMPLATES.get_template("slack.html").render(messages=drawn, at=f"{SAVED:%-I:%M %p}")


def slack_modal_page(page: ChangesPage) -> str:
    """Return the modal *What changed* as Slack shows it."""
    html = slack.modal(draw_changes_modal(page, is_over_menu=False, is_newer=False))
    return _TEMPLATES.get_template("slack_modal.html").render(modal=html)


def teams_page(card: Card) -> str:
    """Return the card as Teams shows it, with the bot's buttons."""
    olga = Owner(name="Olga Owner", mention=OWNER)
    html = teams.card(teams_card.draw_review_card(card, {OWNER: olga}))
    return _TEMPLATES.get_template("teams.html").render(card=html, at=f"{SAVED:%-I:%M %p}")


def slack_notice_page(notice: Notice) -> str:
    """Return a notice as Slack shows it."""
    html = slack.blocks(draw_slack_notice(notice, []), PEOPLE)
    return _TEMPLATES.get_template("slack.html").render(messages=[html], at=f"{notice.at:%-I:%M %p}")


def teams_notice_page(notice: Notice) -> str:
    """Return a notice as Teams shows it."""
    html = teams.card(draw_notice_card(notice))
    return _TEMPLATES.get_template("teams.html").render(card=html, at=f"{notice.at:%-I:%M %p}")


def cards() -> dict[str, str]:
    """Return the pages of the cards by the names of their pictures, without fonts."""
    waiting, reviewed, many, compared = map(_draw_card, (OPEN, REVIEWED, MANY, COMPARED))
    many = add_page(many, lambda _card: "https://reviews.acme.example/ack/…#files")
    compared = add_page(compared, lambda _card: "https://reviews.acme.example/ack/…#changes")
    differences = ChangesPage(
        card=compared,
        summary=describe_summary(SUMMARY),
        before=COMPARISON.before,
        rows=tuple(draw_row(number, part) for number, part in enumerate(PARTS[:MODAL_PAGE_SIZE], 1)),
        total=len(PARTS),
    )
    return {
        "slack": slack_page(waiting),
        "slack-reviewed": slack_page(reviewed),
        "slack-states": slack_page(*(draw_card(review, AT_NIGHT) for review in IN_OTHER_STATES)),
        "slack-many": slack_page(many),
        "slack-changes": slack_page(compared),
        "slack-differences": slack_modal_page(differences),
        **{f"slack-{name}": slack_notice_page(campaign_messages.NOTICES[name]) for name in SHOWN_NOTICES},
        "teams": teams_page(waiting),
        "teams-reviewed": teams_page(reviewed),
        "teams-many": teams_page(many),
        "teams-changes": teams_page(compared),
        **{f"teams-{name}": teams_notice_page(campaign_messages.NOTICES[name]) for name in SHOWN_NOTICES},
    }


def digests() -> dict[str, str]:
    """Return what tells whether a card has changed since its picture was drawn."""
    return {name: hashlib.sha256(page.encode()).hexdigest() for name, page in cards().items()}


def draw(folder: Path) -> list[Path]:
    """Draw all pictures into a folder, and return them."""
    with chromium() as browser:
        return [*_cards(browser, folder), *_pages(browser, folder)]


def _cards(browser: Browser, folder: Path) -> list[Path]:
    fonts = {"slack": faces("Lato"), "teams": faces("Source Sans Pro")}
    pages = {
        name: f"<!doctype html><style>{fonts[name.partition('-')[0]]}</style>{page}"
        for name, page in cards().items()
    }
    return [
        _take_picture(
            browser,
            folder / f"{name}{ending}.png",
            scheme,
            # Of several cards a sharp picture would be too large.
            _Subject(html=page, width=CARD_WIDE, sharp=1 if name == "slack-states" else SHARP),
        )
        for name, page in pages.items()
        for scheme, ending in SCHEMES.items()
    ]


def _pages(browser: Browser, folder: Path) -> list[Path]:
    with acknowledge_pages(with_campaign=True) as served:
        addresses = served.addresses
        campaigns = f"{served.here}/campaigns"
        subjects = {
            "acknowledge": _Subject(address=addresses[OPEN.id]),
            "files": _Subject(address=addresses[MANY.id], selector="#files"),
            "files-narrow": _Subject(
                address=addresses[MANY.id], selector="#files", width=NARROW, locale="de-DE"
            ),
            "changes": _Subject(address=addresses[COMPARED.id], selector="#changes", cookie=served.cookie),
            "changes-narrow": _Subject(
                address=addresses[COMPARED.id],
                selector="#changes",
                width=NARROW,
                locale="de-DE",
                cookie=served.cookie,
            ),
            "campaigns": _Subject(address=campaigns, width=WIDE, cookie=served.cookie),
            "campaign": _Subject(
                address=f"{campaigns}/{RUNNING_ID}", selector="body", width=WIDE, cookie=served.cookie
            ),
            "campaign-people": _Subject(
                address=f"{campaigns}/{RUNNING_ID}",
                selector=".sieve-line",
                height=620,
                cookie=served.cookie,
            ),
            "campaign-asked": _Subject(
                address=f"{campaigns}/{RUNNING_ID}",
                selector="body",
                width=NARROW,
                cookie=served.reader_cookie,
            ),
        }
        return [
            _take_picture(browser, folder / f"{name}{ending}.png", scheme, subject)
            for name, subject in subjects.items()
            for scheme, ending in SCHEMES.items()
        ]


def _take_picture(browser: Browser, file: Path, scheme: str, subject: _Subject) -> Path:
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light",
        device_scale_factor=subject.sharp,
        viewport={"width": subject.width, "height": 100},
        locale=subject.locale,
        timezone_id="UTC",
        bypass_csp=True,
    )
    if subject.cookie:
        context.add_cookies([{"name": "docspace-review", "value": subject.cookie, "url": subject.address}])
    page = context.new_page()
    if subject.html:
        page.set_content(subject.html)
    else:
        page.goto(subject.address)
        page.add_style_tag(content=faces("Source Sans Pro") + _FONT)
    page.evaluate("document.fonts.ready")
    top = page.locator(subject.selector).bounding_box() if subject.selector else None
    clip: Any = top and {"x": 0, "y": top["y"], "width": subject.width, "height": subject.height}
    page.screenshot(path=file, full_page=True, clip=clip)
    context.close()
    return file


if __name__ == "__main__":
    DRAWN.write_text(json.dumps(digests(), indent=2) + "\n")
    for drawing in draw(PICTURES):
        print(f"{drawing.relative_to(HERE.parent)}  {drawing.stat().st_size / 1000:.0f} kB")
