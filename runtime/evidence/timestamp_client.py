"""The client of a timestamping authority: asks for a timestamp on a text (RFC 3161, 3.4, over HTTP)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import requests
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from notifiers.shared.bounded_http import BoundedSession
from notifiers.shared.http import skip_netrc_auth
from runtime.evidence.timestamps import MAX_RESPONSE_BYTES, InvalidTimestamp, read_timestamp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cryptography import x509

    from reviews.clock import Clock

ANSWER_SECONDS = 10.0
MAX_CLOCK_DIFFERENCE = timedelta(minutes=5)
"""How far the time of an authority may be from ours."""
QUERY_TYPE, REPLY_TYPE = "application/timestamp-query", "application/timestamp-reply"
_OK = 200


class TimestampFailed(Exception):
    """The authority gave no timestamp that holds; the message says why. It is asked again later."""


@dataclass(frozen=True, kw_only=True)
class ObtainedTimestamp:
    """The whole answer of an authority in DER, and the time that it states."""

    response: bytes
    time: datetime


class TimestampClient:
    """Asks an authority at its address. Answers have a bounded size and time. Redirects are not followed."""

    def __init__(
        self,
        url: str,
        *,
        roots: Sequence[x509.Certificate],
        clock: Clock,
        seconds: float = ANSWER_SECONDS,
    ) -> None:
        """Without `roots` no signature is verified. `seconds` is how long the authority may keep silent."""
        self._url, self._roots, self._clock, self._seconds = url, roots, clock, seconds

    def ask(self, text: bytes) -> ObtainedTimestamp:
        """Return a timestamp on a text, checked; raise `TimestampFailed`."""
        request = TimestampRequestBuilder(text, HashAlgorithm.SHA256, nonce=True, cert_req=True).build()
        response = self._post(request.as_bytes())
        _require_reply(response)
        try:
            timestamp = read_timestamp(response.content, text, roots=self._roots, nonce=request.nonce)
        except InvalidTimestamp as error:
            raise TimestampFailed(f"its answer does not hold: {error}") from None
        difference = abs(timestamp.time - self._clock())
        if difference > MAX_CLOCK_DIFFERENCE:
            raise TimestampFailed(
                f"its time, {timestamp.time:%Y-%m-%d %H:%M:%S} UTC, is more than five minutes from ours"
            )
        return ObtainedTimestamp(response=response.content, time=timestamp.time)

    def _post(self, body: bytes) -> requests.Response:
        try:
            with BoundedSession(max_bytes=MAX_RESPONSE_BYTES) as session:
                return session.post(
                    self._url,
                    data=body,
                    headers={"Content-Type": QUERY_TYPE, "Accept": REPLY_TYPE},
                    timeout=self._seconds,
                    allow_redirects=False,
                    auth=skip_netrc_auth,
                )
        except requests.RequestException as error:
            raise TimestampFailed(f"no answer ({type(error).__name__})") from None


def _require_reply(response: requests.Response) -> None:
    status = response.status_code
    if response.is_redirect:
        raise TimestampFailed(
            f"it redirects ({status}), which is not followed: TSA_URL needs its own address"
        )
    if status != _OK:
        raise TimestampFailed(f"it answers with an error ({status})")
    content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if content_type != REPLY_TYPE:
        raise TimestampFailed(f"its answer is not {REPLY_TYPE}: see whether TSA_URL is right")
