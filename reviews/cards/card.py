"""The neutral card: what every channel shows, in the same words. Channels only render it."""

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
    from reviews.cards.card_campaign import CardCampaign
    from reviews.cards.card_context import NeighbourReview
    from reviews.cards.card_snippets import CardSnippet
    from reviews.cards.card_stand_ins import CardStandIn, NamedPerson
    from reviews.cards.meaning import Meaning
    from reviews.identity import Person, Reviewer
    from reviews.model import Answer, LastReassignment, LastStep
    from reviews.tree import FolderContents

MAX_LISTED_TITLES = 25  # titles of a folder's files


class CardAction(StrEnum):
    """The buttons, in their order."""

    ACKNOWLEDGE = "acknowledge"
    REQUEST_CHANGES = "request_changes"
    OPEN = "open"
    FILES = "files"
    CHANGES = "changes"
    MORE = "more"

    @property
    def label(self) -> str:
        """The text of the button."""
        return {
            CardAction.ACKNOWLEDGE: _("Acknowledge review"),
            CardAction.REQUEST_CHANGES: _("Request changes"),
            CardAction.OPEN: _("Open document"),
            CardAction.FILES: _("Show all files"),
            CardAction.CHANGES: _("What changed"),
            CardAction.MORE: _("More…"),
        }[self]


LINK_ACTIONS = (CardAction.OPEN, CardAction.FILES, CardAction.CHANGES)
"""Buttons that open something."""


