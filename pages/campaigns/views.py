"""`/campaigns`: the list, one campaign with who has read what, and its rows as a spreadsheet.

GET shows, POST acknowledges one document for the person who is signed in.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, Response, flash, redirect, request, stream_with_context, url_for
from flask_wtf.csrf import CSRFError

from pages import browser, page_language, proven_identity
from pages.acknowledge import choose_status
from pages.campaigns.campaign_page import (
    FLASHED,
    ask_visitor,
    draw_campaign,
    draw_list,
    draw_unknown,
    make_campaign_address,
)
from pages.campaigns.spreadsheet import write_spreadsheet
from pages.headers import add_safe_headers
from pages.history.visitor import forget_wanted, get_visitor
from reviews.answers.answers import make_answer_request
from reviews.errors import Refused
from reviews.kinds import Decision
from reviews.language import _, gettext_noop
from reviews.review_request import ReviewRequest
from reviews.wording.placeholders import format_title

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from pages.campaigns.campaign_page import CampaignServices

OLD_FORM = gettext_noop(
    "Nothing was recorded: the page was open for too long, or your browser stores no cookies for it. "
    "Try again."
)

log = structlog.get_logger()


def build_campaign_pages(services: CampaignServices) -> Blueprint:
    """Return the blueprint; the application must have sessions and the history page, where people sign in."""
    blueprint = Blueprint("campaigns", __name__, template_folder="templates")
    page_language.set_up_language(blueprint)
    browser.protect_forms(blueprint)
    _add_list(blueprint, services)
    _add_campaign(blueprint, services)
    _add_export(blueprint, services)
    _add_answer(blueprint, services)

    @blueprint.errorhandler(CSRFError)
    def old_form(_error: CSRFError) -> AnyResponse:
        campaign_id = (request.view_args or {}).get("campaign_id", "")
        visitor = get_visitor(services.pages.clock())
        if visitor is None:
            return ask_visitor(services, _(OLD_FORM), HTTPStatus.BAD_REQUEST)
        return draw_campaign(
            services, campaign_id, visitor, sentence=_(OLD_FORM), status=HTTPStatus.BAD_REQUEST
        )

    return blueprint


def _add_list(blueprint: Blueprint, services: CampaignServices) -> None:
    @blueprint.get("/campaigns")
    def list_campaigns() -> AnyResponse:
        visitor = get_visitor(services.pages.clock())
        return draw_list(services, visitor) if visitor else ask_visitor(services)


def _add_campaign(blueprint: Blueprint, services: CampaignServices) -> None:
    @blueprint.get("/campaigns/<campaign_id>")
    def show_campaign(campaign_id: str) -> AnyResponse:
        visitor = get_visitor(services.pages.clock())
        if visitor is None:
            return ask_visitor(services)
        forget_wanted()
        return draw_campaign(services, campaign_id, visitor)


def _add_export(blueprint: Blueprint, services: CampaignServices) -> None:
    @blueprint.get("/campaigns/<campaign_id>/acknowledgements.csv")
    def export_csv(campaign_id: str) -> AnyResponse:
        visitor = get_visitor(services.pages.clock())
        if visitor is None:
            return ask_visitor(services)
        view = services.pages.find(campaign_id, visitor)
        if view is None or not view.line.sees_all:
            return draw_unknown(visitor)
        rows = services.pages.iterate_rows(view.campaign)
        response = Response(stream_with_context(write_spreadsheet(rows)), mimetype="text/csv")
        response.headers.set("Content-Disposition", "attachment", filename=f"campaign-{view.campaign.id}.csv")
        return add_safe_headers(response)


def _add_answer(blueprint: Blueprint, services: CampaignServices) -> None:
    @blueprint.post("/campaigns/<campaign_id>/documents/<review_id>")
    def acknowledge(campaign_id: str, review_id: str) -> AnyResponse:
        person = proven_identity.get_proven_person(now=services.pages.clock())
        if person is None:
            return ask_visitor(services, _(proven_identity.PROVE_AGAIN))
        review = services.pages.find_review(campaign_id, review_id, person)
        if review is None:
            return draw_unknown(person)
        answer_request = make_answer_request(
            ReviewRequest(review_id=review_id, person=person),
            revision=request.form.get("revision", 0, type=int),
            decision=Decision.ACKNOWLEDGE,
            language=page_language.read_shown_language(),
        )
        try:
            services.answers.record_answer(answer_request)
        except Refused as refusal:
            log.info("campaign_answer_refused", review_id=review_id, reason=refusal.reason)
            return draw_campaign(
                services, campaign_id, person, sentence=refusal.sentence, status=choose_status(refusal)
            )
        sentence = _("You have acknowledged {title}. Your answer is in the ledger.")
        flash(sentence.format(title=format_title(review.title)), FLASHED)
        return add_safe_headers(redirect(make_campaign_address(campaign_id), HTTPStatus.SEE_OTHER))

    @blueprint.get("/campaigns/<campaign_id>/documents/<review_id>")
    def return_to_campaign(campaign_id: str, review_id: str) -> AnyResponse:  # noqa: ARG001 - of the address
        """Redirect a browser that reopens a form's address to the page itself."""
        address = url_for("campaigns.show_campaign", campaign_id=campaign_id)
        return add_safe_headers(redirect(address, HTTPStatus.SEE_OTHER))
