"""The bot's own token: fetched with its secret, used until shortly before it ends (facts on Teams, 2.4)."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import requests

from notifiers.shared.bounded_http import BoundedSession
from notifiers.shared.http import skip_netrc_auth
from notifiers.shared.json_answers import read_json_object
from notifiers.shared.json_members import get_text
from notifiers.teams_bot.failures import get_error_code
from reviews.errors import TryLater

if TYPE_CHECKING:
    from collections.abc import Callable

SCOPE = "https://api.botframework.com/.default"
RENEW_EARLY_SECONDS = 300.0  # seconds before its end from which a token is not used
CONNECT_SECONDS = 3.05
READ_SECONDS = 10.0


class Tokens:
    """Fetches a token when there is none, once for all threads.

    `clock` counts seconds and never goes back.
    """

    def __init__(
        self,
        login_url: str,
        *,
        app_id: str,
        password: str,
        tenant: str,
        clock: Callable[[], float] = time.monotonic,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self._address = f"{login_url.rstrip('/')}/{quote(tenant, safe='')}/oauth2/v2.0/token"
        self._form = {
            "grant_type": "client_credentials",
            "client_id": app_id,
            "client_secret": password,
            "scope": SCOPE,
        }
        self._clock = clock
        self._timeout = (CONNECT_SECONDS, read_seconds)
        self._lock = threading.Lock()
        self._token = ""
        self._expires_at = 0.0
        self._failures = 0
        self._reason = ""

    def get(self) -> str:
        """Return a token; raises `TryLater`, since without one nothing was sent.

        A thread that waited while another failed to get one fails too, instead of waiting again in turn.
        """
        failures = self._failures
        with self._lock:
            if not self._token or self._clock() >= self._expires_at:
                if self._failures != failures:
                    raise TryLater(self._reason)
                self._fetch()
            return self._token

    def forget(self, refused_token: str) -> None:
        """Stop using a token that was refused; a newer one stays."""
        with self._lock:
            if self._token == refused_token:
                self._token = ""

    def _fetch(self) -> None:
        try:
            self._renew()
        except TryLater as error:
            self._failures += 1
            self._reason = str(error)
            raise

    def _renew(self) -> None:
        requested_at = self._clock()
        response = self._request_token()
        token, seconds = get_text(response, "access_token"), response.get("expires_in")
        if not token or not token.isascii() or not token.isprintable():
            raise TryLater("the token endpoint answers without a token: check TEAMS_LOGIN_URL")
        lifetime = float(seconds) if isinstance(seconds, int | float) else 0.0
        self._token, self._expires_at = token, requested_at + lifetime - RENEW_EARLY_SECONDS

    def _request_token(self) -> dict[str, Any]:
        try:
            with BoundedSession() as session:
                response = session.post(
                    self._address,
                    data=self._form,
                    timeout=self._timeout,
                    allow_redirects=False,
                    auth=skip_netrc_auth,
                )
        except requests.RequestException as error:
            raise TryLater(f"the bot's token: no answer ({type(error).__name__})") from None
        if response.ok and not response.is_redirect:
            return read_json_object(response)
        reason = get_error_code(response) or response.status_code
        raise TryLater(
            f"the bot gets no token ({reason}): check TEAMS_APP_ID, TEAMS_APP_PASSWORD and "
            "TEAMS_TENANT_ID; cards wait until it is fixed"
        )
