"""Why there is no connection to Slack, for operators: what it is, and what to do (facts on Slack, 1.8)."""

from __future__ import annotations

import ssl
from http.client import InvalidURL
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies

from websockets.exceptions import InvalidProxy, InvalidProxyStatus, InvalidStatus, ProxyError

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAKE_ONE = "make one with connections:write at api.slack.com, your app, Basic Information, App-Level Tokens"
_SWITCH_ON = "switch it on at api.slack.com, your app, Socket Mode, Enable Socket Mode"
_PROXY = "check the proxy that HTTPS_PROXY names, and its password"
SWITCHED_OFF = ("Socket Mode is switched off in the app", _SWITCH_ON)
TOO_MANY = (
    "the app has ten connections already, and Slack allows no more",
    "run at most nine workers with this app; connections of killed workers end by themselves",
)
REFUSALS = {
    **dict.fromkeys(
        ("invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"),
        ("Slack refuses SLACK_APP_TOKEN ({code})", _MAKE_ONE),
    ),
    "not_allowed_token_type": ("SLACK_APP_TOKEN is no app-level token ({code})", _MAKE_ONE),
    **dict.fromkeys(
        ("missing_scope", "no_permission"),
        ("SLACK_APP_TOKEN lacks the scope connections:write", _MAKE_ONE),
    ),
    "socket_mode_not_enabled": SWITCHED_OFF,
    "too_many_websockets": TOO_MANY,
    "link_disabled": SWITCHED_OFF,
}
"""What Slack's words mean, of answers and of its reasons to disconnect, each with what to do."""


class NoConnection(Exception):
    """There is no connection to Slack; `reason` is for operators and holds no secret.

    With a `remedy` a person has to do something, otherwise it may pass. `retry_after` is in seconds.
    """

    def __init__(self, reason: str, remedy: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.reason, self.remedy, self.retry_after = reason, remedy, retry_after


def explain_code(code: str) -> NoConnection | None:
    """Return what a word of Slack means; `None` if it is none of those that are explained."""
    if code not in REFUSALS:
        return None
    reason, remedy = REFUSALS[code]
    return NoConnection(reason.format(code=code), remedy)


def explain_other_app(app_token: str, bot_token: str) -> NoConnection:
    return NoConnection(
        f"SLACK_APP_TOKEN belongs to the app {app_token}, SLACK_BOT_TOKEN to the app {bot_token}",
        "copy both tokens from one app",
    )


def explain_error(error: BaseException) -> NoConnection:
    """Return why a connection could not be opened, without the address, which holds a ticket."""
    causes = list(_list_causes(error))
    if isinstance(error, InvalidStatus):
        return NoConnection(f"Slack refuses the connection (HTTP {error.response.status_code})")
    if isinstance(error, InvalidProxyStatus):
        return NoConnection(f"the proxy refuses the connection (HTTP {error.response.status_code})", _PROXY)
    if any("Tunnel connection failed" in str(cause) for cause in causes):  # urllib's words
        return NoConnection("the proxy refuses the connection", _PROXY)
    if isinstance(error, (InvalidProxy, InvalidURL)):  # Slack's own addresses are checked before
        return NoConnection("HTTPS_PROXY is not the address of a proxy", "write it as http://host:port")
    if isinstance(error, ImportError):
        return NoConnection("a SOCKS proxy can't be used", "put an HTTP proxy into HTTPS_PROXY")
    return _explain_network(causes)


def _explain_network(causes: list[BaseException]) -> NoConnection:
    kind, proxy = type(causes[-1]).__name__, _find_proxy_host()
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        reason = "the certificate of Slack's address is not trusted"
        return NoConnection(reason, "put the file of your proxy's certificate into SSL_CERT_FILE")
    if not any(isinstance(cause, OSError | ProxyError) for cause in causes):
        return NoConnection(f"Slack's answer can't be understood ({kind})")
    if proxy:
        return NoConnection(f"Slack can't be reached through the proxy {proxy} ({kind})", _PROXY)
    return NoConnection(f"Slack can't be reached ({kind})")


def _list_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those that it was raised from; urllib keeps one in `reason`."""
    current: object = error
    for _ in range(10):
        if not isinstance(current, BaseException):
            return
        yield current
        current = getattr(current, "reason", None) or current.__cause__


def _find_proxy_host() -> str:
    """Return the proxy for https, without a name and a password in its address; empty if there is none."""
    try:
        parts = urlsplit(getproxies().get("https", ""))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "that HTTPS_PROXY names"
    return f"{host}:{port}" if port else host
