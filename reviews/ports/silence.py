"""Repositories of what the ledger says besides reviews: gone owners, changes without review, late sweeps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime, timedelta

    from reviews.acts import Act
    from reviews.identity import Person
    from reviews.kinds import ChangeKind
    from reviews.tree import FolderContents


class Presence(StrEnum):
    """What is stored of an owner's account."""

    UNKNOWN = "unknown"
    """DocSpace has never shown an account for them."""
    PRESENT = "present"
    GONE = "gone"


class AbsenceReason(StrEnum):
    NO_ACCOUNT = "no_account"
    DISABLED = "disabled"


@dataclass(frozen=True, kw_only=True)
class OwnerState:
    """What DocSpace has shown of one owner's or deputy's account, by their casefolded address.

    `doubt` is the last definite answer against the account, and `doubted_at` when it was first given.
    `reason` is why they are gone. `looks` counts the answers: a save names the one that it follows.
    """

    address: str
    presence: Presence = Presence.UNKNOWN
    reason: AbsenceReason | None = None
    seen_at: datetime | None = None
    doubt: AbsenceReason | None = None
    doubted_at: datetime | None = None
    asked_at: datetime | None = None
    looks: int = 0


@dataclass(frozen=True, kw_only=True)
class OwnerDuties:
    """One person of the routing file, by the address there, and the routes that name them."""

    address: str
    owner_of: tuple[str, ...]
    deputy_of: tuple[str, ...]

    @property
    def first_route(self) -> str:
        return (*self.owner_of, *self.deputy_of)[0]


@dataclass(frozen=True, kw_only=True)
class UnroutedChange:
    """A change in a watched folder for which its route asks no review."""

    route: str
    kind: ChangeKind
    file_id: str
    title: str
    path: str
    version_from: int | None
    version_to: int | None
    title_before: str | None
    path_before: str | None
    moved_to: str | None
    folders: tuple[str, ...]
    contributors: tuple[Person, ...]
    acts: tuple[Act, ...]
    contents: FolderContents | None
    reason: str
    events: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class UnroutedFlood:
    """Many such changes of one kind, by the same people, as one; `last_id` is that of its last stored row."""

    route: str
    kind: ChangeKind
    cause: str
    path: str
    people: tuple[Person, ...]
    contents: FolderContents
    file_ids: tuple[str, ...]
    reason: str
    first_event: int
    last_event: int
    handled_from: datetime
    handled_to: datetime
    last_id: int


@dataclass(frozen=True, kw_only=True)
class IncompletePeriod:
    """A time in which a watched folder is not complete; with an empty `folder_id`, many of its route.

    `is_recorded` is whether the ledger says so. `up_to`, `title`, `folders` and `reason` are those of now,
    and not stored.
    """

    route: str
    folder_id: str
    since: datetime
    is_recorded: bool
    up_to: datetime | None = None
    title: str = ""
    folders: FolderContents | None = None
    reason: str = ""


class OwnerStateRepository(Protocol):
    """What is known of the accounts of owners and deputies."""

    def find(self, addresses: Sequence[str]) -> dict[str, OwnerState]:
        """Return the states of those that were asked for, by casefolded address."""
        ...

    def save(self, state: OwnerState) -> bool:
        """Store a state that follows the one before; `False` where another worker has stored one."""
        ...

    def list_gone(self, limit: int) -> list[OwnerState]:
        """Return the states of those who are gone, in the order of their addresses."""
        ...

    def forget(self, *, before: datetime, kept_addresses: Collection[str]) -> int:
        """Delete states without a lookup since then, except of `kept_addresses`; return how many."""
        ...


class UnroutedChangeRepository(Protocol):
    """Changes of floods without review, until the ledger has the one entry of each flood."""

    def add(self, change: UnroutedChange, *, cause: str, at: datetime) -> None:
        """Store a change as one of those with this `cause`."""
        ...

    def list_ended(
        self, *, quiet_since: datetime, started_before: datetime, limit: int
    ) -> list[UnroutedFlood]:
        """Return floods to which nothing was added since `quiet_since`, or whose start is too long ago.

        At most `MAX_FLOOD_FILES` changes are one flood; the others are another one.
        """
        ...

    def remove(self, flood: UnroutedFlood) -> bool:
        """Delete the changes of a flood; `False` where they are not exactly those that it counts."""
        ...


class IncompletePeriodRepository(Protocol):
    """The periods in which watched folders are not complete."""

    def list_all(self) -> list[IncompletePeriod]: ...

    def begin(self, period: IncompletePeriod) -> bool:
        """Store a period; `False` where there is one of that folder already."""
        ...

    def mark_recorded(self, period: IncompletePeriod) -> bool:
        """Store that the ledger has the period; `False` where it is stored, or where the period is over."""
        ...

    def end(self, period: IncompletePeriod) -> bool:
        """Delete a period as it was read; `False` where another worker has changed or deleted it."""
        ...


class TurnRepository(Protocol):
    """Whose turn it is to make a round that one worker makes at a time."""

    def take(self, name: str, *, duration: timedelta) -> bool:
        """Take the turn for so long; `False` while another worker has it."""
        ...


MAX_FLOOD_FILES = 10_000
MAX_FLOOD_TITLES = 100
MAX_FLOOD_PEOPLE = 20
