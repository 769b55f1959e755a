"""The browser inbox: each person's cards, with their buttons, on a page that keeps itself up to date."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError

from pages import browser, inbox_proof, proven, spoken
from pages.acknowledge import OLD_FORM, status_of
from pages.files import address_back, tell_taken_out
from pages.headers import safe
from pages.inbox_looks import ANSWERED, Look
from pages.inbox_visit import Desk, Visit, address_of, sign_in_page
from pages.streams import Watch
from reviews.answers.answers import attempt_of
from reviews.cards.card_drawing import card_of
from reviews.errors import RefusalReason, Refused
from reviews.kinds import Decision
from reviews.language import _, marked, speaking
from reviews.language import spoken as language
from reviews.text import storable

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from reviews.bulk_reviews.taking_out import TakeOut
    from reviews.model import Review
    from reviews.wish import Wish

WITHDRAW = "withdraw"
CHOICES = {*Decision, WITHDRAW}
SIGN_IN_AGAIN = marked("Nothing was recorded: show again who you are. What you wrote is kept below.")

log = structlog.get_logger()


def inbox_page(desk: Desk) -> Blueprint:
    """Return the blueprint of `/inbox`; the application keeps sessions, and has the acknowledge page."""
    blueprint = Blueprint("inbox", __name__, template_folder="templates")
    spoken.speak(blueprint)
    _receive(blueprint, desk)
    inbox_proof.add(blueprint, desk)
    _add_looks(blueprint)
    _add_answers(blueprint)
    if desk.taking_out is not None:
        _add_taking_out(blueprint, desk.taking_out)
    return blueprint


def _receive(blueprint: Blueprint, desk: Desk) -> None:
    """Look at who comes, and at the form's token, before anything else is done."""

    @blueprint.before_request
    def arrive() -> AnyResponse | None:
        request.max_content_length = browser.LARGEST_FORM
        who = proven.kept(now=desk.now)
        is_open = (request.endpoint or "").removeprefix("inbox.") in inbox_proof.OPEN_TO_ALL
        if who is None and not is_open:
            return _turned_away(desk)
        if who is not None:
            g.inbox = Visit(desk=desk, who=who)
        if request.method == "POST":
            browser.forms.protect()
        return None

    @blueprint.errorhandler(Refused)
    def refused(refusal: Refused) -> AnyResponse:
        note = request.form.get("note", "")
        html = render_template("inbox/refused.html", sentence=refusal.sentence, note=note)
        return safe(make_response(html, status_of(refusal)))

    @blueprint.errorhandler(CSRFError)
    def old_form(_error: CSRFError) -> AnyResponse:
        if "inbox" not in g:
            return sign_in_page(desk, said=_(OLD_FORM), status=HTTPStatus.BAD_REQUEST)
        look = Look(review_id=(request.view_args or {}).get("review_id", ""))
        try:
            return here().page(look, said=_(OLD_FORM), status=HTTPStatus.BAD_REQUEST)
        except Refused as refusal:
            return refused(refusal)


def _turned_away(desk: Desk) -> Response:
    """Ask who it is; a script that waits for news is told no more than that."""
    if request.endpoint == "inbox.events":
        return safe(Response(status=HTTPStatus.UNAUTHORIZED))
    posted = request.method == "POST"
    return sign_in_page(desk, said=_(SIGN_IN_AGAIN) if posted else "", note=request.form.get("note", ""))


def _add_looks(blueprint: Blueprint) -> None:
    @blueprint.get("/inbox")
    def show() -> AnyResponse:
        return here().page(Look(turn=Look.read(request.args).turn))

    @blueprint.get("/inbox/answered")
    def answered() -> AnyResponse:
        return here().page(Look(pile=ANSWERED, turn=Look.read(request.args).turn))

    @blueprint.get("/inbox/reviews/<review_id>")
    def review(review_id: str) -> AnyResponse:
        return here().page(Look(review_id=review_id))

    @blueprint.get("/inbox/events")
    def events() -> AnyResponse:
        came, look, spoken_here = here(), Look.read(request.args), language()
        inbox, somebody = came.desk.inbox, came.wish(look.review_id)
        if look.review_id:
            inbox.vouched(somebody)

        def mark() -> str:
            with speaking(spoken_here):
                return look.mark(inbox, somebody)

        known = request.headers.get("Last-Event-ID") or request.args.get("known", "")
        watch = Watch(reached=inbox.reached, look=mark, is_open=proven.session_check())
        return safe(came.desk.streams.answer(watch, whose=(came.who.email or "").casefold(), known=known))


def _add_answers(blueprint: Blueprint) -> None:
    @blueprint.post("/inbox/reviews/<review_id>")
    def act(review_id: str) -> AnyResponse:
        came = here()
        wish = came.desk.inbox.vouched(came.wish(review_id))
        if request.form.get("decision") not in CHOICES:
            look = Look(review_id=review_id)
            return came.page(look, said=_("Choose one of the two buttons."), status=HTTPStatus.BAD_REQUEST)
        try:
            after = _done(came.desk, wish)
        except Refused as refusal:
            if refusal.reason is RefusalReason.UNKNOWN:
                raise
            log.info("inbox_answer_refused", review_id=review_id, reason=refusal.reason)
            look = Look(review_id=review_id)
            return came.page(look, said=refusal.sentence, status=status_of(refusal))
        seen = came.desk.answers.seen_by(after, wish.aliases)
        flash(_said(seen), review_id)
        if request.form.get("from") == "review":
            return safe(redirect(url_for("inbox.review", review_id=review_id), HTTPStatus.SEE_OTHER))
        return safe(redirect(url_for("inbox.show", _anchor=f"review-{review_id}"), HTTPStatus.SEE_OTHER))


def _add_taking_out(blueprint: Blueprint, taking_out: TakeOut) -> None:
    @blueprint.post("/inbox/reviews/<review_id>/apart")
    def take_apart(review_id: str) -> AnyResponse:
        came = here()
        wish = came.desk.inbox.vouched(came.wish(review_id))
        try:
            taken_out = taking_out.take_out(wish, file_id=storable(request.form.get("file_id", "")))
        except Refused as refusal:
            if refusal.reason is RefusalReason.UNKNOWN:
                raise
            log.info("file_not_taken_out", review_id=review_id, reason=refusal.reason)
            return came.page(Look(review_id=review_id), said=refusal.sentence, status=status_of(refusal))
        tell_taken_out(came.desk.answers.seen_by(taken_out, wish.aliases), address_of(taken_out))
        return safe(redirect(address_back("inbox.review", review_id=review_id), HTTPStatus.SEE_OTHER))


def _done(desk: Desk, wish: Wish) -> Review:
    """Do what the form asks for, and return the review as it is then."""
    chosen = request.form["decision"]
    if chosen == WITHDRAW:
        review = desk.answers.withdraw(wish)
    else:
        revision, note = request.form.get("revision", 0, type=int), request.form.get("note")
        attempt = attempt_of(wish, revision=revision, decision=Decision(chosen), note=note)
        review = desk.answers.take(attempt)
    return review


def _said(review: Review) -> str:
    """Return what somebody is told who has answered, or taken that back."""
    words = {
        Decision.ACKNOWLEDGE.value: _("You have reviewed {title}. It is on record."),
        Decision.REQUEST_CHANGES.value: _("You have requested changes to {title}. It is on record."),
        WITHDRAW: _("You have taken back your answer to {title}. The record says so too."),
    }[request.form["decision"]]
    return words.format(title=card_of(review).title)


def here() -> Visit:
    """Return the visit that this request is."""
    found: Visit = g.inbox
    return found
