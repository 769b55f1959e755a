"""What acknowledging means, on the pages: what is shown above the button is what is recorded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from notifiers.mail.message import render_html, render_text
from reviews.cards.card_context import CardContext
from reviews.cards.card_drawing import draw_card
from reviews.language import use_language
from reviews.model import STATEMENT
from tests.databases import ON_SQLITE
from tests.language.drawings import read_html
from tests.pages.visitor import ADDRESS, ReviewPageVisitor
from tests.reviews.meanings import KNOWN_BYTES
from tests.reviews.samples import LINK, answered_review, event, review, routes

if TYPE_CHECKING:
    from tests.pages.inboxes import InboxVisitor
    from tests.reviews.desk import Desk

TEXTS = {"en": STATEMENT, "de": "Ich habe diese Version geprüft."}
ADDRESS_OF_PAGE = "https://review.example.com/ack/x"
_LANGUAGE = re.compile(r'name="language" value="([^"]*)"')


def list_rows(page: str) -> dict[str, str]:
    """Return what the page shows as recorded with the statement."""
    [facts] = re.findall(r'<dl class="meaning">(.*?)</dl>', page, re.DOTALL)
    rows = re.findall(r"<dt>(.*?)</dt><dd>(?:<code>)?(.*?)(?:</code>)?</dd>", facts)
    return dict(rows)


def read_form(visitor: ReviewPageVisitor, path: str, language: str) -> str:
    """Return the page in a language; the visitor has its token afterwards."""
    page = visitor.client.get(path, base_url=ADDRESS, headers={"Accept-Language": language}).text
    visitor.form_token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    return page


def send(visitor: ReviewPageVisitor, path: str, **form: str) -> dict[str, Any]:
    """Acknowledge in a browser that prefers English; return the entry."""
    sent = {"csrf_token": visitor.form_token, "decision": "acknowledge", **form}
    visitor.client.post(path, base_url=ADDRESS, headers={"Accept-Language": "en"}, data=sent)
    entry = visitor.desk.entries()[-1]
    assert entry["type"] == "review:acknowledged"
    return entry


@ON_SQLITE
@pytest.mark.parametrize("language", TEXTS)
def test_the_acknowledge_page_records_the_very_text_that_it_showed(
    visitor: ReviewPageVisitor, language: str
) -> None:
    path = visitor.open()
    page = read_form(visitor, path, language)

    entry = send(visitor, path, language=_LANGUAGE.findall(page)[0])

    agreed = entry["agreed"]
    assert (agreed["language"], agreed["text"]) == (language, TEXTS[language])
    assert f"<legend>{agreed['text']}</legend>" in page
    assert visitor.desk.verdict().intact


@ON_SQLITE
def test_the_facts_above_the_button_are_those_of_the_entry(visitor: ReviewPageVisitor) -> None:
    path = visitor.open()
    rows = list_rows(read_form(visitor, path, "en"))

    entry = send(visitor, path, language="en")

    assert (rows["Version"], rows["Revision"]) == (str(entry["version"]), str(entry["revision"]))
    assert rows["SHA-256"] == "Not known yet: the document has not been read."
    assert entry["not_read"] == "not_yet"
    assert '<time datetime="2026-03-09T' in rows["Modified"]
    assert "updated" in entry


@ON_SQLITE
@pytest.mark.parametrize(
    ("form", "language"),
    [({"language": "fr"}, "de"), ({"language": "<script>"}, "de"), ({"language": ""}, "en"), ({}, "en")],
    ids=str,
)
def test_a_language_that_is_none_of_ours_counts_as_that_of_the_route_and_none_as_that_of_the_browser(
    desk: Desk, form: dict[str, str], language: str
) -> None:
    desk.follow(routes(language="de", **LINK))
    visitor = ReviewPageVisitor(desk)
    path = visitor.open()
    read_form(visitor, path, "en")

    assert send(visitor, path, **form)["agreed"]["language"] == language


@ON_SQLITE
@pytest.mark.parametrize("is_list", [True, False], ids=["list", "review"])
def test_the_inbox_records_the_very_text_that_it_showed(
    desk: Desk, owner: InboxVisitor, *, is_list: bool
) -> None:
    opened = desk.open(event())
    address = "/inbox" if is_list else f"/inbox/reviews/{opened.id}"
    page = owner.get(address, headers={"Accept-Language": "de"}).text

    owner.answer(opened, "acknowledge", language=_LANGUAGE.findall(page)[0])

    agreed = desk.entries()[-1]["agreed"]
    assert (agreed["language"], agreed["text"]) == ("de", TEXTS["de"])
    assert f">{agreed['text']}<" in page
    assert list_rows(page)["Version"] == str(desk.entries()[-1]["version"])


@pytest.mark.parametrize("language", TEXTS)
def test_a_mail_says_what_the_button_on_its_page_means(language: str) -> None:
    with use_language(language):
        card = draw_card(review(), CardContext(reviewed_bytes=KNOWN_BYTES))
        parts = (render_text(card, ADDRESS_OF_PAGE), " ".join(read_html(render_html(card, ADDRESS_OF_PAGE))))
        answered = draw_card(answered_review(), CardContext(reviewed_bytes=KNOWN_BYTES))
        later = (render_text(answered, ADDRESS_OF_PAGE), render_html(answered, ADDRESS_OF_PAGE))

    for part in parts:
        assert TEXTS[language] in part
        assert str(KNOWN_BYTES.sha256) in part
    for part in later:
        assert str(KNOWN_BYTES.sha256) not in part
