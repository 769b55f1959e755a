"""The neutral card: what every channel shows, in the same words. Channels render it, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from reviews.cards.bulk_card import MAX_NAMED_PEOPLE
from reviews.language import _, capitalize_first, join_first
from reviews.wording.labels import count_files, describe_contents, format_people
from reviews.wording.phrases import STATUS_IN_SENTENCE, STATUS_LABELS

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from reviews.cards.bulk_card import BulkCard
    from reviews.cards.card_context import NeighbourReview
    from reviews.identity import Person
    from reviews.model import Answer, LastReassignment
    from reviews.tree import FolderContents

MAX_LISTED_TITLES = 25  # titles of a folder's files


class CardAction(StrEnum):
    """The buttons, in their order."""

    ACKNOWLEDGE = "acknowledge"
    REQUEST_CHANGES = "request_changes"
    OPEN = "open"
    FILES = "files"
    MORE = "more"

    @property
    def label(self) -> str:
        """What the button says."""
        return {
            CardAction.ACKNOWLEDGE: _("Acknowledge review"),
            CardAction.REQUEST_CHANGES: _("Request changes"),
            CardAction.OPEN: _("Open document"),
            CardAction.FILES: _("Show all files"),
            CardAction.MORE: _("More…"),
        }[self]


@dataclass(frozen=True, kw_only=True)
class Card:
    """Everything a channel may show of one review at one revision, in the language that is spoken.

    It is drawn and rendered within the same `speaking`. All text but the note is one line, and all of it is
    hostile until escaped.
    """

    review_id: str
    file_id: str
    revision: int
    title: str
    path: str
    link: str | None
    happened: str
    contributors: tuple[Person, ...]
    changed_at: datetime
    version: str
    owners: tuple[str, ...]
    due_at: datetime | None
    status: str
    standing: str
    """The status within a sentence."""
    answer: Answer | None
    took: str | None
    actions: tuple[CardAction, ...]
    contents: FolderContents | None = None
    bulk: BulkCard | None = None
    """The files of a bulk review, whose `title` says how many they are."""
    left: bool = False
    superseded: bool = False
    is_part: bool = False
    """Of a bulk review, which superseded this one."""
    newer_says: str = ""
    """Why there is nothing to answer here, where it was superseded."""
    newer: NeighbourReview | None = None
    """The review that superseded this one."""
    given: tuple[Answer, ...] = ()
    """The acknowledgements that stand, but for the answer that decided the review."""
    needed: int = 1
    missing: tuple[str, ...] = ()
    """The owners who have not answered yet; where all of them have to, those who have to."""
    snoozed_until: datetime | None = None
    outdated: int = 0
    """How many acknowledgements were of earlier revisions, and no longer count while the review waits."""
    times: int = 0
    """How many answers were given to this revision, also those that were taken back."""
    veiled: bool = False
    """Whether what is private was left out."""
    seen_late: timedelta | None = None
    """How long after the fact the gap sweep found the change, at the longest."""
    seen_at: datetime | None = None
    """When it did so; `changed_at` is when the change happened, where a record of DocSpace says so."""
    is_dated: bool = True
    """Whether a record of DocSpace says when the change happened."""
    doers: tuple[Person, ...] = ()
    """Who did what happened; the contributors, where it is not said apart."""
    also: str = ""
    """What else happened to the document, and by whom, within a sentence."""
    title_before: str = ""
    path_before: str = ""
    moved_to: str = ""
    stand_ins: tuple[str, ...] = ()
    """The deputies who may answer in the place of the owners, none of whom can."""
    earlier: NeighbourReview | None = None
    """The review before this one, where changes were requested in it."""
    requested: Answer | None = None
    """What was asked for there, with a note that is cut."""
    overdue_since: datetime | None = None
    snoozed_by: str = ""
    handed_over: LastReassignment | None = None

    @property
    def stage(self) -> str:
        """What there is to tell: a channel that can't redraw a message tells each stage once.

        It is written down and compared, so it is the same in every language. Files join a bulk review one by
        one, each with a revision: that is told once, and the page shows all of them.
        """
        told = f"revision {1 if self.bulk else self.revision}"
        answered = [STATUS_IN_SENTENCE[self.answer.decision.outcome]] if self.answer else []
        given = [f"{len(self.given)} of {self.needed}"] if self.given and not self.answer else []
        again = [f"answer {self.times}"] if self.times > 1 or (self.times and not self.answer) else []
        return ", ".join([told, *answered, *given, *again])

    @property
    def who(self) -> str:
        return format_people(self.doers or self.contributors, most=MAX_NAMED_PEOPLE if self.bulk else None)

    @property
    def things(self) -> int:
        """How many things the title names, by which a sentence chooses between one and many."""
        return self.bulk.count if self.bulk else 1

    @property
    def is_versioned(self) -> bool:
        """Whether the review covers versions of one document; a folder and a bulk review cover files."""
        return self.contents is None and self.bulk is None

    @property
    def where(self) -> str:
        """The folder, with the word that goes before it."""
        if not self.path:
            return ""
        if self.left and self.moved_to:
            return _("from {path} to {there}").format(path=self.path, there=self.moved_to)
        return (_("from {path}") if self.left else _("in {path}")).format(path=self.path)

    @property
    def happened_by(self) -> str:
        """What happened and by whom, as a sentence begins; `{who}` is left to be filled in."""
        return _("{happened} by {who}").format(happened=capitalize_first(self.happened), who="{who}")

    @property
    def files(self) -> str:
        """Which files a folder held or a bulk review has, for a channel that has room for it."""
        if self.bulk:
            titles = [file.title for file in self.bulk.first]
            listed = [join_first(titles, of=self.bulk.count)] if titles else []
            return ": ".join([self.extent, *listed])
        return describe_contents(self.contents, most=MAX_LISTED_TITLES) if self.contents else ""

    @property
    def extent(self) -> str:
        """How many files that are; of a bulk review by what happened to them."""
        if self.bulk:
            return self.bulk.kinds or count_files(self.bulk.count)
        return describe_contents(self.contents, most=0) if self.contents else ""

    @property
    def answered(self) -> str:
        """The state that the answer gave the review, whatever came afterwards."""
        return _(STATUS_LABELS[self.answer.decision.outcome]) if self.answer else ""
