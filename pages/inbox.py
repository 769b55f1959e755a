"""The browser inbox: each person's cards, with their buttons, on a page that keeps itself up to date."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError

from pages import browser, inbox_sign_in, page_language, proven_identity
from pages.acknowledge import OLD_FORM, choose_status
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

    from reviews.bulk_reviews.taking_out import TakeOut
    from reviews.model import Review
    from reviews.review_request import ReviewRequest

WITHDRAW = "withdraw"
CHOICES = {*Decision, WITHDRAW}
SIGN_IN_AGAIN = gettext_noop("Nothing was recorded: confirm again who you are. Your text is kept below.")

log = structlog.get_logger()


def inbox_page(desk: InboxServices) -> Blueprint:
    """Return the blueprint of `/inbox`; the application keeps sessions, and has the acknowledge page."""
    blueprint = Blueprint("inbox", __name__, template_folder="templates")
    page_language.set_up_language(blueprint)
    _add_request_checks(blueprint, desk)
    inbox_sign_in.add_sign_in(blueprint, desk)
    _add_views(blueprint)
    _add_answers(blueprint)
    if desk.taking_out is not None:
        _add_take_out(blueprint, desk.taking_out)
    return blueprint


def _add_request_checks(blueprint: Blueprint, desk: InboxServices) -> None:
    """Look at who comes, and at the form's token, before anything else is done."""

    @blueprint.before_request
    def arrive() -> AnyResponse | None:
        request.max_content_length = browser.MAX_FORM_BYTES
        who = proven_identity.get_proven_person(now=desk.now)
        is_open = (request.endpoint or "").removeprefix("inbox.") in inbox_sign_in.PUBLIC_ENDPOINTS
        if who is None and not is_open:
            return _ask_to_sign_in(desk)
        if who is not None:
            g.inbox = InboxVisit(desk=desk, who=who)
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
            return draw_sign_in_page(desk, said=_(OLD_FORM), status=HTTPStatus.BAD_REQUEST)
        look = InboxView(review_id=(request.view_args or {}).get("review_id", ""))
        try:
            return get_current_visit().draw_page(look, said=_(OLD_FORM), status=HTTPStatus.BAD_REQUEST)
        except Refused as refusal:
            return refused(refusal)


def _ask_to_sign_in(desk: InboxServices) -> Response:
    """Ask who it is; a script that waits for news is told no more than that."""
    if request.endpoint == "inbox.events":
        return add_safe_headers(Response(status=HTTPStatus.UNAUTHORIZED))
    posted = request.method == "POST"
    return draw_sign_in_page(desk, said=_(SIGN_IN_AGAIN) if posted else "", note=request.form.get("note", ""))


def _add_views(blueprint: Blueprint) -> None:
    @blueprint.get("/inbox")
    def show() -> AnyResponse:
        return get_current_visit().draw_page(InboxView(turn=InboxView.read(request.args).turn))

    @blueprint.get("/inbox/answered")
    def answered() -> AnyResponse:
        return get_current_visit().draw_page(
            InboxView(pile=ANSWERED_PILE, turn=InboxView.read(request.args).turn)
        )

    @blueprint.get("/inbox/reviews/<review_id>")
    def review(review_id: str) -> AnyResponse:
        return get_current_visit().draw_page(InboxView(review_id=review_id))

    @blueprint.get("/inbox/events")
    def events() -> AnyResponse:
        came, look, spoken_here = get_current_visit(), InboxView.read(request.args), language()
        inbox, somebody = came.desk.inbox, came.make_request(look.review_id)
        if look.review_id:
            inbox.require_access(somebody)

        def mark() -> str:
            with use_language(spoken_here):
                return look.load_fingerprint(inbox, somebody)

        known = request.headers.get("Last-Event-ID") or request.args.get("known", "")
        watch = Watch(reached=inbox.get_last_seq, look=mark, is_open=proven_identity.make_session_check())
        return add_safe_headers(
            came.desk.streams.make_response(watch, whose=(came.who.email or "").casefold(), known=known)
        )


def _add_answers(blueprint: Blueprint) -> None:
    @blueprint.post("/inbox/reviews/<review_id>")
    def act(review_id: str) -> AnyResponse:
        came = get_current_visit()
        wish = came.desk.inbox.require_access(came.make_request(review_id))
        if request.form.get("decision") not in CHOICES:
            look = InboxView(review_id=review_id)
            return came.draw_page(
                look, said=_("Choose one of the two buttons."), status=HTTPStatus.BAD_REQUEST
            )
        try:
            after = _apply_decision(came.desk, wish)
        except Refused as refusal:
            if refusal.reason is RefusalReason.UNKNOWN:
                raise
            log.info("inbox_answer_refused", review_id=review_id, reason=refusal.reason)
            look = InboxView(review_id=review_id)
            return came.draw_page(look, said=refusal.sentence, status=choose_status(refusal))
        seen = came.desk.answers.redact_for_reader(after, wish.aliases)
        flash(_describe_answer(seen), review_id)
        if request.form.get("from") == "review":
            return add_safe_headers(
                redirect(url_for("inbox.review", review_id=review_id), HTTPStatus.SEE_OTHER)
            )
        return add_safe_headers(
            redirect(url_for("inbox.show", _anchor=f"review-{review_id}"), HTTPStatus.SEE_OTHER)
        )


def _add_take_out(blueprint: Blueprint, taking_out: TakeOut) -> None:
    @blueprint.post("/inbox/reviews/<review_id>/apart")
    def take_apart(review_id: str) -> AnyResponse:
        came = get_current_visit()
        wish = came.desk.inbox.require_access(came.make_request(review_id))
        try:
            taken_out = taking_out.take_out(wish, file_id=strip_unstorable(request.form.get("file_id", "")))
        except Refused as refusal:
            if refusal.reason is RefusalReason.UNKNOWN:
                raise
            log.info("file_not_taken_out", review_id=review_id, reason=refusal.reason)
            return came.draw_page(
                InboxView(review_id=review_id), said=refusal.sentence, status=choose_status(refusal)
            )
        flash_taken_out(
            came.desk.answers.redact_for_reader(taken_out, wish.aliases), make_review_address(taken_out)
        )
        return add_safe_headers(
            redirect(return_address("inbox.review", review_id=review_id), HTTPStatus.SEE_OTHER)
        )


def _apply_decision(desk: InboxServices, wish: ReviewRequest) -> Review:
    """Do what the form asks for, and return the review as it is then."""
    chosen = request.form["decision"]
    if chosen == WITHDRAW:
        review = desk.answers.withdraw(wish)
    else:
        revision, note = request.form.get("revision", 0, type=int), request.form.get("note")
        attempt = make_answer_request(wish, revision=revision, decision=Decision(chosen), note=note)
        review = desk.answers.record_answer(attempt)
    return review


def _describe_answer(review: Review) -> str:
    """Return what somebody is told who has answered, or taken that back."""
    words = {
        Decision.ACKNOWLEDGE.value: _("You have reviewed {title}. Your answer is in the ledger."),
        Decision.REQUEST_CHANGES.value: _(
            "You have requested changes to {title}. Your answer is in the ledger."
        ),
        WITHDRAW: _("You have withdrawn your answer to {title}. This is recorded in the ledger too."),
    }[request.form["decision"]]
    return words.format(title=draw_card(review).title)


def get_current_visit() -> InboxVisit:
    """Return the visit that this request is."""
    found: InboxVisit = g.inbox
    return found
