"""Repositories of people, accounts, codes, sessions and sign-in links.

They are parts of one transaction, the `UnitOfWork` of `reviews.ports.unit_of_work`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from reviews.account import ChatAccount
    from reviews.identity import Person, ProvenPerson
    from reviews.ports.quotas import Quota


@dataclass(frozen=True, kw_only=True)
class SignInLink:
    """A link as stored, with the person whom the chat has proven."""

    id: str
    person: ProvenPerson
    made_at: datetime
    good_until: datetime


@dataclass(frozen=True, kw_only=True)
class AddressAnswer:
    """DocSpace's answer for an address; `account` is `None` where it shows no account."""

    address: str
    account: str | None
    asked_at: datetime


@dataclass(frozen=True, kw_only=True)
class MailedCode:
    """A code as stored; `browser` is the only one that may use it.

    `email` is empty where the code was not mailed, since the address may not answer.
    """

    id: str
    browser: str
    email: str
    digest: str
    sent_at: datetime
    good_until: datetime


class PersonRepository(Protocol):
    """The people of the portal whom we have met."""

    def remember(
        self, *persons: Person, answers: Mapping[str, str | None] | None = None, at: datetime
    ) -> None:
        """Store those who have an id. Pass all of a transaction in one call, so that their order is one.

        `answers` are stored as by `DocSpaceAccountRepository.remember`.
        """
        ...

    def find_by_email(self, email: str) -> Person | None: ...

    def find_names(self, addresses: Sequence[str]) -> dict[str, str]:
        """Return the names of those among them whom we have met, by casefolded address."""
        ...


class ChatAccountRepository(Protocol):
    """The chat accounts that were looked up."""

    def remember(self, account: ChatAccount, *, looked_up_address: str, at: datetime) -> None:
        """Store the last look-up; `looked_up_address` is the address that the chat was queried for.

        Without it, an account keeps the address that it was named for while it still claims that one.
        """
        ...

    def get(self, chat: str, member: str, *, since: datetime) -> ChatAccount | None:
        """Return the account if it was looked up since then."""
        ...

    def find_by_address(self, chat: str, address: str, *, since: datetime) -> ChatAccount | None:
        """Return the account that was named for an address, if it was looked up since then."""
        ...


class DocSpaceAccountRepository(Protocol):
    """DocSpace's answers on which account has an address."""

    def remember(self, answers: Mapping[str, str | None], *, at: datetime) -> None:
        """Store the last answer for each address; `None` where DocSpace shows no account with it.

        Pass all of a transaction in one call: they are written in one order.
        """
        ...

    def find_answers(self, addresses: Sequence[str]) -> dict[str, AddressAnswer]:
        """Return the last answers, by casefolded address."""
        ...

    def forget(self, *, before: datetime) -> int:
        """Delete the answers from before then; return how many."""
        ...


class GroupRepository(Protocol):
    """The user groups of a chat that act as owners, by their names: `@compliance-team`."""

    def remember(
        self, name: str, members: Iterable[str], *, description: Mapping[str, str], at: datetime
    ) -> None:
        """Store a group's members (addresses and the chat's own ids), with the chat's description of it."""
        ...

    def list_members(self, names: Sequence[str]) -> dict[str, frozenset[str]]:
        """Return the members of each group (addresses in lower case, ids) by the group's casefolded name."""
        ...

    def get_description(self, name: str) -> dict[str, str] | None:
        """Return the chat's description of a group; `None` for one that never existed in a look-up."""
        ...


class ConversationRepository(Protocol):
    """What a remote service reported of the places that may be written to, where an address is not enough."""

    def remember(self, notifier: str, address: str, details: Mapping[str, str], *, at: datetime) -> None:
        """Store the last report."""
        ...

    def get(self, notifier: str, address: str) -> dict[str, str] | None: ...

    def forget(self, notifier: str, address: str) -> None: ...


@dataclass(frozen=True, kw_only=True)
class IdempotencyKey:
    """What is stored of a message or request: when it came, and whether it changed nothing."""

    at: datetime
    refused: bool


class IdempotencyKeyRepository(Protocol):
    """What a remote service has already sent, so that it does not act twice."""

    def add_if_new(self, key: str, *, at: datetime) -> bool:
        """Store the key; `False` if it was stored before. Of concurrent callers exactly one gets `True`."""
        ...

    def get(self, key: str) -> IdempotencyKey | None: ...

    def rewrite(self, key: str) -> None:
        """Write the key as it is, so that the commit waits until all commits before it are on the disk."""
        ...

    def mark_refused(self, key: str) -> None:
        """Store that the message with this key changed nothing."""
        ...

    def forget(self, *, before: datetime) -> int:
        """Delete the keys from before then; return how many."""
        ...


class MailedCodeRepository(Protocol):
    """The codes that were mailed."""

    def add(self, code: MailedCode) -> None: ...

    def find_newest(self, browser: str) -> MailedCode | None: ...

    def count_attempt(self, code_id: str, *, max_tries: int, now: datetime) -> bool:
        """Count a try; `False` for a code that is used, too old, or was tried too often already.

        One conditional UPDATE: of any number of concurrent callers at most `max_tries` get `True`.
        """
        ...

    def spend(self, code_id: str) -> bool:
        """Use the code up; of any number of concurrent callers exactly one gets `True`."""
        ...

    def forget(self, *, before: datetime) -> int:
        """Delete the codes mailed before then; return how many."""
        ...


class QuotaRepository(Protocol):
    """How often something was done, by the keys of `reviews.ports.quotas`."""

    def take(self, key: str, quota: Quota, *, now: datetime) -> timedelta:
        """Count one use and return zero; where the quota is used up, return how long that lasts.

        One conditional UPDATE: of any number of concurrent callers no more get zero than the quota allows.
        """
        ...

    def forget(self, *, before: datetime) -> int:
        """Delete the counts that began before then; return how many keys."""
        ...


class SessionRepository(Protocol):
    """The browser sessions that have not been ended."""

    def begin(self, key: str, *, at: datetime) -> None: ...

    def is_open(self, key: str, *, since: datetime) -> bool:
        """Return whether a session began since then and has not been ended."""
        ...

    def end(self, key: str) -> None:
        """End a session; one that has been ended already stays so."""
        ...

    def forget(self, *, before: datetime) -> int:
        """Delete the sessions that began before then; return how many."""
        ...


class SignInLinkRepository(Protocol):
    """The links by which people whom a chat has proven sign in on the pages."""

    def add(self, link: SignInLink) -> None: ...

    def get(self, link_id: str, *, now: datetime) -> SignInLink | None:
        """Return a link that is still valid; `None` also for one that can't be read."""
        ...

    def spend(self, link_id: str, *, now: datetime) -> bool:
        """Use a link up; of any number of concurrent callers exactly one gets `True`."""
        ...

    def forget(self, *, before: datetime) -> int:
        """Delete the links made before then; return how many."""
        ...
