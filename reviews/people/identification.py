"""Who a person is, at every entry point: accounts as a chat last reported them, joined by the routing file.

`Directory` stores what the chats reported. `Identification`, and the two functions at the end, turn what an
entry point has proven into a person; nothing else does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from reviews.account import AccountStatus, ChatAccount
from reviews.identity import (
    CHATS,
    PROVEN_BY_ROUTES,
    Identity,
    ProvenPerson,
    drop_duplicate_addresses,
    join_addresses,
)
from reviews.wording.placeholders import LINK_HOLDER, mark_external

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reviews.clock import Clock
    from reviews.identity import LinkedAccounts
    from reviews.ports.unit_of_work import Transactions

ANSWERING_MAX_AGE = timedelta(hours=1)
"""How long an account may be used to answer: a deactivated person can answer no longer than this."""
MENTIONING_MAX_AGE = timedelta(days=1)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Directory:
    """Accounts shared by the channels and entry points of a chat: what one looked up, the other one has.

    `people` is the table `[people]` of the routing file, by casefolded address.
    """

    transactions: Transactions
    clock: Clock
    people: Mapping[str, LinkedAccounts] = field(default_factory=dict)

    def find_account(self, chat: str, member: str) -> ChatAccount | None:
        """Return an account that was looked up recently enough to answer with."""
        since = self.clock() - ANSWERING_MAX_AGE
        with self.transactions(reading=True) as work:
            return work.accounts.get(chat, member, since=since)

    def find_locale(self, chat: str, member: str) -> str:
        """Return the locale of a person who was ever looked up; empty for anyone else."""
        with self.transactions(reading=True) as work:
            account = work.accounts.get(chat, member, since=LONG_AGO)
        return account.locale if account else ""

    def find_mentionable(self, chat: str, address: str) -> ChatAccount | None:
        """Return the account that the chat itself named for an address, recently enough to mention it."""
        since = self.clock() - MENTIONING_MAX_AGE
        with self.transactions(reading=True) as work:
            account = work.accounts.find_by_address(chat, address, since=since)
        return None if account is None or account.status is AccountStatus.DEACTIVATED else account

    def save_account(self, account: ChatAccount, *, looked_up_address: str = "") -> None:
        """Store what a chat reports about an account; `looked_up_address` is what it was looked up by.

        An address that an account merely claims is not enough for a mention: in a channel shared with another
        company anyone could have set it.
        """
        with self.transactions() as work:
            work.accounts.remember(account, looked_up_address=looked_up_address, at=self.clock())
            work.commit()

    def find_member(self, chat: str, address: str) -> str:
        """Return the member that the routing file names for an address; empty where it names none."""
        accounts = self.people.get(address.casefold())
        return accounts.chat_ids.get(chat, "") if accounts else ""

    def list_addresses(self, chat: str, *members: str) -> tuple[str, ...]:
        """Return the addresses for which the routing file names this member, by any of these ids or names."""
        folded_ids = {member.casefold() for member in members if member}
        return tuple(
            address
            for address, accounts in self.people.items()
            if accounts.chat_ids.get(chat, "").casefold() in folded_ids
        )

    def join_addresses(self, addresses: Iterable[str]) -> tuple[str, ...]:
        """Return these addresses, and all others that the routing file gives the same person."""
        return join_addresses(self.people, addresses)

    def find_docspace_ids(self, addresses: Iterable[str]) -> dict[str, str]:
        """Return the DocSpace accounts that the routing file names for any of these addresses, by address."""
        keys = [address.casefold() for address in addresses]
        return {
            address: accounts.docspace
            for address in keys
            if (accounts := self.people.get(address)) and accounts.docspace
        }

    def get_group(self, name: str) -> Mapping[str, str] | None:
        """Return what the chat reports of a group: empty without a group, `None` before the first look-up."""
        with self.transactions(reading=True) as work:
            return work.groups.get_description(name)

    def list_members(self, name: str) -> frozenset[str]:
        """Return the members of a group: addresses in lower case, and ids."""
        with self.transactions(reading=True) as work:
            return work.groups.list_members([name]).get(name.casefold(), frozenset())

    def save_group(self, name: str, members: Iterable[str], description: Mapping[str, str]) -> None:
        """Store the current members of a group; without a description the group can't be used to answer."""
        with self.transactions() as work:
            work.groups.remember(name, members, description=description, at=self.clock())
            work.commit()


def _list_answer_addresses(directory: Directory, account: ChatAccount) -> tuple[str, ...]:
    """Return the addresses by which an account of our own may answer, the usual one first.

    What the routing file says comes first and counts for guests too: it is the operator's own statement. An
    address that it gives to another person is that person's alone. A deactivated account may not answer.
    """
    if account.status not in {AccountStatus.MEMBER, AccountStatus.GUEST}:
        return ()
    ids = {name.casefold() for name in (account.id, account.login) if name}
    listed = directory.list_addresses(account.chat, *ids)
    if account.status is AccountStatus.GUEST:
        return listed
    account_addresses = (account.email, *account.other_emails)
    own_addresses = (
        address
        for address in account_addresses
        if address
        and not _is_changed_by_folding(address)
        and directory.find_member(account.chat, address).casefold() in {"", *ids}
    )
    return drop_duplicate_addresses((*listed, *own_addresses))


def _is_changed_by_folding(address: str) -> bool:
    """Return whether case folding turns it into another address, as it makes ss of a sharp s."""
    return any(not character.isascii() and character.casefold().isascii() for character in address)


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
        own_addresses = _list_answer_addresses(self.directory, account)
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