@dataclass(frozen=True, kw_only=True)
class Card:
    """Everything a channel may show of one review at one revision, in the current language.

    It is drawn and rendered within the same `use_language`. All text but the note is one line, and all of it
    is hostile until escaped.
    """

    review_id: str
    file_id: str
    revision: int
    title: str
    path: str
    link: str | None
    verb: str
    contributors: tuple[Person, ...]
    changed_at: datetime
    version: str
    owners: tuple[str, ...]
    due_at: datetime | None
    status: str
    status_inline: str
    """The status within a sentence."""
    answer: Answer | None
    duration: str | None
    actions: tuple[CardAction, ...]
    contents: FolderContents | None = None
    bulk: BulkCard | None = None
    """The files of a bulk review, whose `title` gives their number."""
    has_left: bool = False
    superseded: bool = False
    is_part: bool = False
    """Whether it is part of a bulk review, which superseded this one."""
    superseded_text: str = ""
    """Why there is nothing to answer here, if it was superseded."""
    newer: NeighbourReview | None = None
    """The review that superseded this one."""
    other_acknowledgements: tuple[Answer, ...] = ()
    """The valid acknowledgements, except for the answer that decided the review."""
    needed: int = 1
    missing: tuple[str, ...] = ()
    """The owners who have not answered yet; where all of them have to, those who have to."""
    snoozed_until: datetime | None = None
    outdated_count: int = 0
    """How many acknowledgements were of earlier revisions, and no longer count while the review waits."""
    answer_count: int = 0
    """How many answers this revision has had, also withdrawn ones."""
    redacted: bool = False
    """Whether private parts are redacted."""
    seen_late: timedelta | None = None
    """How long after the fact the gap sweep detected the change, at most."""
    seen_at: datetime | None = None
    """When the gap sweep detected it; `changed_at` is when it happened, if a DocSpace log shows that."""
    is_dated: bool = True
    """Whether a DocSpace log shows when the change happened."""
    doers: tuple[Person, ...] = ()
    """Who made the change; the contributors, where they are not listed separately."""
    other_acts: str = ""
    """What else happened to the document, and by whom, for use within a sentence."""
    title_before: str = ""
    path_before: str = ""
    moved_to: str = ""
    stand_ins: tuple[CardStandIn, ...] = ()
    """Who stands in for the owners who are away, while the review waits for these."""
    absent: tuple[NamedPerson, ...] = ()
    """The owners who are away."""
    deputies: tuple[str, ...] = ()
    """The deputies who may answer instead of the owners, none of whom can."""
    earlier: NeighbourReview | None = None
    """The review before this one, if changes were requested in it."""
    earlier_request: Answer | None = None
    """The request made there, with its note shortened."""
    overdue_since: datetime | None = None
    snoozed_by: Reviewer | None = None
    last_reassignment: LastReassignment | None = None
    last_step: LastStep | None = None
    """Whom the ladder asked last, while the review is open."""
    lapsed_at: datetime | None = None
    """When the last step of the ladder was taken without an answer, while the review is open."""
    changes: str = ""
    """How the document differs from what was reviewed before, in one sentence; empty until it is compared."""
    is_carried: bool = False
    """Whether no one has to answer, since an earlier acknowledgement still counts."""
    snippets: tuple[CardSnippet, ...] = ()
    """The most important differences, if the route shows them to everyone who sees the card."""
    meaning: Meaning | None = None
    """What acknowledging it means; `None` where it can't be acknowledged, or the card does not say it."""
    changes_url: str = ""
    """The address of the differences themselves; empty where there are none to show."""
    campaign: CardCampaign | None = None
    """The campaign that asks for it; `None` for the review of a change."""

    @property
    def stage(self) -> str:
        """The stage of the review: a channel that can't update messages posts once for each stage.

        It is stored and compared, so it is the same in every language. Files join a bulk review one by one,
        each with a revision: that is posted once, and the page shows all of them.
        """
        revision = f"revision {1 if self.bulk else self.revision}"
        answered = [STATUS_IN_SENTENCE[self.answer.decision.outcome]] if self.answer else []
        partial = (
            [f"{len(self.other_acknowledgements)} of {self.needed}"]
            if self.other_acknowledgements and not self.answer
            else []
        )
        again = (
            [f"answer {self.answer_count}"]
            if self.answer_count > 1 or (self.answer_count and not self.answer)
            else []
        )
        carried = ["carried"] if self.is_carried else []
        return ", ".join([revision, *answered, *partial, *again, *carried])

    @property
    def waits(self) -> bool:
        """Whether someone has to answer."""
        return not (self.answer or self.superseded or self.is_carried or self.is_closed)

    @property
    def is_closed(self) -> bool:
        """Whether its campaign no longer asks for it."""
        return self.campaign is not None and self.campaign.is_closed

    @property
    def who(self) -> str:
        """Who made the change, or what asks without one; for use after "by"."""
        if self.campaign:
            return self.campaign.label
        return format_people(self.doers or self.contributors, limit=MAX_NAMED_PEOPLE if self.bulk else None)

    @property
    def subject_count(self) -> int:
        """How many things the title names, for the choice between singular and plural."""
        return self.bulk.count if self.bulk else 1

    @property
    def is_versioned(self) -> bool:
        """Whether the review covers versions of one document; a folder and a bulk review cover files."""
        return self.contents is None and self.bulk is None

    @property
    def where(self) -> str:
        """The folder, with its preposition."""
        if not self.path:
            return ""
        if self.has_left and self.moved_to:
            return _("from {path} to {there}").format(path=self.path, there=self.moved_to)
        return (_("from {path}") if self.has_left else _("in {path}")).format(path=self.path)

    @property
    def change_template(self) -> str:
        """What happened and by whom, as the start of a sentence; `{who}` remains to be filled in."""
        return _("{happened} by {who}").format(happened=capitalize_first(self.verb), who="{who}")

    @property
    def files(self) -> str:
        """Which files a folder contained or a bulk review has, for channels with enough room."""
        if self.bulk:
            titles = [file.title for file in self.bulk.first]
            listed = [join_first(titles, total=self.bulk.count)] if titles else []
            return ": ".join([self.file_summary, *listed])
        return describe_contents(self.contents, limit=MAX_LISTED_TITLES) if self.contents else ""

    @property
    def file_summary(self) -> str:
        """The number of those files; for a bulk review by what happened to them."""
        if self.bulk:
            return self.bulk.kinds or count_files(self.bulk.count)
        return describe_contents(self.contents, limit=0) if self.contents else ""

    @property
    def answer_label(self) -> str:
        """The state that the answer gave the review, whatever came afterwards."""
        if self.answer and self.campaign:
            return _("Acknowledged")
        return _(STATUS_LABELS[self.answer.decision.outcome]) if self.answer else ""
