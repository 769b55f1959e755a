"""Who the people and the groups of a chat are: what was learnt of them, and what the routes say by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from reviews.account import AccountStatus, ChatAccount
from reviews.routes.people_table import drop_duplicate_addresses, join_addresses

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reviews.clock import Clock
    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.routing import LinkedAccounts

ANSWERING_MAX_AGE = timedelta(hours=1)
"""How long an account counts for answering: somebody who is deactivated can answer no longer than this."""
MENTIONING_MAX_AGE = timedelta(days=1)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Directory:
    """What the channels and the doors of a chat share: whoever one of them asked for, the other one knows.

    `people` is the table `[people]` of the routing file, by casefolded address.
    """

    transactions: Transactions
    clock: Clock
    people: Mapping[str, LinkedAccounts] = field(default_factory=dict)

    def find_account(self, chat: str, member: str) -> ChatAccount | None:
        """Return an account that was asked for lately enough to answer by."""
        since = self.clock() - ANSWERING_MAX_AGE
        with self.transactions(reading=True) as work:
            return work.accounts.get(chat, member, since=since)

    def find_locale(self, chat: str, member: str) -> str:
        """Return the locale of somebody who was ever asked for; empty for anybody else."""
        with self.transactions(reading=True) as work:
            found = work.accounts.get(chat, member, since=LONG_AGO)
        return found.locale if found else ""

    def find_mentionable(self, chat: str, address: str) -> ChatAccount | None:
        """Return the account that the chat itself named for an address, lately enough to mention it."""
        since = self.clock() - MENTIONING_MAX_AGE
        with self.transactions(reading=True) as work:
            found = work.accounts.find_by_address(chat, address, since=since)
        return None if found is None or found.standing is AccountStatus.DEACTIVATED else found

    def save_account(self, account: ChatAccount, *, asked_for: str = "") -> None:
        """Keep what a chat says of an account; `asked_for` is the address for which it named this one.

        An address that an account merely claims is not enough to be mentioned by: in a channel that is shared
        with another company anybody could have set it.
        """
        with self.transactions() as work:
            work.accounts.remember(account, asked_for=asked_for, at=self.clock())
            work.commit()

    def find_member(self, chat: str, address: str) -> str:
        """Return the member whom the routes name by hand for an address; empty where they name nobody."""
        known = self.people.get(address.casefold())
        return getattr(known, chat) if known else ""

    def list_addresses(self, chat: str, *members: str) -> tuple[str, ...]:
        """Return the addresses for which the routes name this member, under any of these ids and names."""
        mine = {member.casefold() for member in members if member}
        return tuple(
            address for address, known in self.people.items() if getattr(known, chat).casefold() in mine
        )

    def join_addresses(self, addresses: Iterable[str]) -> tuple[str, ...]:
        """Return these addresses, and all others that the routes give to the same person."""
        return join_addresses(self.people, addresses)

    def find_docspace_ids(self, addresses: Iterable[str]) -> dict[str, str]:
        """Return the accounts in DocSpace that the routes name for any of these addresses, by address."""
        keys = [each.casefold() for each in addresses]
        return {each: who.docspace for each in keys if (who := self.people.get(each)) and who.docspace}

    def get_group(self, name: str) -> Mapping[str, str] | None:
        """Return what the chat says of a group: empty where it has none, `None` while it was never asked."""
        with self.transactions(reading=True) as work:
            return work.groups.get_description(name)

    def list_members(self, name: str) -> frozenset[str]:
        """Return who is in a group: addresses in lower case, and ids."""
        with self.transactions(reading=True) as work:
            return work.groups.list_members([name]).get(name.casefold(), frozenset())

    def save_group(self, name: str, members: Iterable[str], said: Mapping[str, str]) -> None:
        """Keep who is in a group now; without `said` nobody can answer by it."""
        with self.transactions() as work:
            work.groups.remember(name, members, said=said, at=self.clock())
            work.commit()


def list_answer_addresses(directory: Directory, account: ChatAccount) -> tuple[str, ...]:
    """Return the addresses by which an account of our own may answer, the usual one first.

    What the routes say by hand comes first and counts for guests too: it is the operator's own statement. An
    address that they give to somebody else is nobody else's. A deactivated account answers for nobody.
    """
    if account.standing not in {AccountStatus.MEMBER, AccountStatus.GUEST}:
        return ()
    ids = {name.casefold() for name in (account.id, account.login) if name}
    named = directory.list_addresses(account.chat, *ids)
    if account.standing is AccountStatus.GUEST:
        return named
    claimed = (account.email, *account.other_emails)
    own = (
        address
        for address in claimed
        if address
        and not _folds_to_ascii(address)
        and directory.find_member(account.chat, address).casefold() in {"", *ids}
    )
    return drop_duplicate_addresses((*named, *own))


def _folds_to_ascii(address: str) -> bool:
    """Tell whether case folding makes another address of it, as it makes ss of a sharp s."""
    return any(not sign.isascii() and sign.casefold().isascii() for sign in address)
