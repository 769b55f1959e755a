"""`/document/<token>`: opens the document of a review, and records that for a person who is signed in.

The token selects a review at the revision of the page that it is on. It leads to the link of that review, to
no other address, and opens no page of ours.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, url_for
from werkzeug.urls import iri_to_uri

from pages import page_language, proven_identity
from pages.headers import add_safe_headers
from pages.links import BadLink
from pages.openings import record_items
from pages.sentence_page import draw_sentence_page
from reviews.errors import Refused
from reviews.identity import UNPROVEN_PERSON
from reviews.language import _
from reviews.opening import OpenedItem
from reviews.text import sanitize_link

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from pages.links import Links
    from reviews.answers.answers import Answers
    from reviews.answers.openings import Openings
    from reviews.cards.card import Card

ENDPOINT = "documents.open_document"


def build_document_links(answers: Answers, links: Links, openings: Openings) -> Blueprint:
    """Return the blueprint; the application must have sessions (`pages.browser`)."""
    blueprint = Blueprint("documents", __name__, template_folder="templates")
    page_language.set_up_language(blueprint)

    @blueprint.get("/document/<token>")
    def open_document(token: str) -> AnyResponse:
        selected = links.read_document_token(token)
        review = answers.get_review(selected.review_id)
        person = proven_identity.get_proven_person(
            now=answers.clock(), lifetime=proven_identity.READING_LIFETIME
        )
        visible = answers.redact_for_reader(review, person or UNPROVEN_PERSON)
        response = _lead_to(visible.link)
        if response is None:
            return _draw_refusal()
        if selected.revision == review.revision:
            record_items(openings, visible, person, OpenedItem.DOCUMENT)
        return response

    @blueprint.errorhandler(BadLink)
    @blueprint.errorhandler(Refused)
    def refuse(_error: Exception) -> AnyResponse:
        return _draw_refusal()

    return blueprint


def make_document_address(links: Links, card: Card) -> str:
    """Return the address at which we open a card's document; empty if the card has no link."""
    return url_for(ENDPOINT, token=links.make_document_token(card)) if card.link else ""


def _lead_to(link: str | None) -> AnyResponse | None:
    """Return the response; `None` where no header can have the address, such as one with too long a host."""
    address = sanitize_link(link)
    if address is None:
        return None
    try:
        location = iri_to_uri(address)
    except ValueError:
        return None
    return add_safe_headers(redirect(location, HTTPStatus.SEE_OTHER))


def _draw_refusal() -> AnyResponse:
    sentence = _("This link leads to no document any more. Open the newest card of the document.")
    return draw_sentence_page(sentence, HTTPStatus.NOT_FOUND)
