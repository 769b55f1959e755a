"""Browsers in which an address was proven before: a signed cookie marks them, and proves nothing.

Codes requested in such a browser have their own quota, so that floods from elsewhere don't lock an owner out.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from flask import after_this_request, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

COOKIE = "docspace-review-familiar"
COOKIE_LIFETIME = timedelta(days=90)
MAX_REMEMBERED_ADDRESSES = 4  # addresses: several people may share a browser


def is_recognized(address: str) -> bool:
    return _make_mark(address) in _read_marks()


def remember_address(address: str) -> None:
    """Mark the browser, in this response, as one in which the address was proven."""
    mark = _make_mark(address)
    marks = [*(each for each in _read_marks() if each != mark), mark][-MAX_REMEMBERED_ADDRESSES:]
    cookie_value = _build_serializer().dumps(marks)

    @after_this_request
    def mark_browser(response: AnyResponse) -> AnyResponse:
        response.set_cookie(
            COOKIE,
            cookie_value,
            max_age=COOKIE_LIFETIME,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response


def _read_marks() -> list[str]:
    try:
        marks = _build_serializer().loads(
            request.cookies.get(COOKIE, ""), max_age=int(COOKIE_LIFETIME.total_seconds())
        )
    except BadData:
        return []
    return marks if isinstance(marks, list) else []


def _make_mark(address: str) -> str:
    return sha256(address.casefold().encode()).hexdigest()[:32]


def _build_serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="familiar")
