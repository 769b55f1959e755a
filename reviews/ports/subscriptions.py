"""Subscriptions to changes without a duty to answer: the types, and their repository."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from reviews.kinds import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from reviews.digest_notices import DigestLine

DEFAULT_SHOWN_KINDS = frozenset(ChangeKind) - {ChangeKind.METADATA, ChangeKind.BULK}


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """A channel's wish to see changes beneath a folder; with `digest`, once a day instead of at once.

    `title` is the folder's path in words at that time; `made_by` is the chat's id of the person who
    subscribed.
    """

    notifier: str
    target: str
    folder: str
    title: str
    made_by: str
    made_at: datetime
    kinds: frozenset[ChangeKind] = DEFAULT_SHOWN_KINDS
    digest: bool = False


@dataclass(frozen=True, kw_only=True)
class PendingDigest:
    """Changes that wait for a channel's next digest, all of one folder; `since` is the oldest one's time."""

    notifier: str
    target: str
    folder: str
    since: datetime


class SubscriptionRepository(Protocol):
    """The subscriptions, and the lines gathered for digests."""

    def put(self, subscription: Subscription) -> None:
        """Store it; one of the same channel and folder is replaced."""
        ...

    def drop(self, notifier: str, target: str, folder: str) -> bool:
        """Delete it and what was gathered for it; `False` where there was none."""
        ...

    def list_of_channel(self, notifier: str, target: str) -> list[Subscription]: ...

    def list_made_by(self, notifier: str, person: str) -> list[Subscription]: ...

    def list_of_folders(self, folders: Sequence[str]) -> list[Subscription]: ...

    def list_beneath(self, folder: str) -> list[Subscription]:
        """Return those of the folder and of all stored folders in it."""
        ...

    def add_line(self, subscription: Subscription, subject: str, line: DigestLine, *, at: datetime) -> None:
        """Store a line for the next digest; a file that changes again before has one line, the newest."""
        ...

    def list_pending_digests(self) -> list[PendingDigest]: ...

    def take_lines(self, notifier: str, target: str, *, before: Mapping[str, datetime]) -> list[DigestLine]:
        """Return and delete a channel's lines that have waited since before then, by folder.

        Of concurrent callers exactly one gets a line.
        """
        ...
