"""The main types of the product, named as in the glossary (docs/glossary.md)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from reviews.acts import Act
    from reviews.bulk import BulkSummary
    from reviews.campaign import CampaignReference
    from reviews.comparison import ComparisonSummary
    from reviews.identity import Identity, Person, Reviewer
    from reviews.kinds import (
        CardState,
        ChangeKind,
        Decision,
        EventState,
        ReviewState,
        StepAction,
        SweepSource,
    )
    from reviews.notice import CanaryNotice, Notice
    from reviews.tree import FolderContents

STATEMENT = "I have reviewed this version."
"""What a person agrees to by acknowledging, as it is recorded; for a bulk review it covers all files."""
BULK_STATEMENT = "I have reviewed these files."


@dataclass(frozen=True, kw_only=True)
class ChangeEvent:
    """One verified webhook body, in our words.

    `file_id` names what changed: a file, or with the prefix `folder:` a folder or room, since DocSpace counts
    files and folders apart and their numbers overlap. `delivery_key` is the same for the portal's automatic
    retries of one delivery, `semantic_key` also for a manual retry, which gets a new event id (facts on
    DocSpace, 1.6). Other events may have the same keys: `reviews.intake.event_keys` distinguishes them from
    repeats. `in_trash` means that `parent_id` is the trash. `unusable` is the reason why an event can't be
    used; such an event is stored and never processed. `found_in` is `None` for delivered events.
    `moved_from` is the folder that it was moved out of, which only DocSpace's log says.
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
    in_trash: bool = False
    unusable: str | None = None
    found_in: SweepSource | None = None
    moved_from: str = ""


@dataclass(frozen=True, kw_only=True)
class StoredEvent:
    """A change event with its processing state."""

    id: int
    event: ChangeEvent
    received_at: datetime
    state: EventState
    reason: str | None
    attempts: int
    of_many: bool = False
    """Whether it waits among many of one cause, which let others go first."""

    @property
    def occurred_at(self) -> datetime | None:
        return self.event.occurred_at


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One person's decision on one revision of one review, and when they withdrew it, if they did.

    `owner` is the entry among the review's owners that allowed them to answer: an address, or a group's name.
    """

    decision: Decision
    reviewer: Reviewer
    identity: Identity
    revision: int
    version: int | None
    at: datetime
    note: str | None
    late: bool
    own_change: bool
    proof: Mapping[str, str] = field(default_factory=dict)
    """What proved the identity, by name: who vouched for it and under which id. It contains no secret."""
    owner: str | None = None
    stand_in_for: str | None = None
    """The address of the owner or deputy who was away, for whom the reviewer stood in."""
    withdrawn_at: datetime | None = None
    sha256: str | None = None
    """Of the document's bytes at that revision, in hex; `None` where they are not known."""
    size: int | None = None
    """Bytes."""
    not_read: str | None = None
    """Why the bytes are not known; also `None` for an answer that an earlier release recorded."""


@dataclass(frozen=True, kw_only=True)
class Post:
    """A card that is owed to one target or posted there; with a `notice`, a message beside the card.

    `cause` says what a notice is owed for, and is empty for a card; a notice is sent once for each cause. A
    notice to subscribers belongs to no review.

    `requested_drawing` counts the updates that the review has requested, `finished_drawing` is the last one
    that reached the remote service; the card is due while they differ. `attempted_at` is set while the
    outcome of a post is unknown: it was sent, and no response has been stored. `maybe_posted` says that the
    card was posted again because the channel could not be queried, so there may be two. `not_before` is the
    card's place in the channel's queue. Before `drawn_at` people may have seen an earlier version.
    `due_since` is when it last became due, `posted_at` when it was first posted. `given_up` says that it was
    given up and not delivered since.
    """

    id: int
    review_id: str | None
    notifier: str
    target: str
    state: CardState
    message_id: str | None
    requested_drawing: int
    finished_drawing: int
    attempts: int
    error: str | None
    attempted_at: datetime | None = None
    maybe_posted: bool = False
    not_before: datetime | None = None
    cause: str = ""
    notice: Notice | None = None
    drawn_at: datetime | None = None
    due_since: datetime | None = None
    posted_at: datetime | None = None
    given_up: bool = False


@dataclass(frozen=True, kw_only=True)
class LastReassignment:
    """Who last reassigned a review, to whom and when."""

    by: Reviewer
    to: Reviewer
    at: datetime


