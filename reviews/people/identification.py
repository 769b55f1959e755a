"""The one place that says who a person is: from what a door has proven to all that is known to be theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.account import Standing
from reviews.identity import Identity
from reviews.people.directory import answers_as
from reviews.proven_person import BY_ROUTES, ProvenPerson
from reviews.wording.placeholders import LINK_HOLDER, external

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviews.account import Account
    from reviews.people.directory import Directory

BY_CHAT = {"slack": Identity.SLACK, "teams": Identity.TEAMS_BOT}


@dataclass(frozen=True, kw_only=True)
class Identification:
    """Makes a `ProvenPerson` of what a door has proven: an account in a chat, or an address.

    The routing file joins accounts and addresses of one person, and so does what a chat answered when it was
    asked for an address. So one person is the same one in Slack, in Teams and in the browser.
    """

    directory: Directory

    def from_account(self, account: Account) -> ProvenPerson:
        """Return the person of one of our own accounts; without addresses where none may answer."""
        by = BY_CHAT[account.chat]
        own = answers_as(self.directory, account)
        named = set(self.directory.addresses(account.chat, account.id, account.login))
        addresses = self.directory.joined(own)
        docspace_ids = self.directory.docspace_ids(addresses)
        proven = {each: by if each in own and each not in named else BY_ROUTES for each in addresses}
        ids = {**self._named_ids(addresses), account.chat: account.id}
        return ProvenPerson(
            name=account.name,
            identity=by,
            addresses=addresses,
            slack_user=ids.get("slack"),
            teams_user=ids.get("teams"),
            docspace_ids=docspace_ids,
            proven_by={
                **dict.fromkeys((*ids.values(), *docspace_ids.values()), BY_ROUTES),
                **proven,
                account.id: by,
            },
            standing=account.standing,
            locale=account.locale,
        )

    def from_stranger(self, account: Account) -> ProvenPerson:
        """Return somebody of another organization: they have no address here.

        Their own administrators say what it is, and could have set an owner's.
        """
        by = BY_CHAT[account.chat]
        return ProvenPerson(
            name=external(account.name),
            identity=by,
            slack_user=account.id if account.chat == "slack" else None,
            teams_user=account.id if account.chat == "teams" else None,
            proven_by={account.id: by},
            standing=Standing.OUTSIDE,
            locale=account.locale,
        )

    def from_address(
        self, address: str, *, name: str, identity: Identity, proof: Mapping[str, str]
    ) -> ProvenPerson:
        """Return the person who has proven an address, with the accounts in chat that are theirs."""
        addresses = self.directory.joined((address,))
        docspace_ids = self.directory.docspace_ids(addresses)
        named = self._named_ids(addresses)
        ids = {**self._looked_up_ids(address), **named}
        by = {chat: BY_ROUTES if chat in named else BY_CHAT[chat] for chat in ids}
        return ProvenPerson(
            name=name,
            identity=identity,
            addresses=addresses,
            slack_user=ids.get("slack"),
            teams_user=ids.get("teams"),
            docspace_ids=docspace_ids,
            proof=proof,
            proven_by={
                **dict.fromkeys((*addresses, *docspace_ids.values()), BY_ROUTES),
                **{ids[chat]: how for chat, how in by.items()},
                address: identity,
            },
        )

    def _named_ids(self, addresses: tuple[str, ...]) -> dict[str, str]:
        """Return the accounts that the routing file names; a name to sign in with is no account's id."""
        found = {
            chat: next(filter(None, (self.directory.named(chat, each) for each in addresses)), "")
            for chat in BY_CHAT
        }
        return {chat: member for chat, member in found.items() if member and "@" not in member}

    def _looked_up_ids(self, address: str) -> dict[str, str]:
        """Return the accounts that each chat itself named for an address."""
        accounts = (self.directory.at(chat, address) for chat in BY_CHAT)
        return {account.chat: account.id for account in accounts if account is not None}


def link_holder(name: str) -> ProvenPerson:
    """Return whoever holds the link to a page on which nothing has to be proven."""
    return ProvenPerson(name=name or LINK_HOLDER, identity=Identity.LINK)
