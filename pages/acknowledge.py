"""The acknowledge page: GET shows, however often a scanner fetches it; POST acts."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from flask import Blueprint, g, make_response, redirect, render_template, request
from flask_wtf.csrf import CSRFError

from pages import browser, mailed_codes, proven, spoken
from pages.files import address_back, tell_taken_out
from pages.headers import safe
from pages.links import BadLink
from pages.visit import LONGEST_NAME, Door, Visit, Ways
from reviews.answers.answers import Attempt
from reviews.errors import RefusalReason, Refused
from reviews.kinds import Decision
from reviews.language import _, marked
from reviews.people.identification import link_holder
from reviews.text import plain, storable
from reviews.wish import Wish

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from pages.links import Links
    from reviews.answers.answers import Answers
    from reviews.bulk_reviews.taking_out import TakeOut
    from reviews.people.mailed_codes import Codes

OLD_FORM = marked(
    "Nothing was recorded: the page was open for too long, or your browser keeps no cookies for it. "
    "What you typed is still here; try again."
)
PROVE_FIRST = marked("Nothing was recorded: show who you are first. What you wrote is kept below.")

log = structlog.get_logger()

_STATUS = {
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
    codes: Codes | None = None,
    sign_in: bool = False,
    taking_out: TakeOut | None = None,
) -> Blueprint:
    """Return the blueprint of `/ack/<token>`; the application keeps sessions (`pages.browser`).

    People prove who they are by a mailed code where `codes` are given, and by the sign-in of
    `pages.sign_in` where there is one. With `taking_out`, single files can be taken out of bulk reviews.
    """
    ways = Ways(sign_in=sign_in, codes=codes is not None)
    blueprint = Blueprint(
        "pages",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/static/pages",
    )

    spoken.speak(blueprint)
    door = Door(answers=answers, links=links, ways=ways, can_take_out=taking_out is not None)
    _receive(blueprint, door)
    _add_answers(blueprint, answers)
    if taking_out is not None:
        _add_taking_out(blueprint, answers, taking_out)
    _tell_refusals(blueprint)
    if codes is not None:
        mailed_codes.add(blueprint, codes, here)
    return blueprint


def _receive(blueprint: Blueprint, door: Door) -> None:
    """Look at what the link selects, and at the form's token, before anything else is done."""

    @blueprint.url_value_preprocessor
    def arrive(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values and "token" in values:
            g.visit = door.visit(values.pop("token"))

    @blueprint.before_request
    def check_form() -> None:
        request.max_content_length = browser.LARGEST_FORM
        if request.method == "POST":
            browser.forms.protect()


def _add_answers(blueprint: Blueprint, answers: Answers) -> None:
    @blueprint.get("/ack/<token>")
    def show() -> AnyResponse:
        return here().page()

    @blueprint.post("/ack/<token>")
    def act() -> AnyResponse:
        came = here()
        try:
            decision = Decision(request.form.get("decision", ""))
        except ValueError:
            return came.answered_page(_("Choose one of the two buttons."), HTTPStatus.BAD_REQUEST)
        if came.asks_for_proof:
            return came.answered_page(_(PROVE_FIRST), HTTPStatus.UNAUTHORIZED)
        attempt = _attempt(came, decision)
        try:
            answers.take(attempt)
        except Refused as refusal:
            log.info("page_answer_refused", review_id=attempt.review_id, reason=refusal.reason)
            now = replace(came, review=answers.look(attempt.review_id))
            said = "" if now.stale else refusal.sentence
            return now.answered_page(said, status_of(refusal))
        return came.anew()

    @blueprint.get("/ack/<token>/not-me")
    def back() -> AnyResponse:
        """Lead a browser that opens a form's address anew, as after a restart, to the page itself."""
        return here().anew()

    @blueprint.post("/ack/<token>/not-me")
    def not_me() -> AnyResponse:
        proven.deny()
        return here().anew()


def _add_taking_out(blueprint: Blueprint, answers: Answers, taking_out: TakeOut) -> None:
    @blueprint.post("/ack/<token>/apart")
    def take_apart() -> AnyResponse:
        came = here()
        if came.asks_for_proof:
            return came.answered_page(_(PROVE_FIRST), HTTPStatus.UNAUTHORIZED)
        wish = Wish(review_id=came.selected.review_id, person=came.proven or link_holder(""))
        try:
            taken_out = taking_out.take_out(wish, file_id=storable(request.form.get("file_id", "")))
        except Refused as refusal:
            log.info("file_not_taken_out", review_id=wish.review_id, reason=refusal.reason)
            now = replace(came, review=answers.look(wish.review_id))
            return now.answered_page(refusal.sentence, status_of(refusal))
        tell_taken_out(came.seen_by(taken_out, wish.aliases), came.address_of(taken_out))
        now = replace(came, review=answers.look(wish.review_id))
        return redirect(address_back("pages.show", token=now.newest), HTTPStatus.SEE_OTHER)

    @blueprint.get("/ack/<token>/apart")
    def back_from_apart() -> AnyResponse:
        """Lead a browser that opens the form's address anew to the page itself."""
        return here().anew()


def _tell_refusals(blueprint: Blueprint) -> None:
    @blueprint.errorhandler(CSRFError)
    def old_form(_error: CSRFError) -> AnyResponse:
        return here().answered_page(_(OLD_FORM), HTTPStatus.BAD_REQUEST)

    @blueprint.errorhandler(BadLink)
    def bad_link(_error: BadLink) -> AnyResponse:
        sentence = _(
            "This link is not valid, or it is older than 30 days. Open the newest card of the document."
        )
        return _sentence(sentence, HTTPStatus.NOT_FOUND)

    @blueprint.errorhandler(Refused)
    def refused(refusal: Refused) -> AnyResponse:
        return _sentence(refusal.sentence, status_of(refusal))


def here() -> Visit:
    """Return the visit that this request is."""
    found: Visit = g.visit
    return found


def _attempt(came: Visit, decision: Decision) -> Attempt:
    typed = plain(request.form.get("name", ""))[:LONGEST_NAME]
    return Attempt(
        review_id=came.selected.review_id,
        revision=came.selected.revision,
        decision=decision,
        person=came.proven or link_holder(typed),
        note=request.form.get("note"),
    )


def status_of(refusal: Refused) -> HTTPStatus:
    return _STATUS.get(refusal.reason, HTTPStatus.FORBIDDEN)


def _sentence(sentence: str, status: HTTPStatus) -> AnyResponse:
    return safe(make_response(render_template("sentence.html", sentence=sentence), status))
