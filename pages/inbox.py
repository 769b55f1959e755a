"""The browser inbox: each person's cards, with their buttons, on a page that updates itself."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError

from pages import browser, inbox_absence, inbox_duty, inbox_sign_in, page_language, proven_identity
from pages.acknowledge import OLD_FORM, choose_status
from pages.duty_forms import is_duty_form
from pages.file_table import flash_taken_out, return_address
from pages.headers import add_safe_headers
from pages.inbox_views import ANSWERED_PILE, InboxView
from pages.inbox_visit import InboxServices, InboxVisit, draw_sign_in_page, make_review_address
from pages.streams import Watch
from reviews.answers.answers import make_answer_request
from reviews.cards.card_drawing import draw_card
from reviews.errors import RefusalReason, Refused
from reviews.kinds import Decision
from reviews.language import _, gettext_noop, use_language
from reviews.language import get_language as language
from reviews.text import strip_unstorable

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from reviews.bulk_reviews.separation import FileSeparation
    from reviews.model import Review
    from reviews.review_request import ReviewRequest

WITHDRAW = "withdraw"
CHOICES = {*Decision, WITHDRAW}
SIGN_IN_AGAIN = gettext_noop("Nothing was recorded: confirm again who you are. Your text is kept below.")

log = structlog.get_logger()


def build_inbox_page(services: InboxServices) -> Blueprint:
    """Return the blueprint of `/inbox`; the application must have sessions and the acknowledge page."""
    blueprint = Blueprint("inbox", __name__, template_folder="templates")
    page_language.set_up_language(blueprint)
    _add_request_checks(blueprint, services)
    inbox_sign_in.add_sign_in(blueprint, services)
    _add_views(blueprint)
    _add_answers(blueprint)
    inbox_absence.add_absence(blueprint)
    if services.separation is not None:
        _add_separation(blueprint, services.separation)
    return blueprint


def _add_request_checks(blueprint: Blueprint, services: InboxServices) -> None:
    """Check the visitor and the form's token before anything else."""

    @blueprint.before_request
    def load_visit() -> AnyResponse | None:
        request.max_content_length = browser.MAX_FORM_BYTES
        person = proven_identity.get_proven_person(now=services.now)
        is_open = (request.endpoint or "").removeprefix("inbox.") in inbox_sign_in.PUBLIC_ENDPOINTS
        if person is None and not is_open:
            return _ask_to_sign_in(services)
        if person is not None:
            g.inbox = InboxVisit(services=services, person=person)
        if request.method == "POST":
            browser.forms.protect()
        return None

    @blueprint.errorhandler(Refused)
    def refused(refusal: Refused) -> AnyResponse:
        note = request.form.get("note", "")
        html = render_template("inbox/refused.html", sentence=refusal.sentence, note=note)
        return add_safe_headers(make_response(html, choose_status(refusal)))

    @blueprint.errorhandler(CSRFError)
    def old_form(_error: CSRFError) -> AnyResponse:
        if "inbox" not in g:
            return draw_sign_in_page(services, sentence=_(OLD_FORM), status=HTTPStatus.BAD_REQUEST)
        if request.endpoint == inbox_absence.FORM_ENDPOINT:
            return inbox_absence.draw_absence_page(
                get_current_visit(), sentence=_(OLD_FORM), status=HTTPStatus.BAD_REQUEST
            )
        view = InboxView(review_id=(request.view_args or {}).get("review_id", ""))
        try:
            return get_current_visit().draw_page(view, sentence=_(OLD_FORM), status=HTTPStatus.BAD_REQUEST)
        except Refused as refusal:
            return refused(refusal)


def _ask_to_sign_in(services: InboxServices) -> Response:
    """Ask the visitor to sign in; a script that waits for events gets only the status."""
    if request.endpoint == "inbox.events":
        return add_safe_headers(Response(status=HTTPStatus.UNAUTHORIZED))
    sentence = ""
    if request.method == "POST":
        sentence = _(proven_identity.PROVE_AGAIN) if is_duty_form() else _(SIGN_IN_AGAIN)
    return draw_sign_in_page(services, sentence=sentence, note=request.form.get("note", ""))


