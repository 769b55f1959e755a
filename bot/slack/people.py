"""Who a Slack user is: name and e-mail, remembered for a while."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from cachetools import TTLCache

from notifiers.slack.failures import calling
from reviews.model import Reviewer

if TYPE_CHECKING:
    from slack_sdk import WebClient

# Bots, guests, deactivated accounts, and people of other workspaces, whose address somebody else has set.
_OUTSIDE = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger")
FRESH = 3600.0  # seconds; somebody who is deactivated can answer no longer than this


class People:
    """Looks people up by their Slack id. The id itself is proven by Slack's signature."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._known: TTLCache[str, Reviewer] = TTLCache(4096, FRESH)

    def reviewer(self, user: str) -> Reviewer:
        """Return the person; raises one of the product's `FarSideError`s where Slack does not say.

        Outsiders have no address here, so that they can't stand in for an owner.
        """
        with self._lock:
            known = self._known.get(user)
        if known is not None:
            return known
        with calling("users.info"):
            info = self._client.users_info(user=user)["user"]
        profile = info.get("profile") or {}
        outsider = any(info.get(flag) for flag in _OUTSIDE)
        name = profile.get("real_name") or info.get("real_name") or info.get("name") or user
        email = None if outsider else profile.get("email") or None
        person = Reviewer(name=str(name), email=email, slack_user=user)
        with self._lock:
            self._known[user] = person
        return person
