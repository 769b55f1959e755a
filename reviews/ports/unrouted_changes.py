"""The repository of changes for which their route asks no review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.acts import Act
    from reviews.identity import Person
    from reviews.kinds import ChangeKind
    from reviews.tree import FolderContents

MAX_FLOOD_FILES = 10_000
MAX_FLOOD_TITLES = 100
MAX_FLOOD_PEOPLE = 20


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
class FloodKey:
    """What the changes of one flood have in common, as it is stored."""

    route: str
    kind: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class UnroutedFlood:
    """Many such changes of one kind, by the same people, as one; `last_id` is that of its last stored row."""

    key: FloodKey
    kind: ChangeKind
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


class UnroutedChangeRepository(Protocol):
    """Changes of floods without review, until the ledger has the one entry of each flood."""

    def add(self, change: UnroutedChange, *, cause: str, at: datetime) -> None:
        """Store a change as one of those with this `cause`."""
        ...

    def list_ended(self, *, quiet_since: datetime, started_before: datetime, limit: int) -> list[FloodKey]:
        """Return floods to which nothing was added since `quiet_since`, or whose start is too long ago."""
        ...

    def read(self, key: FloodKey) -> UnroutedFlood | None:
        """Return a flood; `None` where another worker has removed it meanwhile.

        At most `MAX_FLOOD_FILES` changes are one flood; the others are another one. Raises AttributeError,
        KeyError, TypeError or ValueError for what another release wrote.
        """
        ...

    def remove(self, flood: UnroutedFlood) -> bool:
        """Delete the changes of a flood; `False` where they are not exactly those that it counts."""
        ...
