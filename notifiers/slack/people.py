"""Mentions on a card from owners: people by address, groups by name (facts on Slack, 1.6)."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from cachetools import TTLCache

from notifiers.shared.json_members import get_text
from notifiers.slack.account import CHAT_NAME, read_account
from notifiers.slack.failures import translate_errors
from notifiers.slack.text import fit_text, format_group_mention, format_mention
from reviews.cards.card_stand_ins import find_absent_owner
from reviews.cards.card_steps import list_step_recipients
from reviews.errors import RemoteError, TryLater
from reviews.routes.route import is_group
from reviews.text import clean_text, strip_unstorable
from reviews.wording.step_sentences import MAX_NAMED_RECIPIENTS, is_channel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slack_sdk import WebClient

    from notifiers.slack.groups import SlackGroups
    from reviews.account import ChatAccount
    from reviews.cards.card import Card
    from reviews.people.identification import Directory

MISS_CACHE_SECONDS = 3600.0  # seconds
MAX_ADDRESS_LENGTH = 90


class SlackOwners:
    """Finds whom to mention. A look-up that fails never stops a card: the address is shown instead.

    With `groups`, a group that is not stored yet is looked up, too; a process that only redraws has none.
    """

    def __init__(self, client: WebClient, directory: Directory, groups: SlackGroups | None = None) -> None:
        self._client = client
        self._directory = directory
        self._groups = groups
        self._lock = threading.Lock()
        self._misses: TTLCache[str, None] = TTLCache(2048, MISS_CACHE_SECONDS)

    def mention_owners(self, card: Card) -> list[str]:
        """Return mrkdwn that mentions each owner, or names the address of one that Slack does not have.

        No one is mentioned for their own change, nor while they are away.
        """
        authors = _list_authors(card)
        absent = ((owner, find_absent_owner(card.absent, owner)) for owner in card.owners)
        return [
            fit_text(person.name, MAX_ADDRESS_LENGTH) if person else self._mention_owner(owner, authors)
            for owner, person in absent
        ]

    def mention_deputies(self, card: Card) -> list[str]:
        """Return the same for the deputies who answer in the owners' place."""
        return list(self.mention_people(card.deputies))

    def mention_step_recipients(self, card: Card) -> dict[str, str]:
        """Return the same, by address, for those whom the last step asked, as far as the card names them.

        One who is away is not mentioned.
        """
        people = [
            address
            for address in map(clean_text, list_step_recipients(card)[: MAX_NAMED_RECIPIENTS + 1])
            if address and not is_channel(address)
        ]
        absent = {each: person for each in people if (person := find_absent_owner(card.absent, each))}
        mentionable = [each for each in people if each not in absent]
        mentions = dict(zip(mentionable, self.mention_people(mentionable), strict=True))
        return {**mentions, **{each: fit_text(who.name, MAX_ADDRESS_LENGTH) for each, who in absent.items()}}

    def mention_stand_ins(self, card: Card) -> dict[str, str]:
        """Return mrkdwn, by address, that mentions those who stand in for an owner, if Slack has them.

        No one is mentioned for their own change.
        """
        authors = _list_authors(card)
        addresses = {person.address for stand_in in card.stand_ins for person in stand_in.people}
        mentions = {
            address: format_mention(self._look_up_user(address))
            for address in sorted(addresses)
            if address.casefold() not in authors
        }
        return {address: mention for address, mention in mentions.items() if mention}

    def mention_people(self, addresses: Iterable[str]) -> list[str]:
        """Return mrkdwn that mentions each of these people, as far as Slack has them."""
        return [self._mention_owner(address, set()) for address in addresses]

    def find_user(self, address: str) -> str | None:
        """Return the id of the person with this address; `None` if Slack has no one or does not say."""
        return self._look_up_user(address)

    def _mention_owner(self, owner: str, contributors: set[str]) -> str:
        if is_group(owner):
            mention_text = format_group_mention(self._find_group(owner))
        else:
            mention_text = (
                None if owner.casefold() in contributors else format_mention(self._look_up_user(owner))
            )
        return mention_text or fit_text(owner, MAX_ADDRESS_LENGTH)

    def _find_group(self, name: str) -> str | None:
        group = self._directory.get_group(name)
        if group is None and self._groups is not None and not self._is_recent_miss(name):
            self._groups.look_up([name])
            group = self._directory.get_group(name)
            if group is None:
                self._remember_miss(name)
        return group.get("id") if group else None

    def _look_up_user(self, address: str) -> str | None:
        named = self._directory.find_member(CHAT_NAME, address)
        if named or self._is_recent_miss(address):
            return named or None
        cached_account = self._directory.find_mentionable(CHAT_NAME, address)
        if cached_account is not None:
            return cached_account.id
        try:
            with translate_errors("users.lookupByEmail"):
                answer = self._client.users_lookupByEmail(email=address).data
        except TryLater:
            return None
        except RemoteError:
            self._remember_miss(address)
            return None
        account = read_account(answer)
        if account is None:
            return None
        self._directory.save_account(self._add_locale(account), looked_up_address=address)
        return account.id

    def _add_locale(self, account: ChatAccount) -> ChatAccount:
        """Return the account with its language, which Slack sends only with `users.info`; queried once."""
        if self._directory.find_locale(CHAT_NAME, account.id):
            return account
        try:
            with translate_errors("users.info"):
                answer = self._client.users_info(user=account.id, include_locale=True).data
        except RemoteError:
            return account
        return replace(account, locale=strip_unstorable(get_text(answer, "user", "locale")))

    def _is_recent_miss(self, name: str) -> bool:
        with self._lock:
            return name.casefold() in self._misses

    def _remember_miss(self, name: str) -> None:
        with self._lock:
            self._misses[name.casefold()] = None


def _list_authors(card: Card) -> set[str]:
    return {(who.email or "").casefold() for who in card.contributors}
