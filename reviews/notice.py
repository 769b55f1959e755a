"""What is told beside a card: in its thread, to one person, or to those who subscribed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from reviews.change_words import happened
from reviews.language import _, counted
from reviews.nameless import begun, titled, told
from reviews.subject import name_files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from reviews.model import ChangeKind


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


SHOWN_BY_CARD = frozenset(
    {
        NoticeKind.REVISED,
        NoticeKind.CHANGES_REQUESTED,
        NoticeKind.WITHDRAWN,
        NoticeKind.OUTCOME,
        NoticeKind.SENT_BACK,
    }
)
"""What a card tells anyway where each of its stages is a post of its own."""
ASKING = frozenset({NoticeKind.REMINDER, NoticeKind.OVERDUE, NoticeKind.REASSIGNED})
"""What asks for an answer."""
ABOUT_US = frozenset({NoticeKind.ALARM, NoticeKind.ALARM_OVER, NoticeKind.TEST})
"""What is about no document, but about this installation."""
_PERSON = "@"


@dataclass(frozen=True, kw_only=True)
class Line:
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
    """How many files the line stands for where one cause touched many; `title` is their folder's then."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Facts for one message; the words are found when it is sent, in the language of whoever reads it.

    `who` did it, a name a line, `whom` it is about; `mention` are the addresses (and groups) of those who
    should hear of it. All text is hostile until escaped. `thread` is the message under which it belongs,
    where there is one, and `broadcast` that the channel should see it too. `key` tells it from every other
    notice, `review_id` names its review.
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
    lines: tuple[Line, ...] = ()
    route: str = ""
    thread: str | None = None
    broadcast: bool = False
    key: str = ""
    review_id: str = ""
    is_folder: bool = False
    answered: bool = False
    """Whether an answer of somebody else stands although this one was withdrawn."""
    from_above: bool = False
    """Whether it is told to somebody who subscribed further up, and may not read along on a private route."""
    more: int = 0
    """How many changes of a digest are not among its lines."""
    files: int = 0
    """How many files it is about where one cause touched many; `title` is their folder's then."""
    kinds: tuple[tuple[ChangeKind, int], ...] = ()
    """How many of the files there are of each kind, the most first."""
    bulk: str = ""
    """The bulk review whose files it is about: their number is found when it is sent."""
    canary: str = ""
    """The test that is acknowledged with this notice, where it is the card of one."""

    @property
    def asks(self) -> bool:
        """Whether somebody is to answer the review."""
        return self.kind in ASKING and bool(self.review_id)

    @property
    def is_answered(self) -> bool:
        """Whether there is a way to answer it, be it a test."""
        return self.asks or bool(self.canary)


def to_person(address: str) -> str:
    """Return the target that is one person's, whatever the channel: `@alice@example.com`."""
    return f"{_PERSON}{address}"


def person_of(target: str) -> str | None:
    """Return the address of the person whose target this is; `None` for a place."""
    return target.removeprefix(_PERSON) if target.startswith(_PERSON) else None


def sentence(notice: Notice) -> str:
    """Return what a notice says in one sentence, without its note, its date and whom it mentions."""
    title = name_item(notice)
    if notice.kind is NoticeKind.CHANGE:
        return happened(notice.change, title=title, who=told(notice.who))
    who, whom = told(notice.who), told(notice.whom)
    if notice.kind not in _WORDS:
        return f"{notice.kind}: {title}"
    things = notice.files or 1
    words = _still_answered() if notice.answered else _WORDS[notice.kind](things)
    return begun(words.format(title=title, who=who, whom=whom, revision=notice.revision))


def name_item(item: Notice | Line) -> str:
    """Return the title of what a notice or a line is about; of many files how many they are."""
    return name_files(item.files, item.title) if item.files else titled(item.title)


def _still_answered() -> str:
    return _("{who} withdrew their answer to {title}; the answer of somebody else stands.")


_WORDS: Mapping[NoticeKind, Callable[[int], str]] = {
    NoticeKind.REVISED: lambda _things: _(
        "{who} changed {title} again: the review is now at revision {revision}."
    ),
    NoticeKind.CHANGES_REQUESTED: lambda _things: _("{who} requested changes to {title}."),
    NoticeKind.WITHDRAWN: lambda things: counted(
        "{who} withdrew their answer: {title} is waiting for review again.",
        "{who} withdrew their answer: {title} are waiting for review again.",
        things,
    ),
    NoticeKind.REASSIGNED: lambda _things: _("{who} handed the review of {title} over to {whom}."),
    NoticeKind.REMINDER: lambda things: counted(
        "{title} is still waiting for your review.", "{title} are still waiting for your review.", things
    ),
    NoticeKind.OVERDUE: lambda _things: _("The review of {title} is overdue."),
    NoticeKind.OUTCOME: lambda things: counted(
        "{who} reviewed {title}, which you changed.",
        "{who} reviewed {title}, some of which you changed.",
        things,
    ),
    NoticeKind.SENT_BACK: lambda things: counted(
        "{who} requested changes to {title}, which you changed.",
        "{who} requested changes to {title}, some of which you changed.",
        things,
    ),
    NoticeKind.DIGEST: lambda _things: _("What has changed in {title}"),
    NoticeKind.ALARM: lambda _things: _("Alarm: {title}"),
    NoticeKind.ALARM_OVER: lambda _things: _("Over: {title}"),
    NoticeKind.TEST: lambda _things: _(
        "Test of the route {title}: this is what a card looks like; nothing has to be reviewed."
    ),
}
