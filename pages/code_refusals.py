"""Page texts for when no code is mailed or accepted now, and for how long: alike for every address."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog

from reviews.language import _, gettext_noop, ngettext
from reviews.people.mailed_codes import MailUnavailable, TooBusy, TooManyCodes, TooManyGuesses, WaitNeeded

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response as AnyResponse

_SENTENCES: dict[type[WaitNeeded], str] = {
    TooManyCodes: gettext_noop(
        "Too many codes were requested from this browser or network. Nothing was recorded. "
        "Request a new one in {time}."
    ),
    TooManyGuesses: gettext_noop(
        "Too many codes were tried from this browser or network. Nothing was recorded. Try again in {time}."
    ),
    MailUnavailable: gettext_noop(
        "No mail can be sent right now, so there is no code. Nothing was recorded. Try again in {time}."
    ),
    TooBusy: gettext_noop(
        "Too many codes are being mailed right now. Nothing was recorded. Try again in {time}."
    ),
}

log = structlog.get_logger()


def draw_code_refusal(
    refusal: WaitNeeded, draw_page: Callable[[str, HTTPStatus], AnyResponse]
) -> AnyResponse:
    """Return the page with the refusal; `Retry-After` has the seconds to wait."""
    log.warning("code_refused_for_now", reason=type(refusal).__name__)
    is_throttled = isinstance(refusal, TooManyCodes | TooManyGuesses)
    status = HTTPStatus.TOO_MANY_REQUESTS if is_throttled else HTTPStatus.SERVICE_UNAVAILABLE
    seconds = math.ceil(refusal.wait.total_seconds())
    minutes = math.ceil(seconds / 60)
    time = ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)
    response = draw_page(_(_SENTENCES[type(refusal)]).format(time=time), status)
    response.headers["Retry-After"] = str(seconds)
    return response
