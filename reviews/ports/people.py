"""What the product asks of the place where people, and what they were told, are written down.

All of it is part of one transaction, the `UnitOfWork` of `reviews.ports.unit_of_work`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from reviews.account import ChatAccount
    from reviews.identity import Person
    from reviews.ports.quotas import Quota
    from reviews.proven_person import ProvenPerson


@dataclass(frozen=True, kw_only=True)
class SignInLink:
    """A link as it is written down, with the person whom the chat has proven."""

    id: str
    person: ProvenPerson
    made_at: datetime
    good_until: datetime


@dataclass(frozen=True, kw_only=True)
class AddressAnswer:
    """What DocSpace answered for an address; `account` is `None` where it has none that we may see."""

    address: str
    account: str | None
    asked_at: datetime


@dataclass(frozen=True, kw_only=True)
class MailedCode:
    """A code as it is written down; `browser` is the only one that may use it.

    `email` is empty where the code was mailed to nobody, since the address may not answer.
    """

    id: str
    browser: str
    email: str
    digest: str
    sent_at: datetime
    good_until: datetime


class PersonRepository(Protocol):
    """The people of the portal whom we have met."""

    def remember(self, *persons: Person, at: datetime) -> None:
        """Keep those who have an id. All of a transaction in one call: they are written in one order."""
        ...

    def find_by_email(self, email: str) -> Person | None: ...

    def find_names(self, addresses: Sequence[str]) -> dict[str, str]:
        """Return what those of them are called whom we have met, by casefolded address."""
        ...


class ChatAccountRepository(Protocol):
    """The accounts of chats that were asked for."""

    def remember(self, account: ChatAccount, *, asked_for: str, at: datetime) -> None:
        """Keep what was said last; `asked_for` is the address that the chat was asked for, if it was.

        Without it, an account keeps the address that it was named for while it claims that one still.
        """
        ...

    def get(self, chat: str, member: str, *, since: datetime) -> ChatAccount | None:
        """Return the account if it was asked for since then."""
        ...

    def find_by_address(self, chat: str, address: str, *, since: datetime) -> ChatAccount | None:
        """Return the account that was named for an address, if it was asked for since then."""
        ...


class DocSpaceAccountRepository(Protocol):
    """What DocSpace answered when it was asked whose account has an address."""

    def remember(self, answers: Mapping[str, str | None], *, at: datetime) -> None:
        """Keep the last answer for each address; `None` where DocSpace shows no account with it.

        All of a transaction in one call: they are written in one order.
        """
        ...

    def find_answers(self, addresses: Sequence[str]) -> dict[str, AddressAnswer]:
        """Return the last answers, by casefolded address."""
        ...

    def forget(self, *, before: datetime) -> int:
        """Forget what was answered before then; return how many answers."""
        ...


class GroupRepository(Protocol):
    """The user groups of a chat that stand for owners, by their names: `@compliance-team`."""

    def remember(self, name: str, members: Iterable[str], *, said: Mapping[str, str], at: datetime) -> None:
        """Keep who is in a group: addresses and the chat's own ids; `said` is what the chat tells of it."""
        ...

    def list_members(self, names: Sequence[str]) -> dict[str, frozenset[str]]:
        """Return who is in each group: addresses in lower case and ids, by the group's casefolded name."""
        ...

    def get_description(self, name: str) -> dict[str, str] | None:
        """Return what the chat tells of a group; `None` for one that was never found."""
        ...


class ConversationRepository(Protocol):
    """What a far side told of the places that may be written to, where an address alone is not enough."""

    def remember(self, notifier: str, address: str, said: Mapping[str, str], *, at: datetime) -> None:
        """Keep what was told last."""
        ...

    def get(self, notifier: str, address: str) -> dict[str, str] | None: ...

    def forget(self, notifier: str, address: str) -> None: ...


@dataclass(frozen=True, kw_only=True)
class IdempotencyKey:
    """What is remembered of a message or request: when it came, and whether it changed nothing."""

    at: datetime
    refused: bool


class IdempotencyKeyRepository(Protocol):
    """What a far side has told already, so that it does not act twice."""

    def add_if_new(self, key: str, *, at: datetime) -> bool:
        """Note the key; `False` if it was noted before. Of concurrent callers exactly one gets `True`."""
        ...

    def get(self, key: str) -> IdempotencyKey | None: ...

    def mark_refused(self, key: str) -> None:
        """Note that what had this key changed nothing."""
        ...

    def forget(self, *, before: datetime) -> int:
        """Forget what was told before then; return how many keys."""
        ...


class MailedCodeRepository(Protocol):
    """The codes that were mailed."""

    def add(self, code: MailedCode) -> None: ...

    def find_newest(self, browser: str) -> MailedCode | None: ...

    def count_attempt(self, code_id: str, *, most: int, now: datetime) -> bool:
        """Count a try; `False` for a code that is used, too old, or was tried so often already.

        One conditional UPDATE: of any number of concurrent callers at most so many get `True`.
        """
        ...

    def spend(self, code_id: str) -> bool:
        """Use the code up; of any number of concurrent callers exactly one gets `True`."""
        ...

    def forget(self, *, before: datetime) -> int:
        """Forget what was mailed before then; return how many codes."""
        ...


class QuotaRepository(Protocol):
    """How often something was done, by the keys of `reviews.ports.quotas`."""

    def take(self, key: str, quota: Quota, *, now: datetime) -> timedelta:
        """Count one use and return zero; where the quota is used up, return how long that lasts.

        One conditional UPDATE: of any number of concurrent callers no more get zero than the quota allows.
        """
        ...

    def forget(self, *, before: datetime) -> int:
        """Forget what was counted from a moment before then; return how many keys."""
        ...


class SessionRepository(Protocol):
    """The sessions of browsers that have not been ended."""

    def begin(self, key: str, *, at: datetime) -> None: ...

    def is_open(self, key: str, *, since: datetime) -> bool:
        """Tell whether a session began since then and has not been ended."""
        ...

    def end(self, key: str) -> None:
        """End a session; one that has been ended already stays so."""
        ...

    def forget(self, *, before: datetime) -> int:
        """Forget the sessions that began before then; return how many."""
        ...


class SignInLinkRepository(Protocol):
    """The links by which people whom a chat has proven sign in on the pages."""

    def add(self, link: SignInLink) -> None: ...

    def get(self, link_id: str, *, now: datetime) -> SignInLink | None:
        """Return a link that still counts."""
        ...

    def spend(self, link_id: str, *, now: datetime) -> bool:
        """Use a link up; of any number of concurrent callers exactly one gets `True`."""
        ...

    def forget(self, *, before: datetime) -> int:
        """Forget what was made before then; return how many links."""
        ...
