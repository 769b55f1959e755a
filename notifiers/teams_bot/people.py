"""People in a conversation of Teams by address, cached for a while (facts on Teams, 2.4)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from cachetools import TTLCache

from notifiers.shared.adaptive_card import Owner
from notifiers.shared.json_members import get_text
from reviews.errors import OutcomeUnknown, RemoteError, TryLater
from reviews.routes.route import is_group
from reviews.text import clean_name, clean_text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from notifiers.teams_bot.connector import Connector, TeamsConversation
    from reviews.cards.card import Card
    from reviews.people.identification import Directory

HIT_CACHE_SECONDS = 86400.0  # seconds
MISS_CACHE_SECONDS = 3600.0
MAX_LOOKUPS = 20
MAX_GROUP_MEMBERS = 8


class TeamsOwners:
    """Finds whom to mention. A look-up that fails never stops a card: the address is shown instead.

    Teams may refuse a whole message that mentions a person whom it does not have.
    """

    def __init__(self, connector: Connector, directory: Directory | None = None) -> None:
        self._connector = connector
        self._directory = directory
        self._lock = threading.Lock()
        self._hits: TTLCache[tuple[str, str], Owner] = TTLCache(2048, HIT_CACHE_SECONDS)
        self._misses: TTLCache[tuple[str, str], None] = TTLCache(2048, MISS_CACHE_SECONDS)

    def find_owners(self, card: Card, conversation: TeamsConversation) -> dict[str, Owner]:
        """Return the owners, or those in their place, who are in the conversation, by their address.

        No one is mentioned for their own change, nor while they are away. Teams has no groups that a card
        could mention: for an owner that is a group, its members are looked up, each by their own address.
        """
        authors = {(who.email or "").casefold() for who in card.contributors}
        absent = {person.address.casefold() for person in card.absent}
        stand_ins = (person.address for each in card.stand_ins for person in each.people)
        entries = (*card.owners, *card.deputies, *stand_ins)
        return self.find_members(entries, conversation, excluded=authors | absent)

    def find_members(
        self, addresses: Sequence[str], conversation: TeamsConversation, *, excluded: Collection[str] = ()
    ) -> dict[str, Owner]:
        """Return those of these people and groups who are in the conversation, by their address."""
        members: dict[str, Owner] = {}
        entry_addresses = [address for entry in addresses for address in self._list_addresses(entry)]
        addresses_to_find = [
            address for address in dict.fromkeys(entry_addresses) if address.casefold() not in excluded
        ]
        for address in addresses_to_find[:MAX_LOOKUPS]:
            try:
                person = self._find(address, conversation)
            except (TryLater, OutcomeUnknown):
                break  # the post must not wait for each of them in vain
            if person is not None:
                members[address] = person
        return members

    def _list_addresses(self, owner: str) -> list[str]:
        if not is_group(owner):
            return [owner]
        members = self._directory.list_members(owner) if self._directory else ()
        return sorted(member for member in members if "@" in member)[:MAX_GROUP_MEMBERS]

    def _find(self, address: str, conversation: TeamsConversation) -> Owner | None:
        key = (conversation.id, address.casefold())
        with self._lock:
            if key in self._hits or key in self._misses:
                return self._hits.get(key)
        try:
            named = self._directory.find_member("teams", address) if self._directory else ""
            roster_entry = self._connector.fetch_member(conversation, named or address)
        except (TryLater, OutcomeUnknown):
            raise
        except RemoteError:
            roster_entry = {}
        person = get_text(roster_entry, "aadObjectId") or get_text(roster_entry, "id")
        with self._lock:
            if not person:
                self._misses[key] = None
                return None
            self._hits[key] = Owner(
                name=clean_text(clean_name(get_text(roster_entry, "name"))) or address, mention=person
            )
            return self._hits[key]
