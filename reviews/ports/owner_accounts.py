"""Owners' and deputies' DocSpace accounts: what DocSpace answers about them, and what is stored of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime


class AccountAnswer(StrEnum):
    """What DocSpace answers about an account."""

    ACTIVE = "active"
    DISABLED = "disabled"
    NO_ACCOUNT = "no_account"
    UNCLEAR = "unclear"
    """It is hidden from the key's user, not activated yet, or DocSpace refused or failed on this question."""


class OwnerAccountQuery(Protocol):
    """Asks DocSpace about accounts. Each method raises `TryLater` or `RateLimitReached` without an answer."""

    def find_by_address(self, address: str) -> AccountAnswer: ...

    def find_by_id(self, account_id: str) -> AccountAnswer: ...

    def finds_key_user(self) -> bool:
        """Return whether the same question finds the key's own user, who has an account for certain."""
        ...


class OwnerPresence(StrEnum):
    """What is stored of an owner's account."""

    UNKNOWN = "unknown"
    """DocSpace has never shown an account for them."""
    PRESENT = "present"
    GONE = "gone"


class LossReason(StrEnum):
    NO_ACCOUNT = "no_account"
    DISABLED = "disabled"


@dataclass(frozen=True, kw_only=True)
class OwnerState:
    """What DocSpace has shown of one owner's or deputy's account, by their casefolded address.

    `unconfirmed_reason` is the last definite answer against the account, and `unconfirmed_since` when it was
    first given. `reason` is why they are gone. `lookups` counts the answers: a save names the one that it
    follows.
    """

    address: str
    presence: OwnerPresence = OwnerPresence.UNKNOWN
    reason: LossReason | None = None
    seen_at: datetime | None = None
    unconfirmed_reason: LossReason | None = None
    unconfirmed_since: datetime | None = None
    asked_at: datetime | None = None
    lookups: int = 0


@dataclass(frozen=True, kw_only=True)
class OwnerDuties:
    """One person who has to answer, by their address, and the routes that need them.

    `owner_of` and `deputy_of` are the routes that name them. In those of `assigned_in` they are an owner of
    an open review that was reassigned.
    """

    address: str
    owner_of: tuple[str, ...] = ()
    deputy_of: tuple[str, ...] = ()
    assigned_in: tuple[str, ...] = ()

    @property
    def first_route(self) -> str:
        return (*self.owner_of, *self.deputy_of, *self.assigned_in)[0]


class OwnerStateRepository(Protocol):
    """What is known of the accounts of owners and deputies."""

    def find(self, addresses: Sequence[str]) -> dict[str, OwnerState]:
        """Return the states of those that were asked for, by casefolded address."""
        ...

    def save(self, state: OwnerState) -> bool:
        """Store a state that follows the one before; `False` where another worker has stored one."""
        ...

    def list_reassigned(self, limit: int) -> list[tuple[str, str]]:
        """Return each owner of an open review that was reassigned, with its route; of the oldest reviews."""
        ...

    def list_gone(self, limit: int) -> list[OwnerState]:
        """Return the states of those who are gone, in the order of their addresses."""
        ...

    def forget(self, *, before: datetime, kept_addresses: Collection[str]) -> int:
        """Delete states without a lookup since then, except of `kept_addresses`; return how many."""
        ...
