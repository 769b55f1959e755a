"""The acknowledge page: GET shows, however often a scanner fetches it; POST acts."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from pages.links import BadLink, Links, Selected
from reviews.answers import LONGEST_NOTE, Answers, Attempt
from reviews.card import card_of
from reviews.errors import RefusalReason, Refused
from reviews.model import STATEMENT, Decision, Identity, Review, Reviewer, ReviewState
from reviews.text import plain

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

LARGEST_FORM = 64 * 1024
LONGEST_NAME = 100
NAMELESS = "somebody who holds the link"

log = structlog.get_logger()

_STATUS = {
    RefusalReason.UNKNOWN: HTTPStatus.NOT_FOUND,
    RefusalReason.ALREADY_ANSWERED: HTTPStatus.CONFLICT,
    RefusalReason.STALE: HTTPStatus.CONFLICT,
    RefusalReason.NOTE_NEEDED: HTTPStatus.UNPROCESSABLE_ENTITY,
    RefusalReason.NOTE_TOO_LONG: HTTPStatus.UNPROCESSABLE_ENTITY,
}
_LOOKS = {
    ReviewState.OPEN: "open",
    ReviewState.ACKNOWLEDGED: "done",
    ReviewState.CHANGES_REQUESTED: "changes",
}
_SAFE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def acknowledge_page(answers: Answers, links: Links) -> Blueprint:
    """Return the blueprint of `/ack/<token>`. Whoever holds a link may answer, with identity `link`."""
    blueprint = Blueprint(
        "pages",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/static/pages",
    )

    @blueprint.get("/ack/<token>")
    def show(token: str) -> AnyResponse:
        selected = links.read(token)
        return _page(answers.look(selected.review_id), selected)

    @blueprint.post("/ack/<token>")
    def act(token: str) -> AnyResponse:
        request.max_content_length = LARGEST_FORM
        selected = links.read(token)
        review = answers.look(selected.review_id)
        try:
            decision = Decision(request.form.get("decision", ""))
        except ValueError:
            return _page(
                review, selected, said="Choose one of the two buttons.", status=HTTPStatus.BAD_REQUEST
            )
        try:
            answers.take(_attempt(selected, decision))
        except Refused as refusal:
            log.info("page_answer_refused", review_id=selected.review_id, reason=refusal.reason)
            status = _STATUS.get(refusal.reason, HTTPStatus.FORBIDDEN)
            fresh = answers.look(selected.review_id)
            return _page(fresh, selected, said=refusal.sentence, status=status)
        log.info("review_answered", review_id=selected.review_id, decision=decision, identity=Identity.LINK)
        return redirect(url_for(".show", token=token), HTTPStatus.SEE_OTHER)

    @blueprint.errorhandler(BadLink)
    def bad_link(_error: BadLink) -> AnyResponse:
        sentence = (
            "This link is not valid, or it is older than 30 days. Open the newest card of the document."
        )
        return _sentence(sentence, HTTPStatus.NOT_FOUND)

    @blueprint.errorhandler(Refused)
    def refused(refusal: Refused) -> AnyResponse:
        return _sentence(refusal.sentence, _STATUS.get(refusal.reason, HTTPStatus.FORBIDDEN))

    return blueprint


def _attempt(selected: Selected, decision: Decision) -> Attempt:
    name = plain(request.form.get("name", ""))[:LONGEST_NAME]
    return Attempt(
        review_id=selected.review_id,
        revision=selected.revision,
        decision=decision,
        reviewer=Reviewer(name=name or NAMELESS),
        identity=Identity.LINK,
        note=request.form.get("note"),
    )


def _page(
    review: Review, selected: Selected, *, said: str | None = None, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    stale = review.state is ReviewState.OPEN and review.revision != selected.revision
    html = render_template(
        "acknowledge.html",
        card=card_of(review),
        state=_LOOKS[review.state],
        revision=selected.revision,
        statement=STATEMENT,
        answerable=review.state is ReviewState.OPEN and not stale,
        stale=stale,
        said=said,
        form=request.form,
        longest_note=LONGEST_NOTE,
        longest_name=LONGEST_NAME,
    )
    return _safe(make_response(html, status))


def _sentence(sentence: str, status: HTTPStatus) -> Response:
    return _safe(make_response(render_template("sentence.html", sentence=sentence), status))


def _safe(response: Response) -> Response:
    response.headers.update(_SAFE)
    return response
