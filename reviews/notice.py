"""Notices: messages beside a card, in its thread, to one person, or to subscribers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.kinds import ChangeKind


class NoticeKind(StrEnum):
    REVISED = "revised"
    CHANGES_REQUESTED = "changes_requested"
    WITHDRAWN = "withdrawn"
    REASSIGNED = "reassigned"
    REMINDER = "reminder"
    OVERDUE = "overdue"
    OUTCOME = "outcome"
    SENT_BACK = "sent_back"
    CHANGE = "change"
    DIGEST = "digest"
    ALARM = "alarm"
    ALARM_OVER = "alarm_over"
    TEST = "test"


KINDS_SHOWN_BY_CARD = frozenset(
    {
        NoticeKind.REVISED,
        NoticeKind.CHANGES_REQUESTED,
        NoticeKind.WITHDRAWN,
        NoticeKind.OUTCOME,
        NoticeKind.SENT_BACK,
    }
)
"""Kinds that a card shows anyway where each of its stages is a post of its own."""
KINDS_NEEDING_ANSWER = frozenset({NoticeKind.REMINDER, NoticeKind.OVERDUE, NoticeKind.REASSIGNED})
"""Kinds that ask for an answer."""
KINDS_ABOUT_INSTALLATION = frozenset({NoticeKind.ALARM, NoticeKind.ALARM_OVER, NoticeKind.TEST})
"""Kinds about this installation, not about a document."""
_PERSON_PREFIX = "@"


@dataclass(frozen=True, kw_only=True)
class DigestLine:
    """One change in a digest."""

    title: str
    path: str
    kind: ChangeKind
    who: str
    at: datetime
    link: str | None
    route: str = ""
    is_folder: bool = False
    from_above: bool = False
    files: int = 0
    """How many files the line represents where one cause touched many; `title` is then their folder's."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Facts for one message; its text is made when it is sent, in the reader's language.

    `who` did it, one name a line; `whom` it is about; `mention` are the addresses (and groups) to notify. All
    text is hostile until escaped. `thread` is the message that it replies to, if any, and `broadcast` means
    that the channel should see it too. `key` distinguishes it from every other notice, `review_id` names its
    review.
    """

    kind: NoticeKind
    title: str
    path: str
    link: str | None
    at: datetime
    who: str = ""
    whom: str = ""
    note: str | None = None
    revision: int = 1
    version: str = ""
    change: ChangeKind | None = None
    mention: tuple[str, ...] = ()
    until: datetime | None = None
    lines: tuple[DigestLine, ...] = ()
    route: str = ""
    thread: str | None = None
    broadcast: bool = False
    key: str = ""
    review_id: str = ""
    is_folder: bool = False
    answered: bool = False
    """Whether another person's answer remains valid although this one was withdrawn."""
    from_above: bool = False
    """Whether the reader subscribed to a folder further up, and may not see titles of a private route."""
    more: int = 0
    """How many changes of a digest are not among its lines."""
    files: int = 0
    """How many files it is about where one cause touched many; `title` is then their folder's."""
    kinds: tuple[tuple[ChangeKind, int], ...] = ()
    """How many of the files there are of each kind, the most first."""
    bulk: str = ""
    """The bulk review whose files it is about; they are counted when it is sent."""
    canary: str = ""
    """The test that is acknowledged with this notice, where it is a test card."""

    @property
    def needs_answer(self) -> bool:
        """Whether it asks for an answer to the review."""
        return self.kind in KINDS_NEEDING_ANSWER and bool(self.review_id)

    @property
    def is_answerable(self) -> bool:
        """Whether it can be answered, as a review or as a test."""
        return self.needs_answer or bool(self.canary)


def make_person_target(address: str) -> str:
    """Return the target of one person, for any channel: `@alice@example.com`."""
    return f"{_PERSON_PREFIX}{address}"


def parse_person_target(target: str) -> str | None:
    """Return the address of the person whose target this is; `None` for a place."""
    return target.removeprefix(_PERSON_PREFIX) if target.startswith(_PERSON_PREFIX) else None
