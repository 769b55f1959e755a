"""The acknowledge page: GET shows, however often a scanner fetches it; POST acts."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from flask import Blueprint, g, redirect, request
from flask_wtf.csrf import CSRFError

from pages import browser, mailed_codes, page_language, proven_identity
from pages.file_table import flash_taken_out, return_address
from pages.links import BadLink
from pages.review_visit import MAX_NAME_LENGTH, ProofMethods, ReviewVisit, VisitLoader
from pages.sentence_page import draw_sentence_page
from reviews.answers.answers import AnswerRequest
from reviews.errors import RefusalReason, Refused
from reviews.kinds import Decision
from reviews.language import _, gettext_noop
from reviews.people.identification import make_link_holder
from reviews.review_request import ReviewRequest
from reviews.text import plain, strip_unstorable

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from pages.links import Links
    from reviews.answers.answers import Answers
    from reviews.bulk_reviews.taking_out import TakeOut
    from reviews.people.mailed_codes import MailedCodes

OLD_FORM = gettext_noop(
    "Nothing was recorded: the page was open for too long, or your browser stores no cookies "
    "for it. Your text is still here. Try again."
)
PROVE_FIRST = gettext_noop("Nothing was recorded: confirm who you are first. Your text is kept below.")

log = structlog.get_logger()

_STATUS_BY_REASON = {
    RefusalReason.UNKNOWN: HTTPStatus.NOT_FOUND,
    RefusalReason.ALREADY_ANSWERED: HTTPStatus.CONFLICT,
    RefusalReason.STALE: HTTPStatus.CONFLICT,
    RefusalReason.NOTE_NEEDED: HTTPStatus.UNPROCESSABLE_ENTITY,
    RefusalReason.NOTE_TOO_LONG: HTTPStatus.UNPROCESSABLE_ENTITY,
}


def acknowledge_page(
    answers: Answers,
    links: Links,
    *,
    codes: MailedCodes | None = None,
    sign_in: bool = False,
    taking_out: TakeOut | None = None,
) -> Blueprint:
    """Return the blueprint of `/ack/<token>`; the application keeps sessions (`pages.browser`).

    People prove who they are by a mailed code where `codes` are given, and by the sign-in of
    `pages.sign_in` where there is one. With `taking_out`, single files can be taken out of bulk reviews.
    """
    ways = ProofMethods(sign_in=sign_in, codes=codes is not None)
    blueprint = Blueprint(
        "pages",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/static/pages",
    )

    page_language.set_up_language(blueprint)
    door = VisitLoader(answers=answers, links=links, ways=ways, can_take_out=taking_out is not None)
    _add_request_checks(blueprint, door)
    _add_answers(blueprint, answers)
    if taking_out is not None:
        _add_take_out(blueprint, answers, taking_out)
    _add_error_pages(blueprint)
    if codes is not None:
        mailed_codes.add_code_forms(blueprint, codes, get_current_visit)
    return blueprint


def _add_request_checks(blueprint: Blueprint, door: VisitLoader) -> None:
    """Look at what the link selects, and at the form's token, before anything else is done."""

    @blueprint.url_value_preprocessor
    def arrive(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values and "token" in values:
            g.visit = door.load_visit(values.pop("token"))

    browser.protect_forms(blueprint)


def _add_answers(blueprint: Blueprint, answers: Answers) -> None:
    @blueprint.get("/ack/<token>")
    def show() -> AnyResponse:
        return get_current_visit().draw_page()

    @blueprint.post("/ack/<token>")
    def act() -> AnyResponse:
        came = get_current_visit()
        try:
            decision = Decision(request.form.get("decision", ""))
        except ValueError:
            return came.draw_answered_page(_("Choose one of the two buttons."), HTTPStatus.BAD_REQUEST)
        if came.asks_for_proof:
            return came.draw_answered_page(_(PROVE_FIRST), HTTPStatus.UNAUTHORIZED)
        attempt = _attempt(came, decision)
        try:
            answers.record_answer(attempt)
        except Refused as refusal:
            log.info("page_answer_refused", review_id=attempt.review_id, reason=refusal.reason)
            now = replace(came, review=answers.get_review(attempt.review_id))
            said = "" if now.stale else refusal.sentence
            return now.draw_answered_page(said, choose_status(refusal))
        return came.redirect_to_page()

    @blueprint.get("/ack/<token>/not-me")
    def back() -> AnyResponse:
        """Lead a browser that opens a form's address anew, as after a restart, to the page itself."""
        return get_current_visit().redirect_to_page()

    @blueprint.post("/ack/<token>/not-me")
    def not_me() -> AnyResponse:
        proven_identity.deny_person()
        return get_current_visit().redirect_to_page()


def _add_take_out(blueprint: Blueprint, answers: Answers, taking_out: TakeOut) -> None:
    @blueprint.post("/ack/<token>/apart")
    def take_apart() -> AnyResponse:
        came = get_current_visit()
        if came.asks_for_proof:
            return came.draw_answered_page(_(PROVE_FIRST), HTTPStatus.UNAUTHORIZED)
        wish = ReviewRequest(review_id=came.selected.review_id, person=came.proven or make_link_holder(""))
        try:
            taken_out = taking_out.take_out(wish, file_id=strip_unstorable(request.form.get("file_id", "")))
        except Refused as refusal:
            log.info("file_not_taken_out", review_id=wish.review_id, reason=refusal.reason)
            now = replace(came, review=answers.get_review(wish.review_id))
            return now.draw_answered_page(refusal.sentence, choose_status(refusal))
        flash_taken_out(came.seen_by(taken_out, wish.aliases), came.make_review_address(taken_out))
        now = replace(came, review=answers.get_review(wish.review_id))
        return redirect(return_address("pages.show", token=now.newest), HTTPStatus.SEE_OTHER)

    @blueprint.get("/ack/<token>/apart")
    def back_from_apart() -> AnyResponse:
        """Lead a browser that opens the form's address anew to the page itself."""
        return get_current_visit().redirect_to_page()


def _add_error_pages(blueprint: Blueprint) -> None:
    @blueprint.errorhandler(CSRFError)
    def old_form(_error: CSRFError) -> AnyResponse:
        return get_current_visit().draw_answered_page(_(OLD_FORM), HTTPStatus.BAD_REQUEST)

    @blueprint.errorhandler(BadLink)
    def bad_link(_error: BadLink) -> AnyResponse:
        sentence = _(
            "This link is not valid, or it is older than 30 days. Open the newest card of the document."
        )
        return draw_sentence_page(sentence, HTTPStatus.NOT_FOUND)

    @blueprint.errorhandler(Refused)
    def refused(refusal: Refused) -> AnyResponse:
        return draw_sentence_page(refusal.sentence, choose_status(refusal))


def get_current_visit() -> ReviewVisit:
    """Return the visit that this request is."""
    found: ReviewVisit = g.visit
    return found


def _attempt(came: ReviewVisit, decision: Decision) -> AnswerRequest:
    typed = plain(request.form.get("name", ""))[:MAX_NAME_LENGTH]
    return AnswerRequest(
        review_id=came.selected.review_id,
        revision=came.selected.revision,
        decision=decision,
        person=came.proven or make_link_holder(typed),
        note=request.form.get("note"),
    )


def choose_status(refusal: Refused) -> HTTPStatus:
    return _STATUS_BY_REASON.get(refusal.reason, HTTPStatus.FORBIDDEN)
