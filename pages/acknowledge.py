"""The acknowledge page: GET shows it, however often a scanner fetches it; POST acts."""

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
from reviews.text import clean_text, strip_unstorable

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from pages.links import Links
    from reviews.answers.answers import Answers
    from reviews.answers.openings import Openings
    from reviews.bulk_reviews.separation import FileSeparation
    from reviews.comparisons.viewing import ComparisonViews
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
    RefusalReason.NO_SUCH_PERSON: HTTPStatus.UNPROCESSABLE_ENTITY,
    RefusalReason.NO_SUCH_TIME: HTTPStatus.UNPROCESSABLE_ENTITY,
    RefusalReason.REPEATED: HTTPStatus.CONFLICT,
}


def acknowledge_page(  # noqa: PLR0913 - the composition of one page: each is a part of it
    answers: Answers,
    links: Links,
    *,
    openings: Openings,
    codes: MailedCodes | None = None,
    sign_in: bool = False,
    separation: FileSeparation | None = None,
    comparison_views: ComparisonViews | None = None,
) -> Blueprint:
    """Return the blueprint of `/ack/<token>`; the application must have sessions (`pages.browser`).

    People prove who they are by a mailed code if `codes` are passed, and by `pages.sign_in` if it is set up.
    With `separation`, single files can be taken out of bulk reviews; with `comparison_views` the page shows
    what changed.
    """
    proof_methods = ProofMethods(sign_in=sign_in, codes=codes is not None)
    blueprint = Blueprint(
        "pages",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/static/pages",
    )

    page_language.set_up_language(blueprint)
    loader = VisitLoader(
        answers=answers,
        links=links,
        proof_methods=proof_methods,
        can_separate=separation is not None,
        comparison_views=comparison_views,
        openings=openings,
    )
    _add_request_checks(blueprint, loader)
    _add_answers(blueprint, answers)
    if separation is not None:
        _add_separation(blueprint, answers, separation)
    _add_error_pages(blueprint)
    if codes is not None:
        mailed_codes.add_code_forms(blueprint, codes, get_current_visit)
    return blueprint


def _add_request_checks(blueprint: Blueprint, loader: VisitLoader) -> None:
    """Check the link and the form's token before anything else."""

    @blueprint.url_value_preprocessor
    def load_visit(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values and "token" in values:
            g.visit = loader.load_visit(values.pop("token"))

    browser.protect_forms(blueprint)


def _add_answers(blueprint: Blueprint, answers: Answers) -> None:
    @blueprint.get("/ack/<token>")
    def show() -> AnyResponse:
        return get_current_visit().draw_page()

    @blueprint.post("/ack/<token>")
    def act() -> AnyResponse:
        visit = get_current_visit()
        try:
            decision = Decision(request.form.get("decision", ""))
        except ValueError:
            return visit.draw_answered_page(_("Choose one of the two buttons."), HTTPStatus.BAD_REQUEST)
        if visit.asks_for_proof:
            return visit.draw_answered_page(_(PROVE_FIRST), HTTPStatus.UNAUTHORIZED)
        answer_request = _read_answer_request(visit, decision)
        try:
            answers.record_answer(answer_request)
        except Refused as refusal:
            log.info("page_answer_refused", review_id=answer_request.review_id, reason=refusal.reason)
            current = replace(visit, review=answers.get_review(answer_request.review_id))
            sentence = "" if current.is_stale else refusal.sentence
            return current.draw_answered_page(sentence, choose_status(refusal))
        return visit.redirect_to_page()

    @blueprint.get("/ack/<token>/not-me")
    def return_to_page() -> AnyResponse:
        """Redirect a browser that reopens a form's address, as after a restart, to the page itself."""
        return get_current_visit().redirect_to_page()

    @blueprint.post("/ack/<token>/not-me")
    def not_me() -> AnyResponse:
        proven_identity.deny_person()
        return get_current_visit().redirect_to_page()


def _add_separation(blueprint: Blueprint, answers: Answers, separation: FileSeparation) -> None:
    @blueprint.post("/ack/<token>/apart")
    def take_apart() -> AnyResponse:
        visit = get_current_visit()
        if visit.asks_for_proof:
            return visit.draw_answered_page(_(PROVE_FIRST), HTTPStatus.UNAUTHORIZED)
        review_request = ReviewRequest(
            review_id=visit.selected.review_id, person=visit.proven_person or make_link_holder("")
        )
        try:
            new_review = separation.separate(
                review_request, file_id=strip_unstorable(request.form.get("file_id", ""))
            )
        except Refused as refusal:
            log.info("file_not_taken_out", review_id=review_request.review_id, reason=refusal.reason)
            current = replace(visit, review=answers.get_review(review_request.review_id))
            return current.draw_answered_page(refusal.sentence, choose_status(refusal))
        flash_taken_out(
            visit.redact_for_reader(new_review, review_request.person), visit.make_review_address(new_review)
        )
        current = replace(visit, review=answers.get_review(review_request.review_id))
        return redirect(return_address("pages.show", token=current.newest_token), HTTPStatus.SEE_OTHER)

    @blueprint.get("/ack/<token>/apart")
    def back_from_apart() -> AnyResponse:
        """Redirect a browser that reopens the form's address to the page itself."""
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
    """Return the visit of this request."""
    visit: ReviewVisit = g.visit
    return visit


def _read_answer_request(visit: ReviewVisit, decision: Decision) -> AnswerRequest:
    name = clean_text(request.form.get("name", ""))[:MAX_NAME_LENGTH]
    return AnswerRequest(
        review_id=visit.selected.review_id,
        revision=visit.selected.revision,
        decision=decision,
        language=page_language.read_shown_language(),
        person=visit.proven_person or make_link_holder(name),
        note=request.form.get("note"),
    )


def choose_status(refusal: Refused) -> HTTPStatus:
    return _STATUS_BY_REASON.get(refusal.reason, HTTPStatus.FORBIDDEN)
