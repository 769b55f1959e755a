"""From owners to whom a card mentions: people by address, groups by name (facts on Slack, 1.6)."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from cachetools import TTLCache

from notifiers.shared.members import string
from notifiers.slack.account import CHAT, read
from notifiers.slack.failures import calling
from notifiers.slack.text import fit, mention, mention_group
from reviews.errors import FarSideError, TryLater
from reviews.routes.routing import is_group
from reviews.text import storable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slack_sdk import WebClient

    from notifiers.slack.groups import Groups
    from reviews.account import Account
    from reviews.cards.card import Card
    from reviews.people.directory import Directory

MISSES_FRESH = 3600.0  # seconds
LONGEST_ADDRESS = 90


class People:
    """Finds whom to mention. A look-up that fails never stops a card: the address stands there instead.

    With `groups`, a group of which nothing is known yet is looked up, too; who only redraws does without.
    """

    def __init__(self, client: WebClient, directory: Directory, groups: Groups | None = None) -> None:
        self._client = client
        self._directory = directory
        self._groups = groups
        self._lock = threading.Lock()
        self._misses: TTLCache[str, None] = TTLCache(2048, MISSES_FRESH)

    def owners(self, card: Card) -> list[str]:
        """Return mrkdwn that mentions each owner, or names the address of one that Slack does not know.

        Nobody is mentioned for their own change.
        """
        authors = {(who.email or "").casefold() for who in card.contributors}
        return [self._mentioned(owner, authors) for owner in card.owners]

    def stand_ins(self, card: Card) -> list[str]:
        """Return the same for the deputies who answer in the owners' place."""
        return list(self.mentions(card.stand_ins))

    def mentions(self, addresses: Iterable[str]) -> list[str]:
        """Return mrkdwn that mentions each of these people, as far as Slack knows them."""
        return [self._mentioned(address, set()) for address in addresses]

    def user(self, address: str) -> str | None:
        """Return the id of whoever has this address; `None` where Slack knows nobody or does not say."""
        return self._find(address)

    def _mentioned(self, owner: str, authors: set[str]) -> str:
        if is_group(owner):
            found = mention_group(self._group(owner))
        else:
            found = None if owner.casefold() in authors else mention(self._find(owner))
        return found or fit(owner, LONGEST_ADDRESS)

    def _group(self, name: str) -> str | None:
        said = self._directory.group(name)
        if said is None and self._groups is not None and not self._missed(name):
            self._groups.look_up([name])
            said = self._directory.group(name)
            if said is None:
                self._miss(name)
        return said.get("id") if said else None

    def _find(self, address: str) -> str | None:
        named = self._directory.named(CHAT, address)
        if named or self._missed(address):
            return named or None
        known = self._directory.at(CHAT, address)
        if known is not None:
            return known.id
        try:
            with calling("users.lookupByEmail"):
                said = self._client.users_lookupByEmail(email=address).data
        except TryLater:
            return None
        except FarSideError:
            self._miss(address)
            return None
        account = read(said)
        if account is None:
            return None
        self._directory.learn(self._with_locale(account), asked_for=address)
        return account.id

    def _with_locale(self, account: Account) -> Account:
        """Return the account with its language, which Slack does not tell with an address; asked for once."""
        if self._directory.locale(CHAT, account.id):
            return account
        try:
            with calling("users.info"):
                said = self._client.users_info(user=account.id, include_locale=True).data
        except FarSideError:
            return account
        return replace(account, locale=storable(string(said, "user", "locale")))

    def _missed(self, name: str) -> bool:
        with self._lock:
            return name.casefold() in self._misses

    def _miss(self, name: str) -> None:
        with self._lock:
            self._misses[name.casefold()] = None
