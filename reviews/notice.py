"""Notices: messages beside a card, in its thread, to one person, or to subscribers.

What a notice is shows in its type. `NoticeKind` distinguishes the sentences of one type.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, TypeGuard

from reviews.stored_enums import is_known

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.identity import Reviewer
    from reviews.kinds import ChangeKind


class NoticeKind(StrEnum):
    REVISED = "revised"
    CHANGES_REQUESTED = "changes_requested"
    WITHDRAWN = "withdrawn"
    REASSIGNED = "reassigned"
    REMINDER = "reminder"
    OVERDUE = "overdue"
    ESCALATED = "escalated"
    HANDED_OVER = "handed_over"
    HANDED_BACK = "handed_back"
    CAMPAIGN_REQUEST = "campaign_request"
    FOLLOW_UP = "follow_up"
    REMINDER_LIST = "reminder_list"
    OUTCOME = "outcome"
    SENT_BACK = "sent_back"
    CHANGE = "change"
    DIGEST = "digest"
    REVIEW_DIGEST = "review_digest"
    ALARM = "alarm"
    ALARM_OVER = "alarm_over"
    TEST = "test"
    CHECKPOINT = "checkpoint"
    CAMPAIGN = "campaign"
    CAMPAIGN_OVERDUE = "campaign_overdue"
    CAMPAIGN_RESULT = "campaign_result"


_PERSON_PREFIX = "@"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Facts for one message; its text is made when it is sent, in the reader's language.

    All text is hostile until escaped. `mention` are the addresses (and groups) to notify. `thread` is the
    message that it replies to, if any, and `key` distinguishes it from every other notice; both are set when
    it is sent. A type with `KINDS` can be made with one of these only; one without, not at all, but for
    `UnknownNotice`.
    """

    KINDS: ClassVar[frozenset[NoticeKind]] = frozenset()

    kind: NoticeKind
    title: str
    at: datetime
    route: str = ""
    mention: tuple[str, ...] = ()
    thread: str | None = None
    key: str = ""

    def __post_init__(self) -> None:
        if self.kind not in self.KINDS:
            raise ValueError(f"a {type(self).__name__} can't be of the kind {self.kind!r}")

    def list_enums(self) -> list[StrEnum]:
        """Return its words that a newer release may have added to."""
        return [self.kind]


@dataclass(frozen=True, kw_only=True)
class DocumentNotice(Notice):
    """Something about one document or folder, or about many files that one cause touched.

    `who` did it; empty if only time has passed.
    """

    path: str
    link: str | None
    who: tuple[Reviewer, ...] = ()
    files: int = 0
    """How many files it is about where one cause touched many; `title` is then their folder's."""
    private: bool = False
    """Whether its route was private when it was written, or its review is."""


@dataclass(frozen=True, kw_only=True)
class ReviewNotice(DocumentNotice):
    """Something about one review, for the thread of its card or for one person.

    `broadcast` means that the whole channel should see what is posted in a thread. `review_id` is set when it
    is sent.
    """

    revision: int = 1
    review_id: str = ""
    broadcast: bool = False


@dataclass(frozen=True, kw_only=True)
class RevisionNotice(ReviewNotice):
    """Newer content joined an open review."""

    KINDS = frozenset({NoticeKind.REVISED})
    kind: NoticeKind = NoticeKind.REVISED
    change_kind: ChangeKind

    def list_enums(self) -> list[StrEnum]:
        return [self.kind, self.change_kind]


@dataclass(frozen=True, kw_only=True)
class AnswerNotice(ReviewNotice):
    """Reviewers answered; `note` is what they wrote."""

    note: str | None


@dataclass(frozen=True, kw_only=True)
class ChangeRequestNotice(AnswerNotice):
    """A reviewer requested changes."""

    KINDS = frozenset({NoticeKind.CHANGES_REQUESTED})
    kind: NoticeKind = NoticeKind.CHANGES_REQUESTED


@dataclass(frozen=True, kw_only=True)
class OutcomeNotice(AnswerNotice):
    """How a review ended, for one contributor."""

    KINDS = frozenset({NoticeKind.OUTCOME, NoticeKind.SENT_BACK})


