"""The address of one connection, which Slack makes anew each time, and the app that a token belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http.client import InvalidURL
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from slack_sdk.errors import SlackApiError

from bot.slack.socket_mode.failures import NoConnection, explain_code, explain_error, explain_other_app
from notifiers.shared.json_members import get_member, get_text
from notifiers.shared.local_hosts import is_this_machine
from notifiers.slack.failures import get_error_code, translate_errors
from reviews.errors import RemoteError

if TYPE_CHECKING:
    from slack_sdk import WebClient

METHOD = "apps.connections.open"
_DOMAINS = ("slack.com", "slack-gov.com")
_APP_ID = re.compile(r"xapp-[0-9]+-(A[A-Z0-9]+)-")


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """Permission for one connection. Its address is a secret; `warning` is what Slack adds, mostly none."""

    address: str = field(repr=False)
    warning: str = ""


def request_ticket(client: WebClient) -> Ticket:
    """Return a new ticket; raise `NoConnection` if Slack gives none.

    `client` has the app-level token, which Slack takes in the header only.
    """
    try:
        with translate_errors(METHOD):
            data = _call(client)
    except RemoteError as error:
        cause = error.__cause__
        if isinstance(cause, (OSError, InvalidURL)):
            raise explain_error(cause) from None
        raise NoConnection(str(error), retry_after=getattr(error, "retry_after", None)) from None
    address = get_text(data, "url")
    if not is_usable(address, client.base_url):
        raise NoConnection(f"{METHOD}: Slack's answer has no usable address")
    warnings = get_member(data, "response_metadata", "messages")
    texts = [text for text in warnings if isinstance(text, str)] if isinstance(warnings, list) else []
    return Ticket(address=address, warning=next((text for text in texts if "Socket Mode" in text), ""))


def read_app_id(app_token: str) -> str:
    """Return the app that an app-level token names; empty if it names none."""
    match = _APP_ID.match(app_token)
    return match[1] if match else ""


def find_app_id(client: WebClient) -> str:
    """Ask Slack which app a bot token belongs to; return nothing if it does not say."""
    try:
        with translate_errors("bots.info"):
            bot = get_text(client.auth_test().data, "bot_id")
            return get_text(client.bots_info(bot=bot).data, "bot", "app_id") if bot else ""
    except RemoteError:
        return ""


def require_one_app(app_token: str, client: WebClient) -> None:
    """Raise `NoConnection` if the app-level token is of another app than the bot token of `client`."""
    app, bot_app = read_app_id(app_token), find_app_id(client)
    if app and bot_app and app != bot_app:
        raise explain_other_app(app, bot_app)


def _call(client: WebClient) -> object:
    try:
        return client.apps_connections_open(app_token=client.token or "").data
    except SlackApiError as error:
        explained = explain_code(get_error_code(error))
        if explained is not None:
            raise explained from None
        raise


def is_usable(address: str, api_url: str) -> bool:
    """Return whether an address is on the domain of Slack that `SLACK_API_URL` is on, and encrypted.

    Where that is a stand-in, it has to be on the stand-in's own host; on this machine it may be unencrypted,
    as far as the API is.
    """
    try:
        parts, api = urlsplit(address), urlsplit(api_url)
        host, port, api_host = parts.hostname or "", parts.port, api.hostname or ""
    except ValueError:
        return False
    if not host or not address.isascii() or not address.isprintable() or {"\\", " "} & set(address):
        return False
    if "@" in parts.netloc:
        return False
    for domain in _DOMAINS:
        if _is_on(api_host, domain):
            return parts.scheme == "wss" and _is_on(host, domain) and port in {None, 443}
    is_plain = (parts.scheme, api.scheme) == ("ws", "http") and is_this_machine(host)
    return host == api_host and (parts.scheme == "wss" or is_plain)


def _is_on(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")