@dataclass(frozen=True, kw_only=True)
class LastStep:
    """The last step of the ladder that was taken for a review: what it did, when, and whom it asked.

    `after` is when it comes, as the routing file says it: `50%`. It is empty for a reminder of a route
    without a ladder of its own. `whom` are addresses, groups, or one channel.
    """

    action: StepAction
    at: datetime
    after: str
    whom: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class StandIn:
    """Who answers a review for someone who is away: `people` for the owner or deputy `absent`, until then.

    All are addresses. A deputy whom no one can replace has no `people`, and is not asked.
    """

    absent: str
    people: tuple[str, ...]
    until: datetime


@dataclass(frozen=True, kw_only=True)
class CarriedAcknowledgement:
    """The acknowledgement that counts for a review whose document has not changed materially.

    `review_id` and `version` are those that were acknowledged, by `people`, at `acknowledged_at`. `at` is
    when it was carried over.
    """

    review_id: str
    version: int | None
    people: tuple[Reviewer, ...]
    acknowledged_at: datetime
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Review:
    """The duty to review one file and one range of versions, and its outcome.

    A folder that was moved or removed has a review too: `contents` says what was in it. `saves` counts the
    saves that the review covers, and is `None` where they can't be counted; `superseded_by` names the newer
    review of the same file. `required` counts the people who have to acknowledge it; `None` means each of the
    owners. `remind_at` is when the clock next looks at it, `reminders` counts those sent, `steps_taken` the
    steps of its ladder, `follow_ups` the messages to contributors about requested changes. `lapsed_at` is
    when the last step was taken and no one had answered. `answers` holds all answers, also
    withdrawn ones and those to earlier revisions.
    """

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
    saves: int | None = 0
    contents: FolderContents | None = None
    superseded_by: str | None = None
    required: int | None = 1
    snoozed_until: datetime | None = None
    remind_at: datetime | None = None
    reminders: int = 0
    steps_taken: int = 0
    last_step: LastStep | None = None
    follow_ups: int = 0
    stand_ins: tuple[StandIn, ...] = ()
    """Who answers for owners and deputies who are away, as of when this was last determined.

    Cards, lists and messages are made by it. Who may act is computed anew: `reviews.absences.authority`.
    """
    lapsed_at: datetime | None = None
    seen_late: int | None = None
    """How many seconds later the gap sweep detected the change; `None` where DocSpace delivered it."""
    happened_at: datetime | None = None
    """When a change detected by the gap sweep happened in DocSpace; `None` where no log shows it."""
    snoozed_by: Reviewer | None = None
    """Who last snoozed its reminders."""
    last_reassignment: LastReassignment | None = None
    reassigned_to: tuple[str, ...] = ()
    """The owners to whom it was reassigned: they are, whomever its route names by now."""
    private: bool = False
    """Whether its route was private when it was opened or revised; it stays so, whatever its route is."""
    answers: tuple[Answer, ...] = ()
    cards: tuple[Post, ...] = ()
    folders: tuple[str, ...] = ()
    """The ids of the folders that contain it, from the top down; for a folder, including itself."""
    content: bool = True
    """Whether there is content to review: `contributors` wrote it, or made the change where there is none."""
    acts: tuple[Act, ...] = ()
    """Who renamed, moved or deleted it."""
    title_before: str | None = None
    path_before: str | None = None
    """Its earlier title and path, as they were before the reviewed changes, where they differ."""
    moved_to: str | None = None
    """Where it was moved out of the route, as far as the route may show it."""
    bulk: BulkSummary | None = None
    """The files of a bulk review.

    Its `file_id` is `bulk:<id>`. Title, path and folders are those of the files' common folder, contributors
    and acts those of all files, as many as are stored.
    """
    is_file_view: bool = False
    """Whether this is a bulk review as seen from one of its files, with that file's title and versions."""
    redacted: bool = False
    """Whether private parts are redacted for the reader; a redacted review is never stored."""
    changes: ComparisonSummary | None = None
    """How the document differs from what was reviewed before, once a worker has compared them."""
    carried: CarriedAcknowledgement | None = None
    campaign: CampaignReference | None = None
    """The campaign that asks for it, for a review of the kind `CAMPAIGN`."""
    closed_at: datetime | None = None
    """When it was closed because its campaign asked for it no longer."""


class ReviewReference(Protocol):
    """Anything about one review at one revision: a card, a notice, the review beside one."""

    @property
    def review_id(self) -> str: ...
    @property
    def revision(self) -> int: ...


Answerable: TypeAlias = "ReviewReference | CanaryNotice"
"""What a link to the acknowledge page can be made for: a review at one revision, or a test."""