@dataclass(frozen=True, kw_only=True)
class WithdrawalNotice(ReviewNotice):
    """A reviewer withdrew their answer."""

    KINDS = frozenset({NoticeKind.WITHDRAWN})
    kind: NoticeKind = NoticeKind.WITHDRAWN
    still_answered: bool = False
    """Whether another person's answer remains valid."""


@dataclass(frozen=True, kw_only=True)
class ReassignmentNotice(ReviewNotice):
    """A review was given to another person."""

    KINDS = frozenset({NoticeKind.REASSIGNED})
    kind: NoticeKind = NoticeKind.REASSIGNED
    new_owner: Reviewer


@dataclass(frozen=True, kw_only=True)
class ReminderNotice(ReviewNotice):
    """An open review waits for an answer, or its deadline has passed.

    `ESCALATED` is for those whom a step asks before the deadline, beside the owners; `HANDED_OVER` for who
    stands in from now on, `HANDED_BACK` for an owner who is back, `CAMPAIGN_REQUEST` for the people of a
    campaign when it asks them. An `urgent` one does not wait for working hours. Where it asks no one, for a
    channel that is notified, `who` is set when it is sent, to those who are waited for.
    """

    KINDS = frozenset(
        {
            NoticeKind.REMINDER,
            NoticeKind.OVERDUE,
            NoticeKind.ESCALATED,
            NoticeKind.HANDED_OVER,
            NoticeKind.HANDED_BACK,
            NoticeKind.CAMPAIGN_REQUEST,
        }
    )

    due_at: datetime | None
    urgent: bool = False
    is_overdue: bool = False
    """Whether the deadline has passed; set when it is sent."""
    may_answer: bool = True
    """Whether its readers may have a link to answer; set when it is sent."""
    stand_in_for: str = ""
    """Who is away, one name a line, where those who are asked stand in; set when it is sent."""
    stand_in_until: datetime | None = None
    """When the first of these is back; set when it is sent."""


@dataclass(frozen=True, kw_only=True)
class FollowUpNotice(AnswerNotice):
    """Changes were requested, and no newer version came: for the contributors. `at` is now.

    An `urgent` one does not wait for working hours.
    """

    KINDS = frozenset({NoticeKind.FOLLOW_UP})
    kind: NoticeKind = NoticeKind.FOLLOW_UP
    requested_at: datetime
    urgent: bool = False


@dataclass(frozen=True, kw_only=True)
class ReminderLine:
    """One review in a list of reminders; `kind` is that of the single notice that it would be.

    `recipients` are those whom the list asks about it. In a list that asks no one, for a channel that is
    notified, they are set when it is sent, to those who are waited for; so are the members that follow them.
    """

    review_id: str
    kind: NoticeKind
    title: str
    path: str
    link: str | None
    revision: int
    due_at: datetime | None
    route: str = ""
    private: bool = False
    recipients: tuple[str, ...] = ()
    files: int = 0
    """How many files the review is about where one cause touched many."""
    is_overdue: bool = False
    page_url: str = ""
    """The page on which the review is answered; empty in an installation without pages."""
    stand_in_for: str = ""
    stand_in_until: datetime | None = None
    campaign_id: str = ""
    campaign_name: str = ""
    documents: int = 0
    """How many documents of a campaign the line is about, once the lines of each campaign are one."""

    @property
    def is_of_campaign(self) -> bool:
        """Whether it is about all documents of a campaign that wait."""
        return self.documents > 0

    @property
    def count(self) -> int:
        """How many reviews it is about."""
        return self.documents or 1


@dataclass(frozen=True, kw_only=True)
class ReminderListNotice(Notice):
    """Several reviews that wait for the same people at the same time, in one message.

    `mention` are all who are asked about any of them; it is empty for a channel that is notified. What was
    answered until it is sent is left out. An `urgent` one does not wait for working hours.
    """

    KINDS = frozenset({NoticeKind.REMINDER_LIST})
    kind: NoticeKind = NoticeKind.REMINDER_LIST
    reminders: tuple[ReminderLine, ...]
    urgent: bool = False
    unlisted_count: int = 0
    """How many reviews are not among the lines; set when it is sent."""

    @property
    def count(self) -> int:
        return sum(line.count for line in self.reminders) + self.unlisted_count

    @property
    def only_campaign(self) -> ReminderLine | None:
        """The campaign that the message is about, if it is about nothing else."""
        is_alone = len(self.reminders) == 1 and not self.unlisted_count
        return self.reminders[0] if is_alone and self.reminders[0].is_of_campaign else None

    def list_enums(self) -> list[StrEnum]:
        return [self.kind, *(line.kind for line in self.reminders)]


