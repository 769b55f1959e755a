"""From e-mail addresses to Slack's people, remembered for a while (facts on Slack, 1.6)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from cachetools import TTLCache

from notifiers.slack.failures import calling
from notifiers.slack.text import escape
from reviews.errors import Permanent, TryLater

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slack_sdk import WebClient

HITS_FRESH = 86400.0  # seconds
MISSES_FRESH = 3600.0


class People:
    """Finds whom to mention. A look-up that fails never stops a card: the address stands there instead."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._hits: TTLCache[str, str] = TTLCache(2048, HITS_FRESH)
        self._misses: TTLCache[str, None] = TTLCache(2048, MISSES_FRESH)

    def mentions(self, addresses: Iterable[str]) -> list[str]:
        """Return mrkdwn that mentions each person, or names the address of one that Slack does not know."""
        return [f"<@{user}>" if (user := self._find(address)) else escape(address) for address in addresses]

    def _find(self, address: str) -> str | None:
        key = address.casefold()
        with self._lock:
            if key in self._hits or key in self._misses:
                return self._hits.get(key)
        try:
            with calling("users.lookupByEmail"):
                user = str(self._client.users_lookupByEmail(email=address)["user"]["id"])
        except TryLater:
            return None
        except Permanent:
            with self._lock:
                self._misses[key] = None
            return None
        with self._lock:
            self._hits[key] = user
        return user
