"""Identification: the one place that turns what an entry point has proven into a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.account import AccountStatus
from reviews.identity import CHATS, PROVEN_BY_ROUTES, Identity, ProvenPerson
from reviews.people.directory import list_answer_addresses
from reviews.wording.placeholders import LINK_HOLDER, mark_external

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviews.account import ChatAccount
    from reviews.people.directory import Directory


@dataclass(frozen=True, kw_only=True)
class Identification:
    """Makes a `ProvenPerson` of what an entry point has proven: a chat account, or an address.

    The routing file joins accounts and addresses of one person, and so does a chat's answer to the look-up of
    an address. So one person is the same in Slack, in Teams and in the browser.
    """

    directory: Directory

    def identify_account(self, account: ChatAccount) -> ProvenPerson:
        """Return the person of one of our own accounts; without addresses where none may answer."""
        identity = CHATS[account.chat].identity
        own_addresses = list_answer_addresses(self.directory, account)
        listed_addresses = set(self.directory.list_addresses(account.chat, account.id, account.login))
        addresses = self.directory.join_addresses(own_addresses)
        docspace_ids = self.directory.find_docspace_ids(addresses)
        proven_addresses = {
            address: identity
            if address in own_addresses and address not in listed_addresses
            else PROVEN_BY_ROUTES
            for address in addresses
        }
        ids = {**self._find_named_ids(addresses), account.chat: account.id}
        return ProvenPerson(
            name=account.name,
            identity=identity,
            addresses=addresses,
            chat_ids=ids,
            docspace_ids=docspace_ids,
            proven_by={
                **dict.fromkeys((*ids.values(), *docspace_ids.values()), PROVEN_BY_ROUTES),
                **proven_addresses,
                account.id: identity,
            },
            status=account.status,
            locale=account.locale,
        )

    def identify_stranger(self, account: ChatAccount) -> ProvenPerson:
        """Return a person of another organization, who has no address here.

        Their addresses are set by their own administrators, who could have set an owner's.
        """
        identity = CHATS[account.chat].identity
        return ProvenPerson(
            name=mark_external(account.name),
            identity=identity,
            chat_ids={account.chat: account.id},
            proven_by={account.id: identity},
            status=AccountStatus.OUTSIDE,
            locale=account.locale,
        )

    def identify_address(
        self, address: str, *, name: str, identity: Identity, proof: Mapping[str, str]
    ) -> ProvenPerson:
        """Return the person who has proven an address, with their chat accounts."""
        addresses = self.directory.join_addresses((address,))
        docspace_ids = self.directory.find_docspace_ids(addresses)
        listed_ids = self._find_named_ids(addresses)
        ids = {**self._find_looked_up_ids(address), **listed_ids}
        proofs = {chat: PROVEN_BY_ROUTES if chat in listed_ids else CHATS[chat].identity for chat in ids}
        return ProvenPerson(
            name=name,
            identity=identity,
            addresses=addresses,
            chat_ids=ids,
            docspace_ids=docspace_ids,
            proof=proof,
            proven_by={
                **dict.fromkeys((*addresses, *docspace_ids.values()), PROVEN_BY_ROUTES),
                **{ids[chat]: how for chat, how in proofs.items()},
                address: identity,
            },
        )

    def _find_named_ids(self, addresses: tuple[str, ...]) -> dict[str, str]:
        """Return the accounts that the routing file names; a login name is no account id."""
        members = {
            chat: next(filter(None, (self.directory.find_member(chat, address) for address in addresses)), "")
            for chat in CHATS
        }
        return {chat: member for chat, member in members.items() if member and "@" not in member}

    def _find_looked_up_ids(self, address: str) -> dict[str, str]:
        """Return the accounts that each chat itself named for an address."""
        accounts = (self.directory.find_mentionable(chat, address) for chat in CHATS)
        return {account.chat: account.id for account in accounts if account is not None}


def make_unnamed_person(chat: str, account_id: str) -> ProvenPerson:
    """Return a person of whom only the account is proven, because the chat did not say whose it is."""
    identity = CHATS[chat].identity
    return ProvenPerson(
        name=account_id, identity=identity, chat_ids={chat: account_id}, proven_by={account_id: identity}
    )


def make_link_holder(name: str) -> ProvenPerson:
    """Return the holder of the link to a page on which nothing has to be proven."""
    return ProvenPerson(name=name or LINK_HOLDER, identity=Identity.LINK)
