"""The client that fetches the calendar of absences, by one GET of bounded size and time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests

from notifiers.shared.bounded_http import AnswerTooLarge, BoundedSession
from notifiers.shared.http import skip_netrc_auth
from reviews.ports.calendars import CalendarFailed

if TYPE_CHECKING:
    from reviews.routes.calendar_address import CalendarAddress

SILENT_SECONDS = 10.0
MAX_SECONDS = 30.0
MAX_CALENDAR_BYTES = 5 * 1024 * 1024
_OK = 200
_FAILURES = {
    401: "it wants a password: use the calendar's private address",
    403: "it refuses: see whether the calendar's private address is still the same",
    404: "there is no calendar at this address: see whether it is still the same",
    410: "there is no calendar at this address any more",
    429: "it is read too often",
}
# Errors of `requests` hold the address in their messages, so only their kinds are shown.
_NO_ANSWER = {
    requests.exceptions.SSLError: "its certificate is not accepted",
    requests.exceptions.ConnectTimeout: "it can't be reached in time",
    requests.exceptions.ReadTimeout: "it does not answer in time",
}


class CalendarClient:
    """Fetches one calendar. No redirect is followed: another host would learn the secret in the address."""

    def __init__(
        self, address: CalendarAddress, *, seconds: float = SILENT_SECONDS, max_seconds: float = MAX_SECONDS
    ) -> None:
        """`seconds` is how long the host may keep silent, `max_seconds` how long all of it may take."""
        self._address, self._seconds, self._max_seconds = address, seconds, max_seconds

    @property
    def host(self) -> str:
        return self._address.host

    def fetch(self) -> bytes:
        """Return what is at the address; raise `CalendarFailed`."""
        try:
            with BoundedSession(max_bytes=MAX_CALENDAR_BYTES, max_seconds=self._max_seconds) as session:
                response = session.get(
                    self._address.get_secret_value(),
                    headers={"Accept": "text/calendar"},
                    timeout=self._seconds,
                    allow_redirects=False,
                    auth=skip_netrc_auth,
                )
        except AnswerTooLarge:
            raise CalendarFailed("it has more than 5 MiB") from None
        except requests.RequestException as error:
            raise CalendarFailed(_explain_silence(error)) from None
        if response.is_redirect:
            raise CalendarFailed(
                f"it redirects ({response.status_code}), which is not followed: use its own address"
            )
        if response.status_code != _OK:
            reason = _FAILURES.get(response.status_code, "it answers with an error")
            raise CalendarFailed(f"{reason} ({response.status_code})")
        return response.content


def _explain_silence(error: requests.RequestException) -> str:
    sentences = (sentence for kind, sentence in _NO_ANSWER.items() if isinstance(error, kind))
    return next(sentences, f"no answer ({type(error).__name__})")
