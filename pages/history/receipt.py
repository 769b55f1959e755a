"""Download of a review's receipt, for those who may see all of the review."""

from __future__ import annotations

import itertools
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from flask import Response

from pages.headers import add_safe_headers
from pages.history.visitor import ask_to_sign_in, draw_page, get_visitor
from reviews.errors import RefusalReason, Refused
from reviews.language import _
from reviews.ledger.hash_chain import LedgerBroken
from reviews.ledger.receipts import RECEIPT_ENDING
from reviews.lists.receipts import ALTERED

if TYPE_CHECKING:
    from flask import Blueprint
    from werkzeug.wrappers import Response as AnyResponse

    from pages.history.visitor import HistorySignInMethods
    from reviews.clock import Clock
    from reviews.ledger.receipts import Receipt
    from reviews.lists.receipts import ReviewReceipts

RECEIPT_PAGE = "history.download_receipt"

log = structlog.get_logger()


def add_receipt(
    blueprint: Blueprint, receipts: ReviewReceipts, sign_in_methods: HistorySignInMethods, *, clock: Clock
) -> None:
    """Add `/reviews/<review_id>/receipt` to the history page, whose reviews then lead to it."""

    @blueprint.get("/reviews/<review_id>/receipt")
    def download_receipt(review_id: str) -> AnyResponse:
        now = clock()
        visitor = get_visitor(now)
        if visitor is None:
            return ask_to_sign_in(sign_in_methods, now=now)
        try:
            receipt = receipts.find_for_page(review_id, visitor)
            if receipt is None:
                return draw_page("unknown.html", status=HTTPStatus.NOT_FOUND, who=visitor)
            return _send_receipt(receipt)
        except Refused as refusal:
            is_private = refusal.reason is RefusalReason.NOT_ALLOWED
            status, sentence = HTTPStatus.FORBIDDEN if is_private else HTTPStatus.CONFLICT, refusal.sentence
        except LedgerBroken as error:
            log.warning("receipt_refused", review_id=review_id, reason=str(error))
            status, sentence = HTTPStatus.CONFLICT, _(ALTERED)
        return draw_page(
            "no_receipt.html", status=status, who=visitor, sentence=sentence, review_id=review_id
        )


def _send_receipt(receipt: Receipt) -> AnyResponse:
    """Send a receipt while it is made. At an altered entry the download breaks off, and browsers say so."""
    parts = receipt.iterate_parts()
    first = next(parts)  # if that is altered, a page says so
    response = Response(itertools.chain([first], parts), mimetype="text/plain")
    response.headers.set("Content-Disposition", "attachment", filename=f"{receipt.review_id}{RECEIPT_ENDING}")
    return add_safe_headers(response)