@dataclass(frozen=True, kw_only=True)
class ChangeNotice(DocumentNotice):
    """One change, for a subscriber."""

    KINDS = frozenset({NoticeKind.CHANGE})
    kind: NoticeKind = NoticeKind.CHANGE
    change_kind: ChangeKind
    version: str = ""
    is_folder: bool = False
    subscribed_above: bool = False
    """Whether the reader subscribed to a folder further up, and may not see titles of a private route."""
    bulk_review_id: str = ""
    """The bulk review whose files it is about; they are counted when it is sent."""

    def list_enums(self) -> list[StrEnum]:
        return [self.kind, self.change_kind]


@dataclass(frozen=True, kw_only=True)
class InstallationNotice(Notice):
    """Something about this installation, not about a document."""


@dataclass(frozen=True, kw_only=True)
class AlarmNotice(InstallationNotice):
    """A condition that operators have to fix began, or ended; `note` says what helps, or how long it was."""

    KINDS = frozenset({NoticeKind.ALARM, NoticeKind.ALARM_OVER})

    note: str


@dataclass(frozen=True, kw_only=True)
class CanaryNotice(InstallationNotice):
    """A test card; its `title` is the route's name."""

    KINDS = frozenset({NoticeKind.TEST})
    kind: NoticeKind = NoticeKind.TEST
    canary_id: str


_MAX_SIZE_DIGITS = 18
"""Of a number that the columns of the database can hold."""


@dataclass(frozen=True, kw_only=True)
class CheckpointNotice(InstallationNotice):
    """A checkpoint of the ledger to keep; its `title` is the ledger's name, `note` the signed note itself."""

    KINDS = frozenset({NoticeKind.CHECKPOINT})
    kind: NoticeKind = NoticeKind.CHECKPOINT
    note: str

    @property
    def size(self) -> int:
        """The number of entries that it covers, as it says; 0 if that is none that a ledger can have."""
        _origin, size, *_rest = [*self.note.split("\n", 2), "", ""]
        is_number = size.isdecimal() and size.isascii() and len(size) <= _MAX_SIZE_DIGITS
        return int(size) if is_number else 0


@dataclass(frozen=True, kw_only=True)
class UnknownNotice(Notice):
    """A notice of a kind that a newer release added. It is listed by that word, and never sent."""

    def __post_init__(self) -> None:
        if is_known(self.kind):
            raise ValueError(f"{self.kind!r} is a kind of this release")


NoticeShownByCard = RevisionNotice | AnswerNotice | WithdrawalNotice
"""What a card shows anyway where each of its stages is a post of its own."""
AnswerableNotice = ReminderNotice | ReassignmentNotice | CanaryNotice
"""What can be answered, as a review or as a test."""
ReminderMessage = ReminderNotice | FollowUpNotice | ReminderListNotice
"""What the ladder sends, which is checked again when it is sent."""


def is_answerable(notice: Notice) -> TypeGuard[AnswerableNotice]:
    """Return whether it asks for an answer to a test, or to a review that it names."""
    if isinstance(notice, ReminderNotice) and not notice.may_answer:
        return False
    if isinstance(notice, ReminderNotice | ReassignmentNotice):
        return bool(notice.review_id)
    return isinstance(notice, CanaryNotice)


def make_person_target(address: str) -> str:
    """Return the target of one person, for any channel: `@alice@example.com`."""
    return f"{_PERSON_PREFIX}{address}"


def parse_person_target(target: str) -> str | None:
    """Return the address of the person whose target this is; `None` for a place."""
    return target.removeprefix(_PERSON_PREFIX) if target.startswith(_PERSON_PREFIX) else None
