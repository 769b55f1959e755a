"""Reassigning and snoozing in the inbox: what a form leads to."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import redirect, request, url_for

from pages.acknowledge import choose_status
from pages.flashed_messages import flash_anywhere
from pages.headers import add_safe_headers
from pages.inbox_views import InboxView
from reviews.errors import RefusalReason, Refused

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from pages.inbox_visit import InboxVisit

log = structlog.get_logger()


def act(visit: InboxVisit, review_id: str) -> AnyResponse:
    """Do what the form says, and lead back to where it was; raise `Refused` for a review not in this inbox.

    A refusal is shown on the page of the review, with the form as it was filled in.
    """
    forms, review_request = visit.services.duty_forms, visit.make_request(review_id)
    confirmation = forms.find_confirmation(review_request)
    if not confirmation:
        visit.services.inbox.require_access(review_request)
        try:
            confirmation = forms.apply(review_request)
        except Refused as refusal:
            if refusal.reason is RefusalReason.UNKNOWN:
                raise
            log.info("duty_form_refused", review_id=review_id, reason=refusal.reason)
            view = InboxView(review_id=review_id)
            return visit.draw_page(view, sentence=refusal.sentence, status=choose_status(refusal))
    flash_anywhere(confirmation, review_id)
    return add_safe_headers(redirect(_find_next_address(visit, review_id), HTTPStatus.SEE_OTHER))


def _find_next_address(visit: InboxVisit, review_id: str) -> str:
    """Return where the form was; the inbox, for a person who has passed the review on and sees it no more."""
    try:
        visit.services.inbox.require_access(visit.make_request(review_id))
    except Refused:
        return url_for("inbox.show")
    if request.form.get("from") == "review":
        return url_for("inbox.review", review_id=review_id)
    return url_for("inbox.show", _anchor=f"review-{review_id}")
