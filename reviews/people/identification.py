"""The one place that says who a person is: from what a door has proven to all that is known to be theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.account import AccountStatus
from reviews.identity import Identity
from reviews.people.directory import list_answer_addresses
from reviews.proven_person import PROVEN_BY_ROUTES, ProvenPerson
from reviews.wording.placeholders import LINK_HOLDER, mark_external

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviews.account import ChatAccount
    from reviews.people.directory import Directory

IDENTITY_BY_CHAT = {"slack": Identity.SLACK, "teams": Identity.TEAMS_BOT}


@dataclass(frozen=True, kw_only=True)
class Identification:
    """Makes a `ProvenPerson` of what a door has proven: an account in a chat, or an address.

    The routing file joins accounts and addresses of one person, and so does what a chat answered when it was
    asked for an address. So one person is the same one in Slack, in Teams and in the browser.
    """

    directory: Directory

    def from_account(self, account: ChatAccount) -> ProvenPerson:
        """Return the person of one of our own accounts; without addresses where none may answer."""
        by = IDENTITY_BY_CHAT[account.chat]
        own = list_answer_addresses(self.directory, account)
        named = set(self.directory.list_addresses(account.chat, account.id, account.login))
        addresses = self.directory.join_addresses(own)
        docspace_ids = self.directory.find_docspace_ids(addresses)
        proven = {each: by if each in own and each not in named else PROVEN_BY_ROUTES for each in addresses}
        ids = {**self._find_named_ids(addresses), account.chat: account.id}
        return ProvenPerson(
            name=account.name,
            identity=by,
            addresses=addresses,
            slack_user=ids.get("slack"),
            teams_user=ids.get("teams"),
            docspace_ids=docspace_ids,
            proven_by={
                **dict.fromkeys((*ids.values(), *docspace_ids.values()), PROVEN_BY_ROUTES),
                **proven,
                account.id: by,
            },
            standing=account.standing,
            locale=account.locale,
        )

    def from_stranger(self, account: ChatAccount) -> ProvenPerson:
        """Return somebody of another organization: they have no address here.

        Their own administrators say what it is, and could have set an owner's.
        """
        by = IDENTITY_BY_CHAT[account.chat]
        return ProvenPerson(
            name=mark_external(account.name),
            identity=by,
            slack_user=account.id if account.chat == "slack" else None,
            teams_user=account.id if account.chat == "teams" else None,
            proven_by={account.id: by},
            standing=AccountStatus.OUTSIDE,
            locale=account.locale,
        )

    def from_address(
        self, address: str, *, name: str, identity: Identity, proof: Mapping[str, str]
    ) -> ProvenPerson:
        """Return the person who has proven an address, with the accounts in chat that are theirs."""
        addresses = self.directory.join_addresses((address,))
        docspace_ids = self.directory.find_docspace_ids(addresses)
        named = self._find_named_ids(addresses)
        ids = {**self._find_looked_up_ids(address), **named}
        by = {chat: PROVEN_BY_ROUTES if chat in named else IDENTITY_BY_CHAT[chat] for chat in ids}
        return ProvenPerson(
            name=name,
            identity=identity,
            addresses=addresses,
            slack_user=ids.get("slack"),
            teams_user=ids.get("teams"),
            docspace_ids=docspace_ids,
            proof=proof,
            proven_by={
                **dict.fromkeys((*addresses, *docspace_ids.values()), PROVEN_BY_ROUTES),
                **{ids[chat]: how for chat, how in by.items()},
                address: identity,
            },
        )

    def _find_named_ids(self, addresses: tuple[str, ...]) -> dict[str, str]:
        """Return the accounts that the routing file names; a name to sign in with is no account's id."""
        found = {
            chat: next(filter(None, (self.directory.find_member(chat, each) for each in addresses)), "")
            for chat in IDENTITY_BY_CHAT
        }
        return {chat: member for chat, member in found.items() if member and "@" not in member}

    def _find_looked_up_ids(self, address: str) -> dict[str, str]:
        """Return the accounts that each chat itself named for an address."""
        accounts = (self.directory.find_mentionable(chat, address) for chat in IDENTITY_BY_CHAT)
        return {account.chat: account.id for account in accounts if account is not None}


def make_link_holder(name: str) -> ProvenPerson:
    """Return whoever holds the link to a page on which nothing has to be proven."""
    return ProvenPerson(name=name or LINK_HOLDER, identity=Identity.LINK)