def _add_views(blueprint: Blueprint) -> None:
    @blueprint.get("/inbox")
    def show() -> AnyResponse:
        return get_current_visit().draw_page(InboxView(page_turn=InboxView.read(request.args).page_turn))

    @blueprint.get("/inbox/answered")
    def answered() -> AnyResponse:
        return get_current_visit().draw_page(
            InboxView(pile=ANSWERED_PILE, page_turn=InboxView.read(request.args).page_turn)
        )

    @blueprint.get("/inbox/reviews/<review_id>")
    def review(review_id: str) -> AnyResponse:
        return get_current_visit().draw_page(InboxView(review_id=review_id))

    @blueprint.get("/inbox/events")
    def events() -> AnyResponse:
        visit, view, current_language = get_current_visit(), InboxView.read(request.args), language()
        inbox, review_request = visit.services.inbox, visit.make_request(view.review_id)
        if view.review_id:
            inbox.require_access(review_request)

        def load_fingerprint() -> str:
            with use_language(current_language):
                return view.load_fingerprint(inbox, review_request)

        event_id = request.headers.get("Last-Event-ID") or request.args.get("known", "")
        watch = Watch(
            get_last_seq=inbox.get_last_seq,
            load_fingerprint=load_fingerprint,
            is_open=proven_identity.make_session_check(),
        )
        return add_safe_headers(
            visit.services.streams.make_response(
                watch, address=(visit.person.email or "").casefold(), last_event_id=event_id
            )
        )


def _add_answers(blueprint: Blueprint) -> None:
    @blueprint.post("/inbox/reviews/<review_id>")
    def act(review_id: str) -> AnyResponse:
        visit = get_current_visit()
        if is_duty_form():
            return inbox_duty.act(visit, review_id)
        review_request = visit.services.inbox.require_access(visit.make_request(review_id))
        if request.form.get("decision") not in CHOICES:
            view = InboxView(review_id=review_id)
            return visit.draw_page(
                view, sentence=_("Choose one of the two buttons."), status=HTTPStatus.BAD_REQUEST
            )
        try:
            updated = _apply_decision(visit.services, review_request)
        except Refused as refusal:
            if refusal.reason is RefusalReason.UNKNOWN:
                raise
            log.info("inbox_answer_refused", review_id=review_id, reason=refusal.reason)
            view = InboxView(review_id=review_id)
            return visit.draw_page(view, sentence=refusal.sentence, status=choose_status(refusal))
        visible = visit.services.answers.redact_for_reader(updated, review_request.person)
        flash(_describe_answer(visible), review_id)
        if request.form.get("from") == "review":
            return add_safe_headers(
                redirect(url_for("inbox.review", review_id=review_id), HTTPStatus.SEE_OTHER)
            )
        return add_safe_headers(
            redirect(url_for("inbox.show", _anchor=f"review-{review_id}"), HTTPStatus.SEE_OTHER)
        )


def _add_separation(blueprint: Blueprint, separation: FileSeparation) -> None:
    @blueprint.post("/inbox/reviews/<review_id>/apart")
    def take_apart(review_id: str) -> AnyResponse:
        visit = get_current_visit()
        review_request = visit.services.inbox.require_access(visit.make_request(review_id))
        try:
            new_review = separation.separate(
                review_request, file_id=strip_unstorable(request.form.get("file_id", ""))
            )
        except Refused as refusal:
            if refusal.reason is RefusalReason.UNKNOWN:
                raise
            log.info("file_not_taken_out", review_id=review_id, reason=refusal.reason)
            return visit.draw_page(
                InboxView(review_id=review_id), sentence=refusal.sentence, status=choose_status(refusal)
            )
        flash_taken_out(
            visit.services.answers.redact_for_reader(new_review, review_request.person),
            make_review_address(new_review),
        )
        return add_safe_headers(
            redirect(return_address("inbox.review", review_id=review_id), HTTPStatus.SEE_OTHER)
        )


def _apply_decision(services: InboxServices, review_request: ReviewRequest) -> Review:
    """Apply the decision in the form, and return the resulting review."""
    choice = request.form["decision"]
    if choice == WITHDRAW:
        review = services.answers.withdraw(review_request)
    else:
        revision, note = request.form.get("revision", 0, type=int), request.form.get("note")
        answer_request = make_answer_request(
            review_request,
            revision=revision,
            decision=Decision(choice),
            language=page_language.read_shown_language(),
            note=note,
        )
        review = services.answers.record_answer(answer_request)
    return review


def _describe_answer(review: Review) -> str:
    """Return the confirmation of an answer or a withdrawal."""
    sentence = {
        Decision.ACKNOWLEDGE.value: _("You have reviewed {title}. Your answer is in the ledger."),
        Decision.REQUEST_CHANGES.value: _(
            "You have requested changes to {title}. Your answer is in the ledger."
        ),
        WITHDRAW: _("You have withdrawn your answer to {title}. This is recorded in the ledger too."),
    }[request.form["decision"]]
    return sentence.format(title=draw_card(review).title)


def get_current_visit() -> InboxVisit:
    """Return the visit of this request."""
    visit: InboxVisit = g.inbox
    return visit
