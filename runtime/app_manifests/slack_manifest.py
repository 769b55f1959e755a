"""The app manifest for Slack: the app's name, its rights, and where its requests go: an address or a socket.

The form is that of slackapi/manifest-schema, version 1 (facts on Slack, 1.6).
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.command_requests import Verb
from bot.slack.shortcut import ACKNOWLEDGE

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.routes.route import Routes

NAME = "DocSpace reviews"
BOT = "docspace-review"  # the name that people /invite
EVENTS_PATH = "/slack/events"
_DOMAIN = re.compile(r"(?![.-])[-a-z0-9.]{1,254}[a-z0-9]")
_ABOUT = "Review changed documents of a watched folder with one click."
_AT_LENGTH = (
    "When a document in a watched folder of ONLYOFFICE DocSpace changes, a card in the "
    "channel shows which document, what happened and who did it. The owner acknowledges the "
    "review or requests changes right there. A ledger records who answered for which version, "
    "and when."
)


@dataclass(frozen=True, kw_only=True)
class Installation:
    """What Slack needs from an installation.

    `address` is where Slack reaches it, without a slash at the end; it is empty with Socket Mode. `portal` is
    the host name of DocSpace.
    """

    address: str
    command: str
    portal: str
    routes: Routes

    @property
    def events_url(self) -> str:
        """The address of all requests; empty with Socket Mode."""
        return f"{self.address}{EVENTS_PATH}" if self.address else ""

    @property
    def unfurl_domain(self) -> str | None:
        """The domain whose links show the state of a review; `None` for one that Slack would not accept."""
        return self.portal if _is_domain(self.portal) else None

    def has_route_key(self, key: str) -> bool:
        """Return whether a route uses a key."""
        return any(getattr(route, key) for route in self.routes.all)

    @property
    def has_groups(self) -> bool:
        """Whether a route names a user group: `@compliance-team` instead of a person's address."""
        return bool(self.routes.groups)


def _is_always_needed(_: Installation) -> bool:
    return True


def _is_unfurling(installation: Installation) -> bool:
    return installation.unfurl_domain is not None


def _sends_direct_messages(installation: Installation) -> bool:
    keys = ("tell_contributors", "due", "remind", "after_request")
    return any(map(installation.has_route_key, keys))


def _reacts(installation: Installation) -> bool:
    return installation.has_route_key("acknowledge_reaction")


@dataclass(frozen=True, kw_only=True)
class Scope:
    """A right that the app requests. Without an `optional` one everything else works."""

    name: str
    reason: str
    is_used: Callable[[Installation], bool] = _is_always_needed
    optional: bool = False
    events: tuple[str, ...] = ()


# Every right, with its reason; the person who installs the app reads the names, so none is unused.
SCOPES = (
    Scope(name="chat:write", reason="posts and updates the cards, answers privately"),
    Scope(name="commands", reason="the slash command and the entry in a message's menu"),
    Scope(name="users:read", reason="the reviewer's name, and whether they are a guest"),
    Scope(name="users:read.email", reason="mentions owners, and identifies them when they answer"),
    Scope(
        name="usergroups:read",
        reason="a route names a user group: its members",
        is_used=lambda installation: installation.has_groups,
    ),
    Scope(
        name="reactions:read",
        reason="a route accepts a reaction as an answer (acknowledge_reaction)",
        is_used=_reacts,
        events=("reaction_added", "reaction_removed"),
    ),
    Scope(
        name="im:write",
        reason="reminders of several reviews, and outcomes for contributors, as direct messages",
        is_used=_sends_direct_messages,
    ),
    Scope(
        name="channels:read",
        reason="subscriptions: whether a channel is public, and whether the bot is in it",
    ),
    Scope(name="groups:read", reason="the same for private channels"),
    Scope(
        name="channels:history",
        reason="looks for a card after a post without an answer, before it is posted again",
        optional=True,
    ),
    Scope(name="groups:history", reason="the same in private channels", optional=True),
    Scope(
        name="links:read",
        reason="sees pasted links to DocSpace",
        is_used=_is_unfurling,
        optional=True,
        events=("link_shared",),
    ),
    Scope(
        name="links:write",
        reason="shows the review's state under such a link",
        is_used=_is_unfurling,
        optional=True,
    ),
)


def list_scopes(installation: Installation) -> tuple[Scope, ...]:
    """Return the rights that this installation needs, including optional ones."""
    return tuple(scope for scope in SCOPES if scope.is_used(installation))


def build_manifest(installation: Installation) -> dict[str, Any]:
    """Return the manifest, to be pasted where Slack creates an app from one."""
    requested_scopes = list_scopes(installation)
    request_url = {"request_url": installation.events_url} if installation.events_url else {}
    events = sorted({"app_home_opened", *(event for scope in requested_scopes for event in scope.events)})
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": NAME,
            "description": _ABOUT,
            "long_description": _AT_LENGTH,
            "background_color": "#1F4E79",
        },
        "features": _build_features(installation),
        # Slack requires optional scopes in both lists.
        "oauth_config": {
            "scopes": {
                "bot": [scope.name for scope in requested_scopes],
                "bot_optional": [scope.name for scope in requested_scopes if scope.optional],
            }
        },
        "settings": {
            "event_subscriptions": {**request_url, "bot_events": events},
            "interactivity": {"is_enabled": True, **request_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not installation.events_url,
            "token_rotation_enabled": False,
        },
    }


def _build_features(installation: Installation) -> dict[str, Any]:
    command = {
        "command": installation.command,
        **({"url": installation.events_url} if installation.events_url else {}),
        "description": "Open reviews, recent changes, and the review of one document",
        "usage_hint": " | ".join(Verb),
        "should_escape": True,
    }
    shortcut = {
        "name": "Acknowledge review",
        "type": "message",
        "callback_id": ACKNOWLEDGE,
        "description": "Say that you have reviewed the version that this card shows",
    }
    domains = {"unfurl_domains": [installation.unfurl_domain]} if installation.unfurl_domain else {}
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": True,
        },
        "bot_user": {"display_name": BOT, "always_online": False},
        "shortcuts": [shortcut],
        "slash_commands": [command],
        **domains,
    }


def get_host(address: str) -> str:
    """Return the host name in an address with or without a scheme; empty if there is none."""
    return urlsplit(address if "://" in address else f"https://{address}").hostname or ""


def _is_domain(host: str) -> bool:
    """Return whether Slack accepts a host as a domain: one with a dot, and not an IP address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host and _DOMAIN.fullmatch(host) is not None
    return False
