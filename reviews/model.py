"""The nouns of the product, as the words table of the design names them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

STATEMENT = "I have reviewed this version."


class ChangeKind(StrEnum):
    CONTENT = "content"
    CREATED = "created"
    RENAMED = "renamed"
    MOVED_IN = "moved_in"
    MOVED_OUT = "moved_out"
    TRASHED = "trashed"
    DELETED = "deleted"
    RESTORED = "restored"
    METADATA = "metadata"


class EventState(StrEnum):
    RECEIVED = "received"
    DONE = "done"
    IGNORED = "ignored"
    DEAD = "dead"


class ReviewState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CHANGES_REQUESTED = "changes_requested"


class Decision(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    REQUEST_CHANGES = "request_changes"

    @property
    def outcome(self) -> ReviewState:
        """The state that a review takes when it is answered so."""
        return {
            Decision.ACKNOWLEDGE: ReviewState.ACKNOWLEDGED,
            Decision.REQUEST_CHANGES: ReviewState.CHANGES_REQUESTED,
        }[self]


class Identity(StrEnum):
    """How the person who answered was proven to be who they are."""

    SLACK = "slack"
    TEAMS_BOT = "teams_bot"
    OIDC = "oidc"
    MAIL_CODE = "mail_code"
    LINK = "link"


class CardState(StrEnum):
    OWED = "owed"
    POSTED = "posted"
    DEAD = "dead"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody in DocSpace; `id` is the GUID, `None` where only a name is known."""

    id: str | None
    name: str
    email: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reviewer:
    """Whoever answers, as far as the channel they answered in could prove."""

    name: str
    email: str | None = None
    docspace_id: str | None = None
    slack_user: str | None = None
    teams_user: str | None = None


@dataclass(frozen=True, kw_only=True)
class ChangeEvent:
    """One verified webhook body, in our words.

    `delivery_key` is the same for the portal's automatic retries of one delivery, `semantic_key` also for
    a manual retry, which gets a new event id (facts on DocSpace, 1.6). An unusable event says why in
    `unusable` and is recorded, never processed.
    """

    delivery_key: str
    semantic_key: str
    webhook_id: str
    event_id: str
    trigger: str
    file_id: str
    parent_id: str
    title: str
    actor: Person
    occurred_at: datetime | None
    modified_at: datetime | None
    version: int | None
    link: str | None
    unusable: str | None = None


@dataclass(frozen=True, kw_only=True)
class StoredEvent:
    """A change event with what has become of it."""

    id: int
    event: ChangeEvent
    received_at: datetime
    state: EventState
    reason: str | None
    attempts: int


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a file is: the chain of folders from the top down, as (id, title)."""

    folders: tuple[tuple[str, str], ...]

    @property
    def path(self) -> str:
        """The folders in words, without the tenant's root section, which says nothing."""
        below = self.folders[1:] or self.folders
        return " / ".join(title for _, title in below)

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(folder for folder, _ in self.folders)


@dataclass(frozen=True, kw_only=True)
class FileFacts:
    """What DocSpace says of a file now, or the payload where DocSpace no longer answers for it."""

    title: str
    version: int | None
    modified_at: datetime | None
    link: str | None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One person's decision on one revision of one review."""

    decision: Decision
    reviewer: Reviewer
    identity: Identity
    revision: int
    version: int | None
    at: datetime
    note: str | None
    late: bool
    own_change: bool


@dataclass(frozen=True, kw_only=True)
class CardPost:
    """A card that is owed to one target, or stands there.

    `wanted` counts the drawings that the review has asked for, `drawn` the last one that reached the far
    side; the card is due while they differ. `attempted_at` is set while nobody knows what became of a post:
    it was sent, and no answer to it has been written down. `maybe_posted` says that the card was posted again
    because the channel could not be asked, so there may be two. `not_before` is the card's place in the
    channel's line.
    """

    id: int
    review_id: str
    notifier: str
    target: str
    state: CardState
    message_id: str | None
    wanted: int
    drawn: int
    attempts: int
    error: str | None
    attempted_at: datetime | None = None
    maybe_posted: bool = False
    not_before: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Review:
    """The open duty for one file and one range of versions, and what became of it."""

    id: str
    route: str
    state: ReviewState
    revision: int
    kind: ChangeKind
    file_id: str
    title: str
    path: str
    link: str | None
    version_from: int | None
    version_to: int | None
    modified_at: datetime | None
    contributors: tuple[Person, ...]
    owners: tuple[str, ...]
    opened_at: datetime
    changed_at: datetime
    due_at: datetime | None
    answers: tuple[Answer, ...] = ()
    cards: tuple[CardPost, ...] = ()
